// Whether the system lets this process bind its threads.
#pragma once

#include <string>

namespace assay::backends::cpu {

/// Why the system refused to bind a thread of this process: "Operation not permitted"; "" if it
/// never did. It is a fact of the process, not of a device: a container's filter forbids the call.
std::string binding_refusal();
void set_binding_refusal(const std::string& reason);

}  // namespace assay::backends::cpu
