#include <fmt/format.h>

#include <vector>

#include "backends/cpu/native/aligned.h"
#include "backends/cpu/native/flash.h"
#include "backends/cpu/parallel.h"

namespace assay::backends::cpu::native {
namespace {

using kernels::AttentionShape;

constexpr std::int64_t kKeyTile = 128;
/// How far ahead of where it is read memory is fetched.
constexpr std::int64_t kAheadBytes = 8192;

/// Each piece takes the query rows of one key head over one part of its keys; then the parts of a
/// head are merged in order, so that the result does not depend on who ran what.
class FlashDecode final : public Executable {
 public:
  FlashDecode(const AttentionShape& shape, const FlashOperands& operands, Machine& machine)
      : shape_(shape),
        operands_(operands),
        machine_(machine),
        kernels_(flash_kernels(shape.type)),
        width_(kernels::bytes_of(shape.type, 1)),
        heads_(shape.b * shape.hkv),
        rows_(shape.group() * shape.sq),
        query_stride_(padded(shape.d)),
        output_stride_(padded(shape.dv)),
        scale_(score_scale(shape)),
        scale_log2e_(static_cast<float>(scale_ * 1.4426950408889634)) {
    const std::int64_t keys = shape.skv - shape.first_visible(0);
    const std::int64_t most = (keys + 2 * kKeyTile - 1) / (2 * kKeyTile);
    const std::int64_t wanted =
        (4 * static_cast<std::int64_t>(machine.threads()) + heads_ - 1) / heads_;
    parts_ = std::clamp<std::int64_t>(wanted, 1, most);
    state_stride_ = (rows_ * (output_stride_ + 2) + 15) / 16 * 16;
    states_ = aligned_array<float>(static_cast<std::size_t>(heads_ * parts_ * state_stride_));
    scratch_stride_ = (rows_ * (query_stride_ + kKeyTile) + 15) / 16 * 16;
    scratch_ = aligned_array<float>(machine.threads() * static_cast<std::size_t>(scratch_stride_));
    runs_.resize(machine.threads());
  }

  void launch() override {
    for_each_piece(machine_, heads_ * parts_, [&](std::int64_t piece, int slot) {
      attend(piece / parts_, piece % parts_, scratch_.get() + slot * scratch_stride_,
             runs_[static_cast<std::size_t>(slot)]);
    });
    for_each_piece(machine_, heads_, [&](std::int64_t head, int) {
      for (std::int64_t part = 1; part < parts_; ++part) {
        kernels_.merge(rows_, output_stride_, scale_log2e_, state(head, part), state(head, 0));
      }
      kernels_.finish(state(head, 0), rows_, shape_.dv,
                      operands_.o + head * rows_ * shape_.dv * width_);
    });
  }

