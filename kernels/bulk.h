// Large arrays of bytes, by all threads of the current oneTBB arena.
#pragma once

#include <cstddef>
#include <span>

namespace assay::kernels {

void fill_bytes(std::span<std::byte> to, std::byte value);
/// `from` and `to` have one length and do not overlap.
void copy_bytes(std::span<const std::byte> from, std::span<std::byte> to);
/// Both have one length and do not overlap.
void swap_bytes(std::span<std::byte> a, std::span<std::byte> b);
/// False where the lengths differ.
bool same_bytes(std::span<const std::byte> a, std::span<const std::byte> b);

}  // namespace assay::kernels
