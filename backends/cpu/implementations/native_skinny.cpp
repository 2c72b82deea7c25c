// Products with at most 16 rows, as a decoding language model has: bound by reading the weights.
#include <fmt/format.h>

#include <cmath>

#include "backends/cpu/implementation.h"
#include "backends/cpu/native/aligned.h"
#include "backends/cpu/native/skinny.h"
#include "backends/cpu/parallel.h"
#include "backends/sdk/host_time.h"

namespace assay::backends::cpu::native_skinny {

extern const Implementation implementation;

namespace {

using kernels::MatmulShape;

native::SkinnyKernels kernels_for(kernels::DataType type, const Features& features) {
  native::SkinnyKernels dots = native::skinny_kernels_x86(type, features);
  return dots.part ? dots : native::skinny_kernels(type);
}

/// C is cut into parts of columns, and where these are too few for the threads, k into parts too;
/// their sums are added at the end in ascending order.
class SkinnyExecutable final : public Executable {
 public:
  SkinnyExecutable(const MatmulShape& shape, std::span<std::byte* const> buffers, Machine& machine)
      : shape_(shape),
        a_(buffers[0]),
        b_(buffers[1]),
        c_(buffers[2]),
        machine_(machine),
        kernels_(kernels_for(shape.a, machine.features())),
        // One column is the same either way, and contiguous along k.
        along_k_(shape.transpose_b || shape.n == 1) {
    choose_parts();
    packed_bytes_ = padded(kernels_.packed_bytes(shape.m, shape.k));
    packed_ =
        native::aligned_array<std::byte>(static_cast<std::size_t>(shape.batch * packed_bytes_));
    sums_stride_ =
        (columns_ + kernels_.column_grain - 1) / kernels_.column_grain * kernels_.column_grain;
    sums_bytes_ = padded(shape.m * sums_stride_ * kernels_.sum_bytes);
    const std::int64_t held =
        k_parts_ == 1 ? machine.threads() : shape.batch * column_parts_ * k_parts_;
    sums_ = native::aligned_array<std::byte>(static_cast<std::size_t>(held * sums_bytes_));
    choose_fetching();
  }

  void launch() override {
    for_each_piece(machine_, shape_.batch, [&](std::int64_t batch, int) {
      kernels_.pack(a_ + batch * shape_.m * shape_.k * element_bytes(), shape_.m, shape_.k,
                    shape_.transpose_a, along_k_, packed_.get() + batch * packed_bytes_);
    });
    const std::int64_t areas = shape_.batch * column_parts_;
    for_each_piece(machine_, areas * k_parts_, [&](std::int64_t piece, int slot) {
      std::byte* sums = sums_.get() + (k_parts_ == 1 ? slot : piece) * sums_bytes_;
      multiply(piece / k_parts_, piece % k_parts_, sums);
      if (k_parts_ == 1) finish(piece, sums);
    });
    if (k_parts_ == 1) return;
    for_each_piece(machine_, areas, [&](std::int64_t area, int) {
      finish(area, sums_.get() + area * k_parts_ * sums_bytes_);
    });
  }

  std::map<std::string, std::string> details() const override {
    const std::int64_t pieces = shape_.batch * column_parts_ * k_parts_;
    return {{"instruction", kernels_.instruction},
            {"threads", std::to_string(std::min<std::int64_t>(machine_.threads(), pieces))},
            {"weights", "as given"},
            {"packing", "A, in the timed region"},
            {"prefetch", fetch_ahead_ ? "by software and hardware" : "by hardware"},
            {"parts", fmt::format("{} of columns x {} of k", column_parts_, k_parts_)}};
  }

 private:
  static std::int64_t padded(std::int64_t bytes) { return (bytes + 63) / 64 * 64; }
  std::int64_t element_bytes() const { return kernels::bytes_of(shape_.a, 1); }

