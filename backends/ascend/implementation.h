// What each implementation on an Ascend provides. A file in implementations/
// has a namespace of its name and defines `const Implementation implementation` in it; the build
// lists them.
#pragma once

#include <span>

#include "backends/ascend/session.h"
#include "backends/sdk/queue_device.h"
#include "kernels/problem.h"

namespace assay::backends::ascend {

class Device;
using Launch = sdk::QueueLaunch;
using Implementation = sdk::QueueWay<Device, Session, kernels::Problem>;

std::span<const Implementation* const> implementations();

}  // namespace assay::backends::ascend
