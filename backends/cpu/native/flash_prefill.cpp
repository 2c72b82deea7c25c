#include <fmt/format.h>

#include <cstring>
#include <span>
#include <utility>
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
  std::vector<std::int64_t> visible, hidden;
  AlignedArray<std::byte> rows;  ///< keys or values from several pages
};

/// The query heads that share a key head are consecutive, so their queries form one matrix of
/// group * sq rows. A round packs the keys and values of a few key heads, as many as stay in the
/// last-level cache, and then runs all their query tiles.
class FlashPrefill final : public Executable {
 public:
  FlashPrefill(const AttentionShape& shape, const FlashOperands& operands, Machine& machine)
      : shape_(shape),
        operands_(operands),
        machine_(machine),
        kernels_(choose(shape.type, machine.features())),
        width_(kernels::bytes_of(shape.type, 1)),
        heads_(shape.b * shape.hkv),
        rows_(shape.group() * shape.sq),
        units_((shape.d + kernels_.pair - 1) / kernels_.pair),
        value_stride_(round_up(shape.dv, kernels_.lanes)),
        values_as_stored_(kernels_.values_as_stored && shape.dv == value_stride_ &&
                          !operands.keys.paged()),
        scale_(score_scale(shape)) {
    choose_tiles();
    allocate();
  }

