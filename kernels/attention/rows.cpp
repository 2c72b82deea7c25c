#include "kernels/attention/rows.h"

#include <tbb/parallel_for.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "kernels/matrix_view.h"

namespace assay::kernels {

namespace {

constexpr std::int64_t kRows = 64;
constexpr std::int64_t kKeys = 64;

/// Up to kRows rows that read the same keys and values, and their running softmax.
class RowBlock {
 public:
  RowBlock(const AttentionShape& shape, const AttentionInputs& inputs,
           std::span<const std::int64_t> rows)
      : inputs_(inputs),
        group_(rows[0] / (shape.group() * shape.sq)),
        s_(of_sequence(shape, inputs, group_ / shape.hkv)),
        rows_(rows),
        count_(static_cast<std::int64_t>(rows.size())),
        value_stride_(padded(shape.dv)),
        queries_(index(count_ * s_.d)),
        keys_(index(s_.d * kKeys)),
        values_(index(kKeys * value_stride_)),
        scores_(index(kRows * kKeys)),
        outputs_(index(count_ * value_stride_)),
        state_(index(count_)),
        largest_values_(index(s_.dv)),
        mean_squares_(index(s_.dv)),
        key_squares_(index(s_.d)),
        narrowing_(inputs.narrowing) {
    const std::int64_t keys = key_rows(shape, inputs);
    k_ = {.type = s_.type,
          .array = {inputs.k, index(bytes_of(s_.type, keys * s_.d))},
          .rows = s_.d,
          .columns = s_.skv,
          .transposed = true};
    v_ = {.type = s_.type,
          .array = {inputs.v, index(bytes_of(s_.type, keys * s_.value_stride()))},
          .rows = s_.skv,
          .columns = s_.dv,
          .stride = s_.value_stride()};
    for (std::int64_t r = 0; r < count_; ++r) begin_row(inputs.q, r);
  }

  void compute() {
    std::int64_t begin = s_.skv, last = 0;
    for (const State& row : state_) {
      begin = std::min(begin, row.begin);
      last = std::max(last, row.end);
    }
    for (std::int64_t first = begin; first < last; first += kKeys) {
      add_keys(first, std::min(kKeys, last - first));
    }
    const auto keys = static_cast<double>(last - begin);
    for (double& square : mean_squares_) square /= keys;
    sum_of_means_ = std::accumulate(mean_squares_.begin(), mean_squares_.end(), 0.0);
    for (std::int64_t r = 0; r < count_; ++r) {
      double* const row = outputs_.data() + r * value_stride_;
      for (std::int64_t c = 0; c < s_.dv; ++c) row[c] /= state_[index(r)].sum;
      double squares = 0;
      for (std::int64_t i = 0; i < s_.d; ++i) {
        const double query = queries_[index(r * s_.d + i)];
        squares += query * query * key_squares_[index(i)];
      }
      state_[index(r)].typical_score = std::sqrt(squares / keys) * s_.scale();
    }
  }

  AttentionRow row(std::int64_t r) const {
    const State& state = state_[index(r)];
    return {rows_[index(r)],
            {outputs_.data() + r * value_stride_, index(s_.dv)},
            state.end - state.begin,
            state.squares / (state.sum * state.sum),
            state.query_norm * state.key_norm * s_.scale(),
            largest_values_,
            mean_squares_,
            sum_of_means_,
            state.value_squares / (state.sum * state.sum),
            state.typical_score,
            state.key_sum > 0 ? state.weighted_score / state.key_sum : 0,
            state.sink};
  }

 private:
  struct State {
    std::int64_t begin = 0, end = 0;  ///< the keys that it sees
    double maximum = -std::numeric_limits<double>::infinity();
    double sum = 0, squares = 0, query_norm = 0, key_norm = 0;
    double value_squares = 0, typical_score = 0, weighted_score = 0, sink = 0;
    double key_sum = 0;  ///< `sum` without the sink
  };

