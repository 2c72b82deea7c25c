#include <fmt/format.h>

#include <vector>

#include "backends/cpu/native/aligned.h"
#include "backends/cpu/native/flash.h"
#include "backends/cpu/parallel.h"

namespace assay::backends::cpu::native {
namespace {

using kernels::AttentionShape;

constexpr std::int64_t kRowBlock = 128;  ///< most query rows over one packed tile
constexpr std::int64_t kMostKeys = 256;  ///< in a tile
constexpr std::int64_t kMergeRows = 16;

/// What one thread needs of its own.
struct LatentScratch {
  AlignedArray<float> queries, keys, values, scores;
  std::vector<std::int64_t> visible;
};

/// All query rows of a sequence read the same cache, so scores and weighted values are products of
/// matrices. A piece takes a block of rows over one part of the cache: each tile of it is packed
/// once and used by all rows while it lies in the second-level cache. Then the parts are merged in
/// order, so that the result does not depend on who ran what.
class FlashLatent final : public Executable {
 public:
  FlashLatent(const AttentionShape& shape, std::span<std::byte* const> buffers, Machine& machine)
      : shape_(shape),
        q_(buffers[0]),
        kv_(buffers[1]),
        o_(buffers[2]),
        machine_(machine),
        kernels_(choose(shape.type, machine.features())),
        width_(kernels::bytes_of(shape.type, 1)),
        rows_(shape.hq * shape.sq),
        units_((shape.d + kernels_.pair - 1) / kernels_.pair),
        value_width_(round_up(shape.dv, kernels_.lanes)),
        values_as_stored_(kernels_.values_as_stored && shape.dv == value_width_),
        value_stride_(values_as_stored_ ? shape.d : value_width_),
        scale_log2e_(static_cast<float>(shape.scale() * 1.4426950408889634)) {
    choose_tiles();
    allocate();
  }

  void launch() override {
    for_each_piece(machine_, shape_.b * blocks_ * parts_, [&](std::int64_t piece, int slot) {
      attend(piece / parts_, piece % parts_, scratch_[static_cast<std::size_t>(slot)]);
    });
    if (parts_ == 1) return;
    const std::int64_t slices = (row_block_ + kMergeRows - 1) / kMergeRows;
    for_each_piece(machine_, shape_.b * blocks_ * slices, [&](std::int64_t piece, int) {
      merge(piece / slices, piece % slices * kMergeRows);
    });
  }

  std::map<std::string, std::string> details() const override {
    return {{"instruction", kernels_.instruction},
            {"threads", std::to_string(machine_.threads())},
            {"algorithm", "flash: running softmax, all heads over tiles of the shared cache"},
            {"tile", fmt::format("{} queries x {} keys, registers {} x {}", row_block_, key_tile_,
                                 kFlashRows, kernels_.panel)},
            {"packing", fmt::format("keys{} packed in the timed region",
                                    values_as_stored_ ? "" : " and values")},
            {"parts of the keys", std::to_string(parts_)}};
  }

 private:
  static FlashKernels choose(kernels::DataType type, const Features& features) {
    const FlashKernels pairs = flash_kernels_bf16_pairs(type, features);
    return pairs.attend ? pairs : flash_kernels(type);
  }

  void choose_tiles() {
    blocks_ = (rows_ + kRowBlock - 1) / kRowBlock;
    row_block_ = (rows_ + blocks_ - 1) / blocks_;
    // Half of what queries and outputs leave of the second-level cache.
    const std::int64_t held = row_block_ * (units_ + value_width_) * 4;
    const auto cache = static_cast<std::int64_t>(machine_.l2_bytes());
    const std::int64_t key_bytes = (units_ + value_width_ / kernels_.pair) * 4;
    const std::int64_t fitting = std::max<std::int64_t>(0, cache - held) / 2 / key_bytes;
    key_tile_ = std::clamp(fitting / kernels_.panel * kernels_.panel, std::int64_t{kernels_.panel},
                           round_up(kMostKeys, kernels_.panel));
    const std::int64_t wanted = 2 * static_cast<std::int64_t>(machine_.threads());
    const std::int64_t pieces = shape_.b * blocks_;
    const std::int64_t most = (shape_.skv + key_tile_ - 1) / key_tile_;
    parts_ = pieces >= 2 * wanted ? 1 : std::min(most, (wanted + pieces - 1) / pieces);
  }

  static AlignedArray<float> make(std::int64_t elements) {
    return aligned_array<float>(static_cast<std::size_t>(elements));
  }

  void allocate() {
    state_stride_ = round_up(row_block_ * (value_width_ + 2), 16);
    // Parts that are merged later keep a state each, others one a thread.
    const auto threads = static_cast<std::int64_t>(machine_.threads());
    states_ = make((parts_ > 1 ? shape_.b * blocks_ * parts_ : threads) * state_stride_);
    scratch_.resize(machine_.threads());
    for (LatentScratch& scratch : scratch_) {
      scratch.queries = make(row_block_ * units_);
      scratch.keys = make(key_tile_ * units_);
      if (!values_as_stored_) scratch.values = make(key_tile_ / kernels_.pair * value_width_);
      scratch.scores = make(kFlashRows * score_stride());
      scratch.visible.resize(static_cast<std::size_t>(row_block_));
    }
  }

