// Collectives on the fake devices, which can only join as a single rank.
#pragma once

#include <cstddef>
#include <cstdint>

#include "backends/assay_backend.h"
#include "kernels/problem.h"
#include "tests/fakes/executable.h"

namespace assay::fakes {

bool works_with_others(const assay_device& device);
/// Why the device cannot solve a problem of several ranks now; empty if it can.
const char* why_not_together(const assay_device& device, const kernels::Problem& problem);

/// Like the functions of the interface; the reason of a refusal is written to `why`.
assay_status give_id(assay_device& device, void* id, std::size_t capacity, std::size_t* bytes,
                     const char*& why);
assay_status join_ranks(assay_device& device, const void* id, std::uint32_t ranks,
                        std::uint32_t rank, const char*& why);
void leave_ranks(assay_device& device);

}  // namespace assay::fakes
