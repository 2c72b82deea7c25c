// Variables of libraries that would change what is measured without anyone having asked for it:
// they are taken out of this program's environment, and so out of its workers'.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace assay::harness::environment {

/// Whether a variable is taken out: those that bind threads to processors, set their number, or
/// describe another topology than the machine's (of OpenMP's runtimes, OpenBLAS, MKL, BLIS, hwloc).
/// Assay places and counts threads by itself.
bool is_neutralised(std::string_view name);

/// Takes them out of this process's environment. Called once, at the beginning of main(), before
/// there are threads.
void neutralise_variables();

/// What neutralise_variables() took out, without secrets.
const std::map<std::string, std::string>& neutralised_variables();

/// The same as "NAME=value" with the values as they were, for programs of the user that this
/// process starts. They may hold secrets: never print or record them.
const std::vector<std::string>& original_variables();

/// Variables of this process that do change what is measured and are kept, since someone may want
/// to measure just that: "LD_PRELOAD=/opt/lib/libjemalloc.so.2". Without secrets.
std::vector<std::string> changing_variables();

}  // namespace assay::harness::environment
