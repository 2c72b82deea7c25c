// Whether the challenges of a measurement show work that was left out of timed launches.
#pragma once

#include <optional>

#include "results/trust/trust.h"

namespace assay::results::trust {

/// Launches that take longer right after operands were changed than the timed ones, or downloads
/// that take longer right after launches than when repeated: Fault::implausible. On a machine with
/// other work, which delays the first launch of any call, Fault::suspect where that explains it.
std::optional<Doubt> work_left_out(const record::Record& record);
/// The same for calls of one launch that take longer than the launches of long calls, which other
/// lies about times also explain.
std::optional<Doubt> work_once_in_a_call(const record::Record& record);

}  // namespace assay::results::trust
