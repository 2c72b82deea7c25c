// The number of files that this process may have open.
#pragma once

#include <cstddef>

namespace assay::harness::ranks {

/// Raises the soft limit of open files up to `wanted`, or to the hard limit if that is lower.
/// Throws InputError, which names the limit, if even the hard limit is lower than `needed`.
void allow_open_files(std::size_t needed, std::size_t wanted);

}  // namespace assay::harness::ranks