  /// A few vectors more than the tile, so that rows do not fall into the same cache sets.
  std::int64_t score_stride() const { return key_tile_ + kernels_.panel; }

  FlashState state(std::int64_t index, std::int64_t row) const {
    float* const at = states_.get() + index * state_stride_;
    return {at + row * value_width_, value_width_, at + row_block_ * value_width_ + row,
            at + row_block_ * (value_width_ + 1) + row};
  }

  /// Block number `at` over all sequences: its sequence, first row and rows.
  struct Block {
    std::int64_t sequence, row, rows;
  };
  Block block(std::int64_t at) const {
    const std::int64_t row = at % blocks_ * row_block_;
    return {at / blocks_, row, std::min(row_block_, rows_ - row)};
  }

  std::byte* output(const Block& one, std::int64_t row) const {
    return o_ + (one.sequence * rows_ + one.row + row) * shape_.dv * width_;
  }

  /// Keys and values from `first` on, at most a tile of them, to where `tile` points.
  void pack(const std::byte* from, std::int64_t keys, LatentScratch& scratch,
            FlashTile& tile) const {
    for (std::int64_t j = 0; j < keys; j += kernels_.panel) {
      kernels_.pack_keys(from + j * shape_.d * width_,
                         std::min<std::int64_t>(kernels_.panel, keys - j), shape_.d,
                         scratch.keys.get() + j * units_);
    }
    tile.keys = scratch.keys.get();
    tile.key_count = keys;
    if (values_as_stored_) {
      tile.values = reinterpret_cast<const float*>(from);
      return;
    }
    kernels_.pack_values(from, shape_.d, keys, shape_.dv, scratch.values.get(), value_width_);
    tile.values = scratch.values.get();
  }

  void attend(std::int64_t at, std::int64_t part, LatentScratch& scratch) const {
    const Block one = block(at);
    const FlashState result =
        state(parts_ > 1 ? at * parts_ + part : &scratch - scratch_.data(), 0);
    std::fill_n(result.output, one.rows * value_width_, 0.0f);
    std::fill_n(result.maximum, one.rows, kNoScore);
    std::fill_n(result.sum, one.rows, 0.0f);
    kernels_.pack_queries(q_ + (one.sequence * rows_ + one.row) * shape_.d * width_, one.rows,
                          shape_.d, scratch.queries.get(), units_);
    FlashTile tile{.queries = scratch.queries.get(),
                   .rows = one.rows,
                   .query_units = units_,
                   .value_stride = value_stride_,
                   .value_width = value_width_,
                   .visible = scratch.visible.data(),
                   .scale_log2e = scale_log2e_,
                   .scores = scratch.scores.get(),
                   .score_stride = score_stride()};
    const std::int64_t end = part_begin(shape_.skv, parts_, part + 1, key_tile_);
    std::int64_t first = part_begin(shape_.skv, parts_, part, key_tile_);
    for (; first < end; first += key_tile_) {
      for (std::int64_t r = 0; r < one.rows; ++r) {
        scratch.visible[static_cast<std::size_t>(r)] =
            shape_.visible((one.row + r) % shape_.sq) - first;
      }
      pack(kv_ + (one.sequence * shape_.skv + first) * shape_.d * width_,
           std::min(key_tile_, end - first), scratch, tile);
      kernels_.attend(tile, result);
    }
    if (parts_ == 1) kernels_.finish(result, one.rows, shape_.dv, output(one, 0));
  }

  void merge(std::int64_t at, std::int64_t row) const {
    const Block one = block(at);
    const std::int64_t rows = std::min(kMergeRows, one.rows - row);
    if (rows <= 0) return;
    const FlashState into = state(at * parts_, row);
    for (std::int64_t part = 1; part < parts_; ++part) {
      kernels_.merge(rows, value_width_, scale_log2e_, state(at * parts_ + part, row), into);
    }
    kernels_.finish(into, rows, shape_.dv, output(one, row));
  }

  AttentionShape shape_;
  const std::byte *q_, *kv_;
  std::byte* o_;
  Machine& machine_;
  FlashKernels kernels_;
  std::int64_t width_, rows_, units_, value_width_;
  bool values_as_stored_;
  std::int64_t value_stride_;
  float scale_log2e_;
  std::int64_t blocks_ = 1, row_block_ = 1, key_tile_ = 1, parts_ = 1, state_stride_ = 0;
  AlignedArray<float> states_;
  std::vector<LatentScratch> scratch_;
};

}  // namespace

std::unique_ptr<Executable> flash_latent(const AttentionShape& shape,
                                         std::span<std::byte* const> buffers, Machine& machine) {
  return std::make_unique<FlashLatent>(shape, buffers, machine);
}

}  // namespace assay::backends::cpu::native