  void launch() override {
    for (std::int64_t head = 0; head < heads_; head += round_) {
      const std::int64_t heads = std::min(round_, heads_ - head);
      const std::int64_t key_tiles = (shape_.skv + key_tile_ - 1) / key_tile_;
      for_each_piece(machine_, heads * key_tiles, [&](std::int64_t piece, int slot) {
        pack(head, piece / key_tiles, piece % key_tiles * key_tile_,
             scratch_[static_cast<std::size_t>(slot)]);
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
      scratch.hidden.resize(static_cast<std::size_t>(row_tile_));
      if (operands_.keys.paged()) {
        scratch.rows = make<std::byte>(key_tile_ * std::max(shape_.d, shape_.dv) * width_);
      }
    }
  }

  /// A few vectors more than the tile, so that rows do not fall into the same cache sets.
  std::int64_t score_stride() const { return key_tile_ + kernels_.panel; }

  /// The sequence of a head, as long as it is.
  AttentionShape sequence_of(std::int64_t head) const {
    AttentionShape s = shape_;
    s.skv = operands_.keys.keys_of(head / shape_.hkv);
    return s;
  }

  /// Rows `first` to `end` - 1 of the keys or of the values of a head, where they lie or, if they
  /// lie apart, copied to `to`.
  const std::byte* rows_of(std::int64_t head, bool values, std::int64_t first, std::int64_t end,
                           std::byte* to) const {
    const FlashKeys& all = operands_.keys;
    const std::int64_t bytes = values ? all.value_bytes : all.key_bytes;
    for (std::int64_t at = first; at < end;) {
      const FlashRun run = all.run(head, at, end);
      const std::byte* const from = values ? run.values : run.keys;
      if (run.count == end - first) return from;
      std::memcpy(to + (at - first) * bytes, from, static_cast<std::size_t>(run.count * bytes));
      at += run.count;
    }
    return to;
  }

  /// Keys and values from `first` of a tile of head `first_head + in_round`.
  void pack(std::int64_t first_head, std::int64_t in_round, std::int64_t first,
            PrefillScratch& scratch) const {
    const std::int64_t head = first_head + in_round;
    const AttentionShape s = sequence_of(head);
    const std::int64_t end = std::min(first + key_tile_, s.skv);
    if (end <= std::max(first, s.first_visible(0))) return;
    const std::byte* const keys = rows_of(head, false, first, end, scratch.rows.get());
    for (std::int64_t j = first; j < end; j += kernels_.panel) {
      kernels_.pack_keys(keys + (j - first) * s.d * width_,
                         std::min<std::int64_t>(kernels_.panel, end - j), s.d,
                         keys_.get() + in_round * head_keys_ + j * units_);
    }
    if (values_as_stored_) return;
    kernels_.pack_values(
        rows_of(head, true, first, end, scratch.rows.get()), s.dv, end - first, s.dv,
        values_.get() + in_round * head_values_ + first / kernels_.pair * value_stride_,
        value_stride_);
  }

  const float* values(std::int64_t head, std::int64_t in_round, std::int64_t first) const {
    if (values_as_stored_) {
      return reinterpret_cast<const float*>(operands_.keys.values) +
             (head * shape_.skv + first) * shape_.dv;
    }
    return values_.get() + in_round * head_values_ + first / kernels_.pair * value_stride_;
  }

  /// Sets which keys the rows see; returns the tiles with such keys, from the first key to the last
  /// one and one more.
  std::pair<std::int64_t, std::int64_t> look(const AttentionShape& s, std::int64_t row,
                                             std::int64_t rows, PrefillScratch& scratch) const {
    std::int64_t begin = s.skv, end = 0;
    for (std::int64_t r = 0; r < rows; ++r) {
      const std::int64_t query = (row + r) % s.sq;
      scratch.visible[static_cast<std::size_t>(r)] = s.visible(query);
      scratch.hidden[static_cast<std::size_t>(r)] = s.first_visible(query);
      begin = std::min(begin, s.first_visible(query));
      end = std::max(end, s.visible(query));
    }
    begin = begin / key_tile_ * key_tile_;
    for (std::int64_t r = 0; r < rows; ++r) {
      scratch.visible[static_cast<std::size_t>(r)] -= begin;
      scratch.hidden[static_cast<std::size_t>(r)] -= begin;
    }
    return {begin, end};
  }

  void begin_rows(std::int64_t head, std::int64_t row, std::int64_t rows,
                  PrefillScratch& scratch) const {
    std::fill_n(scratch.output.get(), rows * value_stride_, 0.0f);
    std::fill_n(scratch.maximum.get(), rows, kNoScore);
    std::fill_n(scratch.sum.get(), rows, 0.0f);
    if (!shape_.sinks) return;
    for (std::int64_t r = 0; r < rows; ++r) {
      scratch.maximum.get()[r] = operands_.sink(shape_, head, row + r, scale_);
      scratch.sum.get()[r] = 1;
    }
  }

  void attend(std::int64_t first_head, std::int64_t in_round, std::int64_t row,
              PrefillScratch& scratch) const {
    const std::int64_t head = first_head + in_round;
    const std::int64_t rows = std::min(row_tile_, rows_ - row);
    const std::int64_t at = head * rows_ + row;
    const AttentionShape s = sequence_of(head);
    kernels_.pack_queries(operands_.q + at * s.d * width_, rows, s.d, scratch.queries.get(),
                          units_);
    begin_rows(head, row, rows, scratch);
    const auto [start, limit] = look(s, row, rows, scratch);
    const FlashState state{scratch.output.get(), value_stride_, scratch.maximum.get(),
                           scratch.sum.get()};
    FlashTile tile{.queries = scratch.queries.get(),
                   .rows = rows,
                   .query_units = units_,
                   .value_stride = value_stride_,
                   .value_width = value_stride_,
                   .visible = scratch.visible.data(),
                   .scale_log2e = static_cast<float>(scale_ * 1.4426950408889634),
                   .scores = scratch.scores.get(),
                   .score_stride = score_stride(),
                   .hidden = scratch.hidden.data(),
                   .cap = score_cap(s)};
    for (std::int64_t first = start; first < limit; first += key_tile_) {
      tile.keys = keys_.get() + in_round * head_keys_ + first * units_;
      tile.values = values(head, in_round, first);
      tile.key_count = std::min(key_tile_, limit - first);
      kernels_.attend(tile, state);
      const auto count = static_cast<std::size_t>(rows);
      for (std::int64_t& visible : std::span(scratch.visible).first(count)) visible -= key_tile_;
      for (std::int64_t& hidden : std::span(scratch.hidden).first(count)) hidden -= key_tile_;
    }
    kernels_.finish(state, rows, s.dv, operands_.o + at * s.dv * width_);
  }

  AttentionShape shape_;
  FlashOperands operands_;
  Machine& machine_;
  FlashKernels kernels_;
  std::int64_t width_, heads_, rows_, units_, value_stride_;
  bool values_as_stored_;
  double scale_;
  std::int64_t key_tile_ = 0, row_tile_ = 0, round_ = 0, head_keys_ = 0, head_values_ = 0;
  std::int64_t workspace_bytes_ = 0;
  AlignedArray<float> keys_, values_;
  std::vector<PrefillScratch> scratch_;
};

}  // namespace

std::unique_ptr<Executable> flash_prefill(const AttentionShape& shape,
                                          const FlashOperands& operands, Machine& machine) {
  return std::make_unique<FlashPrefill>(shape, operands, machine);
}

}  // namespace assay::backends::cpu::native
