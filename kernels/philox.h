// A stream of random bits; any part of it can be computed without the rest.
#pragma once

#include <cstdint>
#include <span>

namespace assay::kernels {

/// Words of one block.
inline constexpr std::size_t kPhiloxWords = 4;

/// Blocks first_block … of the stream: block b is Philox-4x32-10 (Salmon, Moraes, Dror & Shaw,
/// SC11) of counter (b low, b high, stream, domain) under key (key low, key high). `to` holds whole
/// blocks.
void philox_blocks(std::uint64_t key, std::uint32_t stream, std::uint32_t domain,
                   std::uint64_t first_block, std::span<std::uint32_t> to);

}  // namespace assay::kernels
