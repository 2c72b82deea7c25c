// The bundle whose signature stands on the first page of a report.
#pragma once

#include <string>

#include "results/bundle/signature.h"
#include "results/report/report.h"
#include "results/store/store.h"

namespace assay::cli::report {

/// Reads the bundle and checks its signature. Throws InputError if it is damaged, if the page shows
/// or judges by other runs only, or if the store has other data for its run: the signature would
/// then say nothing about the page.
results::report::SignedBundle signed_bundle(const std::string& file,
                                            const results::bundle::Signers& signers,
                                            const results::report::ReportInput& input,
                                            const results::store::Store& store);

}  // namespace assay::cli::report