  std::map<std::string, std::string> details() const override {
    return {
        {"instruction", kernels_.instruction},
        {"threads", std::to_string(std::min<std::int64_t>(machine_.threads(), heads_ * parts_))},
        {"algorithm", operands_.keys.paged()
                          ? "flash: running softmax, keys and values from their pages"
                          : "flash: running softmax, keys and values as stored"},
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

  void begin_rows(std::int64_t head, std::int64_t part, const FlashState& result) const {
    std::fill_n(result.output, rows_ * output_stride_, 0.0f);
    std::fill_n(result.maximum, rows_, kNoScore);
    std::fill_n(result.sum, rows_, 0.0f);
    if (!shape_.sinks || part > 0) return;
    for (std::int64_t r = 0; r < rows_; ++r) {
      result.maximum[r] = operands_.sink(shape_, head, r, scale_);
      result.sum[r] = 1;
    }
  }

  /// The runs of the keys from `first` to `end` - 1, and the way from each to what lies kAheadBytes
  /// further in the order in which they are read.
  void list_runs(std::int64_t head, std::int64_t first, std::int64_t end,
                 std::vector<FlashRun>& runs) const {
    const FlashKeys& keys = operands_.keys;
    runs.clear();
    while (first < end) {
      // Tiles are cut where runs end.
      const std::int64_t tile = std::min(end, (first / kKeyTile + 1) * kKeyTile);
      runs.push_back(keys.run(head, first, tile));
      first += runs.back().count;
    }
    if (!keys.paged()) {
      for (FlashRun& run : runs) run.keys_ahead = run.values_ahead = kAheadBytes;
      return;
    }
    std::size_t far = 0;
    std::int64_t between = 0;
    for (std::size_t i = 0; i < runs.size(); ++i) {
      while (far + 1 < runs.size() && between < kAheadBytes) {
        between += runs[far++].count * keys.key_bytes;
      }
      runs[i].keys_ahead = runs[far].keys - runs[i].keys;
      runs[i].values_ahead = runs[far].values - runs[i].values;
      between -= runs[i].count * keys.key_bytes;
    }
  }

  void attend(std::int64_t head, std::int64_t part, float* scratch,
              std::vector<FlashRun>& runs) const {
    const FlashState result = state(head, part);
    begin_rows(head, part, result);
    AttentionShape s = shape_;
    s.skv = operands_.keys.keys_of(head / shape_.hkv);
    const std::int64_t from = s.first_visible(0) / kKeyTile * kKeyTile;
    const std::int64_t end = from + part_begin(s.skv - from, parts_, part + 1, kKeyTile);
    std::int64_t first = from + part_begin(s.skv - from, parts_, part, kKeyTile);
    if (first >= end) return;
    kernels_.pack_queries(operands_.q + head * rows_ * s.d * width_, rows_, s.d, scratch,
                          query_stride_);
    list_runs(head, first, end, runs);
    std::int64_t visible[kFlashStoredRows], hidden[kFlashStoredRows];
    FlashStored tile{.queries = scratch,
                     .rows = rows_,
                     .query_stride = query_stride_,
                     .d = s.d,
                     .dv = s.dv,
                     .visible = visible,
                     .scale_log2e = scale_log2e_,
                     .scores = scratch + rows_ * query_stride_,
                     .score_stride = kKeyTile,
                     .hidden = hidden,
                     .cap = score_cap(s)};
    auto run = runs.begin();
    for (; first < end; first += tile.key_count) {
      const auto first_run = run;
      for (tile.key_count = 0; run != runs.end() && tile.key_count < kKeyTile; ++run) {
        tile.key_count += run->count;
      }
      tile.runs = {first_run, run};
      for (std::int64_t r = 0; r < rows_; ++r) {
        visible[r] = s.visible(r % s.sq) - first;
        hidden[r] = s.first_visible(r % s.sq) - first;
      }
      kernels_.attend_stored(tile, result);
    }
  }

  AttentionShape shape_;
  FlashOperands operands_;
  Machine& machine_;
  FlashKernels kernels_;
  std::int64_t width_, heads_, rows_, query_stride_, output_stride_;
  double scale_;
  float scale_log2e_;
  std::int64_t parts_ = 1, state_stride_ = 0, scratch_stride_ = 0;
  AlignedArray<float> states_, scratch_;
  std::vector<std::vector<FlashRun>> runs_;  ///< of each thread
};

}  // namespace

std::unique_ptr<Executable> flash_decode(const AttentionShape& shape, const FlashOperands& operands,
                                         Machine& machine) {
  return std::make_unique<FlashDecode>(shape, operands, machine);
}

std::unique_ptr<Executable> flash(const AttentionShape& shape, const FlashOperands& operands,
                                  Machine& machine) {
  // Few queries a key: packing would cost more than it saves.
  return shape.group() * shape.sq <= kFlashStoredRows ? flash_decode(shape, operands, machine)
                                                      : flash_prefill(shape, operands, machine);
}

}  // namespace assay::backends::cpu::native
