// Collectives of the fake libraries, implemented with messages, on memory that the host can access.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "kernels/dtype.h"
#include "tests/fakes/common/mailbox.h"

namespace assay::fakes {

/// Adds up what all ranks hold: all of it, or of each the part that is this rank's. In FP64,
/// rounded once.
void sum_over_ranks(Mailbox& box, kernels::DataType type, std::span<const std::byte> from,
                    bool in_parts, std::byte* to);
void gather_from_ranks(Mailbox& box, std::span<const std::byte> from, std::byte* to);
/// `from` counts on the root alone, which receives as well.
void broadcast_from(Mailbox& box, int root, std::span<const std::byte> from, std::byte* to,
                    std::uint64_t bytes);

}  // namespace assay::fakes
