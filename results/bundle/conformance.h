// What `assay conform` had found in the modules of a run, as its environments state it.
#pragma once

#include <map>
#include <string>

#include "results/bundle/bundle.h"

namespace assay::results::bundle {

/// By the name of each module that a record was measured by: "conforms: 69 of 69 clauses on
/// 2026-11-29", "fails 2 of 69 clauses on 2026-11-29", or "not examined".
std::map<std::string, std::string> module_conformance(const BundleContents& contents);

}  // namespace assay::results::bundle
