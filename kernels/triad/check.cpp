#include <fmt/format.h>
#include <tbb/parallel_for.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <mutex>

#include "kernels/checking.h"
#include "kernels/copy/shape.h"

namespace assay::kernels {

namespace {

constexpr std::int64_t kChunk = 1 << 12;

/// b + 3 c in FP64 for up to kChunk elements from `first`.
struct Chunk {
  std::array<double, kChunk> b, c, sum;

  void compute(DataType type, std::span<const ConstBytes> buffers, std::int64_t first,
               std::int64_t count) {
    const auto length = static_cast<std::size_t>(count);
    decode_array(type, buffers[0].data(), first, std::span(b.data(), length));
    decode_array(type, buffers[1].data(), first, std::span(c.data(), length));
    for (std::size_t i = 0; i < length; ++i) sum[i] = std::fma(3.0, c[i], b[i]);
  }
};

template <typename Visit>
void for_each_chunk(std::int64_t n, Visit visit) {
  tbb::parallel_for(std::int64_t{0}, (n + kChunk - 1) / kChunk, [&](std::int64_t chunk) {
    visit(chunk * kChunk, std::min(kChunk, n - chunk * kChunk));
  });
}

Tally compare(const StreamShape& s, bool exact, std::span<const ConstBytes> buffers,
              std::int64_t first, std::int64_t count) {
  Chunk chunk;
  chunk.compute(s.type, buffers, first, count);
  std::array<double, kChunk> got;
  decode_array(s.type, buffers[2].data(), first,
               std::span(got.data(), static_cast<std::size_t>(count)));
  Tally tally;
  for (std::int64_t i = 0; i < count; ++i) {
    const auto at = static_cast<std::size_t>(i);
    if (exact) {
      judge_exact(s.type, first + i, got[at], chunk.sum[at], tally);
      continue;
    }
    // One rounding of the sum, one of the product where the two are not fused, and those of the
    // FP64 reference.
    const double bound =
        rounding_bound(s.type, std::fabs(chunk.sum[at])) + 0x1p-53 * std::fabs(chunk.sum[at]) +
        rounding_bound(s.type, std::fabs(3 * chunk.c[at])) * (1 + unit_roundoff(s.type));
    judge(s.type, first + i, got[at], chunk.sum[at], {bound, bound}, tally);
  }
  return tally;
}

}  // namespace

void triad_reference(const Problem& problem, std::span<const ConstBytes> buffers,
                     std::span<const Bytes> outputs) {
  const StreamShape s = stream_shape(problem);
  for_each_chunk(s.n, [&](std::int64_t first, std::int64_t count) {
    Chunk chunk;
    chunk.compute(s.type, buffers, first, count);
    encode_array(s.type, {chunk.sum.data(), static_cast<std::size_t>(count)}, outputs[0].data(),
                 first);
  });
}

Check triad_check(const Problem& problem, std::span<const ConstBytes> buffers,
                  const CheckOptions&) {
  const StreamShape s = stream_shape(problem);
  const bool exact = problem.choice("dist") == "integer";
  Tally total;
  std::mutex merging;
  for_each_chunk(s.n, [&](std::int64_t first, std::int64_t count) {
    const Tally tally = compare(s, exact, buffers, first, count);
    const std::lock_guard lock(merging);
    total.merge(tally);
  });
  return conclude(total, exact ? "every element, exact" : "every element, within two roundings",
                  s.type, buffers[2],
                  [](std::int64_t index) { return fmt::format("element {}", index); });
}

}  // namespace assay::kernels
