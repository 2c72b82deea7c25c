#include <fmt/format.h>

#include <algorithm>

#include "kernels/checking.h"
#include "kernels/copy/shape.h"
#include "kernels/fields.h"

namespace assay::kernels {

namespace {

constexpr std::int64_t kChunk = 1 << 20;

Tally compare(DataType type, ConstBytes expected, ConstBytes got, ElementRange range) {
  const auto [first, last] = range;
  Tally tally;
  tally.compared = last - first;
  if (same_bits(type, expected, first, got, first, last - first)) return tally;
  for (std::int64_t i = first; i < last; ++i) {
    if (same_bits(type, expected, i, got, i, 1)) continue;
    tally.note_different({i, load(type, got, i), load(type, expected, i), 0});
  }
  return tally;
}

}  // namespace

std::vector<Operand> copy_operands(const Problem& problem) {
  const StreamShape s = stream_shape(problem);
  return {{"b", Role::input, s.type, {s.n}, false, exact_integer_limit(s.type), 1, s.n},
          {"a", Role::output, s.type, {s.n}}};
}

void copy_reference(const Problem&, std::span<const ConstBytes> buffers,
                    std::span<const Bytes> outputs) {
  std::copy(buffers[0].begin(), buffers[0].end(), outputs[0].begin());
}

Check copy_check(const Problem& problem, std::span<const ConstBytes> buffers,
                 const CheckOptions& options) {
  const StreamShape s = stream_shape(problem);
  const Tally total = tally_of(options.ranges(s.n), kChunk, [&](ElementRange part) {
    return compare(s.type, buffers[0], buffers[1], part);
  });
  return conclude(total, options.which() + ", bit for bit", s.type, buffers[1],
                  [](std::int64_t index) { return fmt::format("element {}", index); });
}

}  // namespace assay::kernels