  void choose_parts() {
    const std::int64_t wanted = 4 * static_cast<std::int64_t>(machine_.threads());
    // Across k, the sums of a part stay in the first-level cache; along k they need none.
    const auto cached = static_cast<std::int64_t>(machine_.l1_bytes()) / kernels_.sum_bytes;
    const std::int64_t most = along_k_ ? shape_.n : cached / shape_.m;
    const std::int64_t grain = kernels_.column_grain;
    columns_ =
        along_k_ ? std::min(most, (shape_.n + wanted - 1) / wanted) : std::min(most, shape_.n);
    columns_ = std::max(grain, (columns_ + grain - 1) / grain * grain);
    column_parts_ = (shape_.n + columns_ - 1) / columns_;
    const std::int64_t k_grains = (shape_.k + kernels_.k_grain - 1) / kernels_.k_grain;
    const std::int64_t short_of = wanted / (shape_.batch * column_parts_);
    k_parts_ = std::clamp<std::int64_t>(short_of, 1, std::max<std::int64_t>(1, k_grains / 8));
  }

  /// Software's prefetching helps some processors and hinders others, so both are tried
  /// alternately.
  void choose_fetching() {
    constexpr int kTurns = 3;
    double least[2] = {INFINITY, INFINITY};
    for (int turn = 0; turn < 2 * kTurns; ++turn) {
      fetch_ahead_ = turn % 2 == 1;
      const auto begin = sdk::SteadyClock::now();
      launch();
      least[turn % 2] = std::min(least[turn % 2], sdk::seconds_since(begin));
    }
    fetch_ahead_ = least[1] < least[0];
  }

  void multiply(std::int64_t area, std::int64_t k_part, std::byte* sums) const {
    const std::int64_t batch = area / column_parts_;
    const std::int64_t first = area % column_parts_ * columns_;
    const native::SkinnyPart part = {
        .a = packed_.get() + batch * packed_bytes_,
        .b = b_ + batch * shape_.k * shape_.n * element_bytes(),
        .m = shape_.m,
        .n = shape_.n,
        .k = shape_.k,
        .first_column = first,
        .columns = std::min(columns_, shape_.n - first),
        .first_k = part_begin(shape_.k, k_parts_, k_part, kernels_.k_grain),
        .end_k = part_begin(shape_.k, k_parts_, k_part + 1, kernels_.k_grain),
        .sums = sums,
        .sums_stride = sums_stride_,
        .fetch_ahead = fetch_ahead_};
    (along_k_ ? kernels_.part_transposed : kernels_.part)(part);
  }

  void finish(std::int64_t area, const std::byte* sums) const {
    const std::int64_t batch = area / column_parts_;
    const std::int64_t first = area % column_parts_ * columns_;
    const auto width = kernels::bytes_of(shape_.c, 1);
    for (std::int64_t row = 0; row < shape_.m; ++row) {
      kernels_.finish(sums + row * sums_stride_ * kernels_.sum_bytes, sums_bytes_, k_parts_ - 1,
                      std::min(columns_, shape_.n - first), shape_.c,
                      c_ + ((batch * shape_.m + row) * shape_.n + first) * width);
    }
  }

  MatmulShape shape_;
  const std::byte *a_, *b_;
  std::byte* c_;
  Machine& machine_;
  native::SkinnyKernels kernels_;
  bool along_k_;
  bool fetch_ahead_ = false;
  std::int64_t columns_ = 0, column_parts_ = 0, k_parts_ = 0;
  std::int64_t packed_bytes_ = 0, sums_stride_ = 0, sums_bytes_ = 0;
  native::AlignedArray<std::byte> packed_, sums_;
};

std::string why_not(const kernels::Problem& problem, const Machine& machine) {
  const MatmulShape shape = kernels::matmul_shape(problem);
  if (shape.m > native::kSkinnyRows) {
    return fmt::format("for m <= {} only: with more rows, reading the weights is not the limit",
                       native::kSkinnyRows);
  }
  if (shape.a != shape.b || !kernels_for(shape.a, machine.features()).part) {
    return fmt::format("multiplies f32, f64, bf16, f16 and i8 on this CPU, not {}", name(shape.a));
  }
  return {};
}

std::unique_ptr<Executable> prepare(const kernels::Problem& problem,
                                    std::span<std::byte* const> buffers, Machine& machine) {
  return std::make_unique<SkinnyExecutable>(kernels::matmul_shape(problem), buffers, machine);
}

}  // namespace

const Implementation implementation = {"native/skinny", "native", "matmul", why_not, prepare};

}  // namespace assay::backends::cpu::native_skinny
