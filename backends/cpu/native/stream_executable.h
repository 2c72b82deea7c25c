// What copy and triad share around native/stream: who writes which part, and through which
// caches.
#pragma once

#include <map>
#include <string>

#include "backends/cpu/parallel.h"
#include "kernels/copy/shape.h"

namespace assay::backends::cpu::native {

/// The arrays in contiguous pieces, a few for each thread, on 64-byte boundaries.
class StreamPieces {
 public:
  StreamPieces(const kernels::StreamShape& shape, int arrays, Machine& machine)
      : machine_(machine), elements_(shape.n) {
    const auto width = kernels::bytes_of(shape.type, 1);
    grain_ = 4096 / width;
    const std::int64_t grains = (shape.n + grain_ - 1) / grain_;
    pieces_ = std::clamp<std::int64_t>(shape.n * width / kPieceBytes, machine.threads(), grains);
    pieces_ = std::min(pieces_, grains);
    past_cache_ = static_cast<double>(arrays) * static_cast<double>(shape.n * width) >
                  static_cast<double>(machine.last_level_bytes());
  }

  /// body(first element, elements, whether stores pass by the caches)
  template <class Body>
  void run(const Body& body) const {
    for_each_piece(machine_, pieces_, [&](std::int64_t piece, int) {
      const std::int64_t first = part_begin(elements_, pieces_, piece, grain_);
      body(first, part_begin(elements_, pieces_, piece + 1, grain_) - first, past_cache_);
    });
  }

  std::map<std::string, std::string> details(const char* target) const {
    return {{"instruction", target},
            {"threads", std::to_string(std::min<std::int64_t>(machine_.threads(), pieces_))},
            {"stores", past_cache_ ? "non-temporal" : "through the caches"}};
  }

 private:
  static constexpr std::int64_t kPieceBytes = 4 << 20;

  Machine& machine_;
  std::int64_t elements_, grain_ = 1, pieces_ = 1;
  bool past_cache_ = false;
};

}  // namespace assay::backends::cpu::native
