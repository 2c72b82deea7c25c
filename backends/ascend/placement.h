// Where this process's devices are among those of the machine, and what their sensors read.
#pragma once

#include <cstdint>
#include <optional>

#include "backends/ascend/dcmi.h"

namespace assay::backends::ascend {

/// The driver's number of a device that AscendCL numbers `index`. ASCEND_RT_VISIBLE_DEVICES gives
/// the devices that it leaves other numbers (hicann/runtime docs/zh/api_ref/
/// 04_device_management.md); nothing where it is set and this CANN cannot say which.
std::optional<std::uint32_t> driver_number(std::uint32_t index);
/// Nothing where that number is not known, or DCMI does not know the device.
std::optional<Seat> seat_of_device(std::uint32_t index);

/// The package of a 910C has two dies, each a device.
bool is_two_die_package();
/// The package of a 910C has one power sensor: its first die reports the power of both dies, and
/// the second reports none (npu-smi on A3; vllm-project/vllm-ascend issues 2035 and 2534).
bool reports_power(const Seat& seat);

}  // namespace assay::backends::ascend
