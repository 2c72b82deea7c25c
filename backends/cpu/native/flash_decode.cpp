#include <fmt/format.h>

#include <vector>

#include "backends/cpu/native/aligned.h"
#include "backends/cpu/native/flash.h"
#include "backends/cpu/parallel.h"

namespace assay::backends::cpu::native {
namespace {

using kernels::AttentionShape;

constexpr std::int64_t kKeyTile = 128;

/// Each piece takes the query rows of one key head over one part of its keys; then the parts of a
/// head are merged in order, so that the result does not depend on who ran what.
class FlashDecode final : public Executable {
 public:
  FlashDecode(const AttentionShape& shape, std::span<std::byte* const> buffers, Machine& machine)
      : shape_(shape),
        q_(buffers[0]),
        k_(buffers[1]),
        v_(buffers[2]),
        o_(buffers[3]),
        machine_(machine),
        kernels_(flash_kernels(shape.type)),
        width_(kernels::bytes_of(shape.type, 1)),
        heads_(shape.b * shape.hkv),
        rows_(shape.group() * shape.sq),
        query_stride_(padded(shape.d)),
        output_stride_(padded(shape.dv)),
        scale_log2e_(static_cast<float>(shape.scale() * 1.4426950408889634)) {
    const std::int64_t most = (shape.skv + 2 * kKeyTile - 1) / (2 * kKeyTile);
    const std::int64_t wanted =
        (4 * static_cast<std::int64_t>(machine.threads()) + heads_ - 1) / heads_;
    parts_ = std::clamp<std::int64_t>(wanted, 1, most);
    state_stride_ = (rows_ * (output_stride_ + 2) + 15) / 16 * 16;
    states_ = aligned_array<float>(static_cast<std::size_t>(heads_ * parts_ * state_stride_));
    scratch_stride_ = (rows_ * (query_stride_ + kKeyTile) + 15) / 16 * 16;
    scratch_ = aligned_array<float>(machine.threads() * static_cast<std::size_t>(scratch_stride_));
  }

  void launch() override {
    for_each_piece(machine_, heads_ * parts_, [&](std::int64_t piece, int slot) {
      attend(piece / parts_, piece % parts_, scratch_.get() + slot * scratch_stride_);
    });
    for_each_piece(machine_, heads_, [&](std::int64_t head, int) {
      for (std::int64_t part = 1; part < parts_; ++part) {
        kernels_.merge(rows_, output_stride_, scale_log2e_, state(head, part), state(head, 0));
      }
      kernels_.finish(state(head, 0), rows_, shape_.dv, o_ + head * rows_ * shape_.dv * width_);
    });
  }

  std::map<std::string, std::string> details() const override {
    return {
        {"instruction", kernels_.instruction},
        {"threads", std::to_string(std::min<std::int64_t>(machine_.threads(), heads_ * parts_))},
        {"algorithm", "flash: running softmax, keys and values as stored"},
        {"tile", fmt::format("{} queries x {} keys", rows_, kKeyTile)},
        {"parts of the keys", std::to_string(parts_)}};
  }

 private:
  std::int64_t padded(std::int64_t width) const {
    return (width + kernels_.lanes - 1) / kernels_.lanes * kernels_.lanes;
  }

  FlashState state(std::int64_t head, std::int64_t part) const {
    float* at = states_.get() + (head * parts_ + part) * state_stride_;
    return {at, output_stride_, at + rows_ * output_stride_, at + rows_ * (output_stride_ + 1)};
  }

  void attend(std::int64_t head, std::int64_t part, float* scratch) const {
    const FlashState result = state(head, part);
    std::fill_n(result.output, rows_ * output_stride_, 0.0f);
    std::fill_n(result.maximum, rows_, kNoScore);
    std::fill_n(result.sum, rows_, 0.0f);
    kernels_.pack_queries(q_ + head * rows_ * shape_.d * width_, rows_, shape_.d, scratch,
                          query_stride_);
    const std::int64_t end = part_begin(shape_.skv, parts_, part + 1, kKeyTile);
    std::int64_t visible[kFlashStoredRows];
    FlashStored tile{.queries = scratch,
                     .rows = rows_,
                     .query_stride = query_stride_,
                     .d = shape_.d,
                     .dv = shape_.dv,
                     .visible = visible,
                     .scale_log2e = scale_log2e_,
                     .scores = scratch + rows_ * query_stride_,
                     .score_stride = kKeyTile};
    std::int64_t first = part_begin(shape_.skv, parts_, part, kKeyTile);
    for (; first < end; first += kKeyTile) {
      for (std::int64_t r = 0; r < rows_; ++r) visible[r] = shape_.visible(r % shape_.sq) - first;
      tile.keys = k_ + (head * shape_.skv + first) * shape_.d * width_;
      tile.values = v_ + (head * shape_.skv + first) * shape_.dv * width_;
      tile.key_count = std::min(kKeyTile, end - first);
      kernels_.attend_stored(tile, result);
    }
  }

  AttentionShape shape_;
  const std::byte *q_, *k_, *v_;
  std::byte* o_;
  Machine& machine_;
  FlashKernels kernels_;
  std::int64_t width_, heads_, rows_, query_stride_, output_stride_;
  float scale_log2e_;
  std::int64_t parts_ = 1, state_stride_ = 0, scratch_stride_ = 0;
  AlignedArray<float> states_, scratch_;
};

}  // namespace

std::unique_ptr<Executable> flash_decode(const AttentionShape& shape,
                                         std::span<std::byte* const> buffers, Machine& machine) {
  return std::make_unique<FlashDecode>(shape, buffers, machine);
}

}  // namespace assay::backends::cpu::native
