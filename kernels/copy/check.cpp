#include "kernels/copy/check.h"

#include <fmt/format.h>
#include <tbb/parallel_for.h>

#include <algorithm>
#include <cstring>
#include <mutex>

#include "kernels/checking.h"
#include "kernels/copy/shape.h"

namespace assay::kernels {

namespace {

constexpr std::int64_t kChunk = 1 << 20;

Tally compare(DataType type, const std::byte* expected, const std::byte* got, std::int64_t first,
              std::int64_t last) {
  const std::size_t size = size_of(type);
  Tally tally;
  const auto offset = static_cast<std::size_t>(first) * size;
  if (std::memcmp(expected + offset, got + offset, static_cast<std::size_t>(last - first) * size) ==
      0) {
    tally.compared = last - first;
    return tally;
  }
  for (std::int64_t i = first; i < last; ++i) {
    const std::size_t at = static_cast<std::size_t>(i) * size;
    ++tally.compared;
    if (std::memcmp(expected + at, got + at, size) == 0) continue;
    const Finding finding{i, load(type, got, i), load(type, expected, i), 0};
    Tally one;
    one.wrong = 1;
    one.worst = kBeyondAnyBound;
    one.worst_at = one.first_wrong = finding;
    tally.merge(one);
  }
  return tally;
}

}  // namespace

void copy_reference(const Problem&, std::span<const ConstBytes> buffers,
                    std::span<const Bytes> outputs) {
  std::copy(buffers[0].begin(), buffers[0].end(), outputs[0].begin());
}

Check copy_check(const Problem& problem, std::span<const ConstBytes> buffers, const CheckOptions&) {
  const StreamShape s = stream_shape(problem);
  Tally total;
  std::mutex merging;
  tbb::parallel_for(std::int64_t{0}, (s.n + kChunk - 1) / kChunk, [&](std::int64_t chunk) {
    const Tally tally = compare(s.type, buffers[0].data(), buffers[1].data(), chunk * kChunk,
                                std::min(s.n, (chunk + 1) * kChunk));
    const std::lock_guard lock(merging);
    total.merge(tally);
  });
  return conclude(total, "every element, bit for bit", s.type, buffers[1],
                  [](std::int64_t index) { return fmt::format("element {}", index); });
}

}  // namespace assay::kernels