  void begin_row(const std::byte* q, std::int64_t r) {
    double* const query = queries_.data() + r * s_.d;
    decode_array(s_.type, q, rows_[index(r)] * s_.d, {query, index(s_.d)});
    if (narrowing_ != nullptr) {
      narrow_vector(*narrowing_->inputs, {query, index(s_.d)}, narrowing_->largest_q);
    }
    double squares = 0;
    for (std::int64_t i = 0; i < s_.d; ++i) squares += query[i] * query[i];
    State& state = state_[index(r)];
    state.query_norm = std::sqrt(squares);
    state.begin = s_.first_visible(rows_[index(r)] % s_.sq);
    state.end = s_.visible(rows_[index(r)] % s_.sq);
    if (!s_.sinks) return;
    // A sink is the first of the logits.
    state.maximum = load(DataType::f32, inputs_.sinks, rows_[index(r)] / s_.sq % s_.hq);
    state.sink = std::fabs(state.maximum);
    state.sum = 1;
  }

  void add_keys(std::int64_t first, std::int64_t count) {
    for_each_key_run(s_, inputs_, group_, first, first + count, [&](const KeyRun& run) {
      k_.first = run.row * s_.d;
      v_.first = run.row * s_.value_stride();
      const IndexSet keys = IndexSet::all(run.count);
      decode_block(k_, IndexSet::all(s_.d), keys, keys_.data() + (run.first - first), kKeys);
      decode_block(v_, keys, IndexSet::all(s_.dv),
                   values_.data() + (run.first - first) * value_stride_, value_stride_);
    });
    if (narrowing_ != nullptr) narrow(count);
    const std::vector<double> value_squares = measure_values(count);
    std::fill(scores_.begin(), scores_.end(), 0.0);
    panel_multiply_add(Rounding::fused, count_, kKeys, s_.d, queries_.data(), s_.d, keys_.data(),
                       kKeys, scores_.data(), kKeys);
    const std::vector<double> norms = key_norms(count);
    const IndexSet keys{first, count, nullptr};
    for (std::int64_t r = 0; r < count_; ++r) add_scores(r, keys, norms, value_squares);
    panel_multiply_add(Rounding::separate, count_, value_stride_, count, scores_.data(), kKeys,
                       values_.data(), value_stride_, outputs_.data(), value_stride_);
  }

  void narrow(std::int64_t keys) {
    std::vector<double> key(index(s_.d));
    for (std::int64_t j = 0; j < keys; ++j) {
      for (std::int64_t i = 0; i < s_.d; ++i) key[index(i)] = keys_[index(i * kKeys + j)];
      narrow_vector(*narrowing_->inputs, key, narrowing_->largest_k);
      for (std::int64_t i = 0; i < s_.d; ++i) keys_[index(i * kKeys + j)] = key[index(i)];
      if (!narrowing_->values) continue;
      narrow_vector(*narrowing_->inputs, {values_.data() + j * value_stride_, index(s_.dv)},
                    narrowing_->largest_v);
    }
  }

  /// Updates what is known of V's columns; returns |v|^2 of each key.
  std::vector<double> measure_values(std::int64_t keys) {
    std::vector<double> norms(index(keys), 0.0);
    for (std::int64_t j = 0; j < keys; ++j) {
      const double* const value = values_.data() + j * value_stride_;
      for (std::int64_t c = 0; c < s_.dv; ++c) {
        const double square = value[c] * value[c];
        largest_values_[index(c)] = std::max(largest_values_[index(c)], std::fabs(value[c]));
        mean_squares_[index(c)] += square;
        norms[index(j)] += square;
      }
    }
    return norms;
  }

  std::vector<double> key_norms(std::int64_t count) {
    std::vector<double> norms(index(count), 0.0);
    for (std::int64_t i = 0; i < s_.d; ++i) {
      double sum = 0;
      for (std::int64_t j = 0; j < count; ++j) {
        const double square = keys_[index(i * kKeys + j)] * keys_[index(i * kKeys + j)];
        norms[index(j)] += square;
        sum += square;
      }
      key_squares_[index(i)] += sum;
    }
    for (double& norm : norms) norm = std::sqrt(norm);
    return norms;
  }

