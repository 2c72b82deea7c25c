#include <fmt/format.h>

#include <span>
#include <vector>

#include "backends/cpu/native/aligned.h"
#include "backends/cpu/native/flash.h"
#include "backends/cpu/parallel.h"

namespace assay::backends::cpu::native {
namespace {

using kernels::AttentionShape;

/// What one thread needs of its own.
struct PrefillScratch {
  AlignedArray<float> queries, output, scores, maximum, sum;
  std::vector<std::int64_t> visible;
};

/// The query heads that share a key head are consecutive, so their queries form one matrix of
/// group * sq rows. A round packs the keys and values of a few key heads, as many as stay in the
/// last-level cache, and then runs all their query tiles.
class FlashPrefill final : public Executable {
 public:
  FlashPrefill(const AttentionShape& shape, std::span<std::byte* const> buffers, Machine& machine)
      : shape_(shape),
        q_(buffers[0]),
        k_(buffers[1]),
        v_(buffers[2]),
        o_(buffers[3]),
        machine_(machine),
        kernels_(choose(shape.type, machine.features())),
        width_(kernels::bytes_of(shape.type, 1)),
        heads_(shape.b * shape.hkv),
        rows_(shape.group() * shape.sq),
        units_((shape.d + kernels_.pair - 1) / kernels_.pair),
        value_stride_(round_up(shape.dv, kernels_.lanes)),
        values_as_stored_(kernels_.values_as_stored && shape.dv == value_stride_) {
    choose_tiles();
    allocate();
  }

  void launch() override {
    for (std::int64_t head = 0; head < heads_; head += round_) {
      const std::int64_t heads = std::min(round_, heads_ - head);
      const std::int64_t key_tiles = (shape_.skv + key_tile_ - 1) / key_tile_;
      for_each_piece(machine_, heads * key_tiles, [&](std::int64_t piece, int) {
        pack(head, piece / key_tiles, piece % key_tiles * key_tile_);
      });
      const std::int64_t tiles = (rows_ + row_tile_ - 1) / row_tile_;
      // Under a causal mask the last rows see most keys: long pieces first.
      for_each_piece(machine_, heads * tiles, [&](std::int64_t piece, int slot) {
        attend(head, piece / tiles, (tiles - 1 - piece % tiles) * row_tile_,
               scratch_[static_cast<std::size_t>(slot)]);
      });
    }
  }

  std::map<std::string, std::string> details() const override {
    return {{"instruction", kernels_.instruction},
            {"threads", std::to_string(machine_.threads())},
            {"algorithm", "flash: running softmax over packed tiles"},
            {"tile", fmt::format("{} queries x {} keys, registers {} x {}", row_tile_, key_tile_,
                                 kFlashRows, kernels_.panel)},
            {"packing", fmt::format("keys{} packed in the timed region",
                                    values_as_stored_ ? "" : " and values")},
            {"workspace bytes", std::to_string(workspace_bytes_)}};
  }

 private:
  static FlashKernels choose(kernels::DataType type, const Features& features) {
    const FlashKernels pairs = flash_kernels_bf16_pairs(type, features);
    return pairs.attend ? pairs : flash_kernels(type);
  }

  void choose_tiles() {
    const auto threads = static_cast<std::int64_t>(machine_.threads());
    // Keys and values of a tile fill at most half of the second-level cache.
    const auto key_bytes = (units_ + value_stride_ / kernels_.pair) * 4;
    const auto fitting = static_cast<std::int64_t>(machine_.l2_bytes()) / 2 / key_bytes;
    key_tile_ = std::clamp(fitting / kernels_.panel * kernels_.panel, std::int64_t{kernels_.panel},
                           round_up(256, kernels_.panel));
    // Four pieces a thread at least, so that threads end together.
    const std::int64_t enough = rows_ * heads_ / (4 * threads);
    row_tile_ = std::clamp<std::int64_t>(enough / kFlashRows * kFlashRows, kFlashRows, 96);
    head_keys_ = round_up(shape_.skv, kernels_.panel) * units_;
    head_values_ =
        values_as_stored_ ? 0 : (shape_.skv + kernels_.pair - 1) / kernels_.pair * value_stride_;
    const auto budget = static_cast<std::int64_t>(machine_.last_level_bytes()) / 2;
    const std::int64_t tiles = (rows_ + row_tile_ - 1) / row_tile_;
    round_ =
        std::max(budget / ((head_keys_ + head_values_) * 4), (4 * threads + tiles - 1) / tiles);
    round_ = std::min(round_, heads_);
  }

  template <class T>
  AlignedArray<T> make(std::int64_t elements) {
    workspace_bytes_ += elements * static_cast<std::int64_t>(sizeof(T));
    return aligned_array<T>(static_cast<std::size_t>(elements));
  }

