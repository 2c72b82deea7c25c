#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "kernels/checking.h"
#include "kernels/copy/shape.h"

namespace assay::kernels {

namespace {

/// Elements that are decoded at a time, and those of one task, which finds its largest error anew.
constexpr std::int64_t kChunk = 1 << 10, kTask = 1 << 16;

/// b + 3 c in FP64 for up to kChunk elements from `first`.
struct Chunk {
  std::array<double, kChunk> b, c, sum;

  void compute(DataType type, std::span<const ConstBytes> buffers, std::int64_t first,
               std::int64_t count) {
    const auto length = static_cast<std::size_t>(count);
    decode_array(type, buffers[0].data(), first, std::span(b.data(), length));
    decode_array(type, buffers[1].data(), first, std::span(c.data(), length));
    if (type == DataType::f64) {
      for (std::size_t i = 0; i < length; ++i) sum[i] = std::fma(3.0, c[i], b[i]);
    } else {
      // The product is exact, so that this has the same bits without a fused instruction.
      for (std::size_t i = 0; i < length; ++i) sum[i] = 3.0 * c[i] + b[i];
    }
  }
};

/// Calls `visit` with the first element and the length of each chunk, in ascending order.
template <typename Visit>
void for_each_chunk(ElementRange range, Visit visit) {
  for (std::int64_t first = range.first; first < range.last; first += kChunk) {
    visit(first, std::min(kChunk, range.last - first));
  }
}

void compare(const StreamShape& s, bool exact, std::span<const ConstBytes> buffers,
             std::int64_t first, std::int64_t count, Tally& tally) {
  const auto length = static_cast<std::size_t>(count);
  Chunk chunk;
  chunk.compute(s.type, buffers, first, count);
  std::array<double, kChunk> got, bounds;
  decode_array(s.type, buffers[2].data(), first, std::span(got.data(), length));
  if (exact) {
    for (std::size_t i = 0; i < length; ++i) {
      judge_exact(s.type, first + static_cast<std::int64_t>(i), got[i], chunk.sum[i], tally);
    }
    return;
  }
  const double roundoff = unit_roundoff(s.type), smallest = smallest_subnormal(s.type);
  for (std::size_t i = 0; i < length; ++i) {
    // One rounding of the sum, one of the product where the two are not fused, and those of the
    // FP64 reference.
    const double sum = std::fabs(chunk.sum[i]), product = std::fabs(3 * chunk.c[i]);
    bounds[i] = roundoff * sum + smallest + 0x1p-53 * sum +
                (roundoff * product + smallest) * (1 + roundoff);
  }
  judge_all(s.type, first, {got.data(), length}, {chunk.sum.data(), length},
            {bounds.data(), length}, tally);
}

}  // namespace

void triad_reference(const Problem& problem, std::span<const ConstBytes> buffers,
                     std::span<const Bytes> outputs) {
  const StreamShape s = stream_shape(problem);
  for_each_part({0, s.n}, kTask, [&](ElementRange part) {
    for_each_chunk(part, [&](std::int64_t first, std::int64_t count) {
      Chunk chunk;
      chunk.compute(s.type, buffers, first, count);
      encode_array(s.type, {chunk.sum.data(), static_cast<std::size_t>(count)}, outputs[0].data(),
                   first);
    });
  });
}

Check triad_check(const Problem& problem, std::span<const ConstBytes> buffers,
                  const CheckOptions& options) {
  const StreamShape s = stream_shape(problem);
  const bool exact = problem.choice("dist") == "integer";
  const Tally total = tally_of(options.ranges(s.n), kTask, [&](ElementRange part) {
    Tally tally;
    for_each_chunk(part, [&](std::int64_t first, std::int64_t count) {
      compare(s, exact, buffers, first, count, tally);
    });
    return tally;
  });
  return conclude(total, options.which() + (exact ? ", exact" : ", within two roundings"), s.type,
                  buffers[2], [](std::int64_t index) { return fmt::format("element {}", index); });
}

}  // namespace assay::kernels
