#include <fmt/format.h>

#include "kernels/checking.h"
#include "kernels/launch/shape.h"

namespace assay::kernels {

void launch_reference(const Problem& problem, std::span<const ConstBytes> buffers,
                      std::span<const Bytes> outputs) {
  const double start = load(DataType::i32, buffers[0].data(), 0);
  for (std::int64_t i = 0; i < launch_shape(problem).n; ++i) {
    store(DataType::i32, outputs[0].data(), i, start + static_cast<double>(i));
  }
}

Check launch_check(const Problem& problem, std::span<const ConstBytes> buffers,
                   const CheckOptions& options) {
  const double start = load(DataType::i32, buffers[0].data(), 0);
  Tally tally;
  for (const ElementRange& range : options.ranges(launch_shape(problem).n)) {
    for (std::int64_t i = range.first; i < range.last; ++i) {
      judge_exact(DataType::i32, i, load(DataType::i32, buffers[1].data(), i),
                  start + static_cast<double>(i), tally);
    }
  }
  return conclude(tally, options.which() + ", exact", DataType::i32, buffers[1],
                  [](std::int64_t index) { return fmt::format("element {}", index); });
}

}  // namespace assay::kernels