  void allocate() {
    keys_ = make<float>(round_ * head_keys_);
    values_ = make<float>(round_ * head_values_);
    scratch_.resize(machine_.threads());
    for (PrefillScratch& scratch : scratch_) {
      scratch.queries = make<float>(row_tile_ * units_);
      scratch.output = make<float>(row_tile_ * value_stride_);
      scratch.scores = make<float>(kFlashRows * score_stride());
      scratch.maximum = make<float>(row_tile_);
      scratch.sum = make<float>(row_tile_);
      scratch.visible.resize(static_cast<std::size_t>(row_tile_));
    }
  }

  /// A few vectors more than the tile, so that rows do not fall into the same cache sets.
  std::int64_t score_stride() const { return key_tile_ + kernels_.panel; }

  /// Keys and values from `first` of a tile of head `first_head + in_round`.
  void pack(std::int64_t first_head, std::int64_t in_round, std::int64_t first) const {
    const std::int64_t row = (first_head + in_round) * shape_.skv;
    const std::int64_t end = std::min(first + key_tile_, shape_.skv);
    for (std::int64_t j = first; j < end; j += kernels_.panel) {
      kernels_.pack_keys(k_ + (row + j) * shape_.d * width_,
                         std::min<std::int64_t>(kernels_.panel, end - j), shape_.d,
                         keys_.get() + in_round * head_keys_ + j * units_);
    }
    if (values_as_stored_) return;
    kernels_.pack_values(
        v_ + (row + first) * shape_.dv * width_, shape_.dv, end - first, shape_.dv,
        values_.get() + in_round * head_values_ + first / kernels_.pair * value_stride_,
        value_stride_);
  }

  const float* values(std::int64_t head, std::int64_t in_round, std::int64_t first) const {
    if (values_as_stored_) {
      return reinterpret_cast<const float*>(v_) + (head * shape_.skv + first) * shape_.dv;
    }
    return values_.get() + in_round * head_values_ + first / kernels_.pair * value_stride_;
  }

  void attend(std::int64_t first_head, std::int64_t in_round, std::int64_t row,
              PrefillScratch& scratch) const {
    const std::int64_t head = first_head + in_round;
    const std::int64_t rows = std::min(row_tile_, rows_ - row);
    const std::int64_t at = head * rows_ + row;
    kernels_.pack_queries(q_ + at * shape_.d * width_, rows, shape_.d, scratch.queries.get(),
                          units_);
    std::fill_n(scratch.output.get(), rows * value_stride_, 0.0f);
    std::fill_n(scratch.maximum.get(), rows, kNoScore);
    std::fill_n(scratch.sum.get(), rows, 0.0f);
    std::int64_t limit = 0;
    for (std::int64_t r = 0; r < rows; ++r) {
      std::int64_t& visible = scratch.visible[static_cast<std::size_t>(r)];
      visible = shape_.visible((row + r) % shape_.sq);
      limit = std::max(limit, visible);
    }
    const FlashState state{scratch.output.get(), value_stride_, scratch.maximum.get(),
                           scratch.sum.get()};
    FlashTile tile{.queries = scratch.queries.get(),
                   .rows = rows,
                   .query_units = units_,
                   .value_stride = value_stride_,
                   .value_width = value_stride_,
                   .visible = scratch.visible.data(),
                   .scale_log2e = static_cast<float>(shape_.scale() * 1.4426950408889634),
                   .scores = scratch.scores.get(),
                   .score_stride = score_stride()};
    for (std::int64_t first = 0; first < limit; first += key_tile_) {
      tile.keys = keys_.get() + in_round * head_keys_ + first * units_;
      tile.values = values(head, in_round, first);
      tile.key_count = std::min(key_tile_, limit - first);
      kernels_.attend(tile, state);
      const auto count = static_cast<std::size_t>(rows);
      for (std::int64_t& visible : std::span(scratch.visible).first(count)) {
        visible -= key_tile_;
      }
    }
    kernels_.finish(state, rows, shape_.dv, o_ + at * shape_.dv * width_);
  }

  AttentionShape shape_;
  const std::byte *q_, *k_, *v_;
  std::byte* o_;
  Machine& machine_;
  FlashKernels kernels_;
  std::int64_t width_, heads_, rows_, units_, value_stride_;
  bool values_as_stored_;
  std::int64_t key_tile_ = 0, row_tile_ = 0, round_ = 0, head_keys_ = 0, head_values_ = 0;
  std::int64_t workspace_bytes_ = 0;
  AlignedArray<float> keys_, values_;
  std::vector<PrefillScratch> scratch_;
};

}  // namespace

std::unique_ptr<Executable> flash_prefill(const AttentionShape& shape,
                                          std::span<std::byte* const> buffers, Machine& machine) {
  return std::make_unique<FlashPrefill>(shape, buffers, machine);
}

}  // namespace assay::backends::cpu::native
