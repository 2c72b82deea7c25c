// Shares of peaks that kernels were measured to reach, in place of what is assumed of their class.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "results/project/inputs.h"
#include "results/record/record.h"

namespace assay::results::project {

/// Of every class the quickest verified record of this system's devices, by the vendor's routine or
/// one tuned for the device, over the figure that was published of it; what nothing was measured of
/// stays as it is. The rules by which it is used are said: one line a class. Throws InputError
/// where no record is of the system.
std::vector<Input> with_measured(std::vector<Input> inputs, const claims::Catalogue& catalogue,
                                 const claims::System& endpoint,
                                 std::span<const record::Record> records,
                                 std::vector<std::string>& rules);

}  // namespace assay::results::project
