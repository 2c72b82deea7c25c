// Replaces assumed shares of peaks by measured ones.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "results/project/inputs.h"
#include "results/record/record.h"

namespace assay::results::project {

/// For every class: the fastest verified record on devices of this system, by the vendor's routine
/// or one tuned for the device, divided by the published figure. Classes without a record keep
/// their assumption. Adds one line per replaced class to `rules`. Throws InputError if there is no
/// record of the system.
std::vector<Input> with_measured(std::vector<Input> inputs, const claims::Catalogue& catalogue,
                                 const claims::System& endpoint,
                                 std::span<const record::Record> records,
                                 std::vector<std::string>& rules);

}  // namespace assay::results::project