  // Turns the row's scores into weights relative to its new maximum.
  void add_scores(std::int64_t r, IndexSet keys, const std::vector<double>& norms,
                  const std::vector<double>& value_squares) {
    State& state = state_[index(r)];
    double* const weights = scores_.data() + r * kKeys;
    const std::int64_t from = std::clamp<std::int64_t>(state.begin - keys.first, 0, keys.count);
    const std::int64_t seen = std::clamp<std::int64_t>(state.end - keys.first, from, keys.count);
    double maximum = state.maximum;
    for (std::int64_t j = from; j < seen; ++j) {
      weights[j] = s_.capped(weights[j] * s_.scale());
      maximum = std::max(maximum, weights[j]);
      state.key_norm = std::max(state.key_norm, norms[index(j)]);
    }
    std::fill(weights, weights + from, 0.0);
    std::fill(weights + seen, weights + kKeys, 0.0);
    if (seen == from) return;
    const double shrink = std::exp(state.maximum - maximum);
    state.maximum = maximum;
    state.sum *= shrink;
    state.key_sum *= shrink;
    state.weighted_score *= shrink;
    state.squares *= shrink * shrink;
    state.value_squares *= shrink * shrink;
    if (shrink != 1) {
      double* const output = outputs_.data() + r * value_stride_;
      for (std::int64_t c = 0; c < s_.dv; ++c) output[c] *= shrink;
    }
    for (std::int64_t j = from; j < seen; ++j) {
      const double score = weights[j];
      weights[j] = std::exp(score - maximum);
      state.sum += weights[j];
      state.key_sum += weights[j];
      if (s_.softcap > 0) state.weighted_score += weights[j] * std::fabs(score);
      state.squares += weights[j] * weights[j];
      state.value_squares += weights[j] * weights[j] * value_squares[index(j)];
    }
  }

  const AttentionInputs& inputs_;
  std::int64_t group_;
  AttentionShape s_;
  std::span<const std::int64_t> rows_;
  std::int64_t count_, value_stride_;
  MatrixView k_, v_;  // keys as d x skv, values as skv x dv
  std::vector<double> queries_, keys_, values_, scores_, outputs_;
  std::vector<State> state_;
  std::vector<double> largest_values_, mean_squares_, key_squares_;
  double sum_of_means_ = 0;
  const AttentionNarrowing* narrowing_;
};

/// Cuts ascending rows where the key and value head changes, and after kRows. With a window also
/// where the query head changes, so that the rows of a block see nearly the same keys.
std::vector<std::span<const std::int64_t>> cut(const AttentionShape& s,
                                               std::span<const std::int64_t> rows) {
  std::vector<std::span<const std::int64_t>> blocks;
  const std::int64_t sharing = s.window > 0 ? s.sq : s.group() * s.sq;
  for (std::size_t from = 0, to = 0; from < rows.size(); from = to) {
    while (to < rows.size() && to - from < kRows && rows[to] / sharing == rows[from] / sharing) {
      ++to;
    }
    blocks.push_back(rows.subspan(from, to - from));
  }
  return blocks;
}

}  // namespace

AttentionShape of_sequence(const AttentionShape& shape, const AttentionInputs& inputs,
                           std::int64_t sequence) {
  AttentionShape one = shape;
  if (inputs.pages != nullptr) one.skv = inputs.pages->lengths[index(sequence)];
  return one;
}

std::int64_t key_rows(const AttentionShape& s, const AttentionInputs& inputs) {
  if (inputs.pages != nullptr) return inputs.pages->pool * s.hkv * inputs.pages->page;
  return s.b * s.hkv * s.skv;
}

void for_each_key_run(const AttentionShape& s, const AttentionInputs& inputs, std::int64_t group,
                      std::int64_t first, std::int64_t last,
                      const std::function<void(const KeyRun&)>& visit) {
  if (inputs.pages == nullptr) return visit({first, last - first, group * s.skv + first});
  const AttentionPages& pages = *inputs.pages;
  const std::int64_t sequence = group / s.hkv, head = group % s.hkv;
  while (first < last) {
    const std::int64_t within = first % pages.page;
    const std::int64_t count = std::min(pages.page - within, last - first);
    const std::int64_t page = pages.table[index(sequence * pages.table_row + first / pages.page)];
    visit({first, count, (page * s.hkv + head) * pages.page + within});
    first += count;
  }
}

void for_each_attention_row(const AttentionShape& shape, const AttentionInputs& inputs,
                            std::span<const std::int64_t> rows,
                            const std::function<void(const AttentionRow&)>& visit) {
  const auto blocks = cut(shape, rows);
  tbb::parallel_for(std::size_t{0}, blocks.size(), [&](std::size_t i) {
    RowBlock block(shape, inputs, blocks[i]);
    block.compute();
    for (std::size_t r = 0; r < blocks[i].size(); ++r) {
      visit(block.row(static_cast<std::int64_t>(r)));
    }
  });
}

}  // namespace assay::kernels
