// What surrounds this process and changes what it measures, said before a run.
#pragma once

#include <vector>

#include "results/record/record.h"

namespace assay::cli::run {

/// Prints a note on standard error for variables that were taken out, for variables that change
/// what is measured, and for limits of the devices: threads that cannot be bound, processors that
/// this process may not use.
void print_environment_notes(const std::vector<results::record::DeviceIdentity>& devices);

}  // namespace assay::cli::run
