// Problems with operands and an output computed in f32, independently of the references: other
// loops, other order, no FP64 except for FP64 problems.
#pragma once

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "kernels/attention/shape.h"
#include "kernels/copy/shape.h"
#include "kernels/fma/shape.h"
#include "kernels/grouped_matmul/shape.h"
#include "kernels/input.h"
#include "kernels/matmul/shape.h"
#include "kernels/mla_decode/shape.h"
#include "kernels/operation.h"
#include "kernels/paged_attention/shape.h"
#include "kernels/read/shape.h"

namespace assay::kernels {

struct Workbench {
  Problem problem;
  std::vector<Operand> operands;
  std::vector<std::vector<std::byte>> buffers;

  explicit Workbench(std::string_view text)
      : problem(Problem::parse(text)), operands(problem.operation().operands(problem)) {
    for (std::size_t i = 0; i < operands.size(); ++i) {
      buffers.emplace_back(static_cast<std::size_t>(operands[i].bytes()));
      if (operands[i].role == Role::input) {
        generate(problem, static_cast<int>(i), 0, buffers[i]);
      } else {
        poison(operands[i].type, buffers[i]);
      }
    }
  }

  std::vector<std::byte>& output() { return buffers.back(); }
  DataType output_type() const { return operands.back().type; }
  std::int64_t output_size() const { return operands.back().elements(); }
  double get(std::int64_t index) { return load(output_type(), output().data(), index); }
  void set(std::int64_t index, double value) {
    store(output_type(), output().data(), index, value);
  }

  template <typename Number>
  std::vector<Number> numbers(std::size_t operand) const {
    std::vector<double> values(static_cast<std::size_t>(operands[operand].elements()));
    decode_array(operands[operand].type, ConstBytes(buffers[operand]), 0, values);
    std::vector<Number> out(values.size());
    std::transform(values.begin(), values.end(), out.begin(),
                   [](double value) { return static_cast<Number>(value); });
    return out;
  }

  Check check(const CheckOptions& options = {}) const {
    const std::vector<ConstBytes> views(buffers.begin(), buffers.end());
    return problem.operation().check(problem, views, options);
  }

  /// Writes the operation's reference to the output.
  void fill_with_reference() {
    const std::vector<ConstBytes> views(buffers.begin(), buffers.end() - 1);
    const Bytes out(output());
    problem.operation().reference(problem, views, {&out, 1});
  }
};

/// Faults in a product.
struct MatmulFault {
  std::int64_t dropped_from = 0, dropped_to = 0;     ///< range of k left out
  std::function<double(double)> narrow_sum = {};     ///< applied to each partial sum
  std::function<double(double)> narrow_factor = {};  ///< applied to each factor
};

template <typename Number>
void compute_matmul_in(Workbench& bench, const MatmulFault& fault) {
  const MatmulShape s = matmul_shape(bench.problem);
  std::vector<Number> a = bench.numbers<Number>(0), b = bench.numbers<Number>(1);
  if (fault.narrow_factor) {
    for (auto* factors : {&a, &b}) {
      for (Number& x : *factors) x = static_cast<Number>(fault.narrow_factor(x));
    }
  }
  std::vector<Number> row(static_cast<std::size_t>(s.n));
  for (std::int64_t batch = 0; batch < s.batch; ++batch) {
    for (std::int64_t i = 0; i < s.m; ++i) {
      std::fill(row.begin(), row.end(), Number{0});
      for (std::int64_t k = s.k - 1; k >= 0; --k) {
        if (k >= fault.dropped_from && k < fault.dropped_to) continue;
        const Number left = a[static_cast<std::size_t>(
            batch * s.m * s.k + (s.transpose_a ? k * s.m + i : i * s.k + k))];
        const Number* const right = b.data() + batch * s.k * s.n;
        for (std::int64_t j = 0; j < s.n; ++j) {
          Number& sum = row[static_cast<std::size_t>(j)];
          sum += left * right[s.transpose_b ? j * s.k + k : k * s.n + j];
          if (fault.narrow_sum) sum = static_cast<Number>(fault.narrow_sum(sum));
        }
      }
      for (std::int64_t j = 0; j < s.n; ++j) {
        bench.set((batch * s.m + i) * s.n + j,
                  static_cast<double>(row[static_cast<std::size_t>(j)]));
      }
    }
  }
}

inline void compute_matmul(Workbench& bench, const MatmulFault& fault = {}) {
  switch (matmul_shape(bench.problem).acc) {
    case DataType::f64:
      return compute_matmul_in<double>(bench, fault);
    case DataType::i32:
      return compute_matmul_in<std::int32_t>(bench, fault);
    default:
      return compute_matmul_in<float>(bench, fault);
  }
}

/// Faults in assigning rows to experts.
struct GroupingFault {
  std::int64_t begin_shift = 0;      ///< rows by which every group but the first begins too late
  std::int64_t swapped[2] = {0, 0};  ///< experts taken for one another
  std::int64_t forgotten = -1;       ///< a group whose rows are never written
};

template <typename Number>
void compute_grouped_matmul_in(Workbench& bench, const GroupingFault& fault) {
  const GroupedMatmulShape s = grouped_matmul_shape(bench.problem);
  const auto a = bench.numbers<Number>(0), b = bench.numbers<Number>(1);
  const auto sizes = bench.numbers<std::int64_t>(2);
  const std::int64_t n = s.product.n, k = s.product.k;
  std::int64_t begin = 0;
  for (std::int64_t group = 0; group < s.groups; ++group) {
    const std::int64_t end = begin + sizes[static_cast<std::size_t>(group)];
    std::int64_t expert = group;
    if (group == fault.swapped[0]) expert = fault.swapped[1];
    if (group == fault.swapped[1]) expert = fault.swapped[0];
    const std::int64_t from = group == 0 ? begin : begin + fault.begin_shift;
    const std::int64_t until = group == s.groups - 1 ? s.tokens : end + fault.begin_shift;
    for (std::int64_t i = from; i < std::min(until, s.tokens); ++i) {
      for (std::int64_t j = 0; j < n && group != fault.forgotten; ++j) {
        Number sum = 0;
        for (std::int64_t p = k - 1; p >= 0; --p) {
          const std::int64_t inside = s.product.transpose_b ? j * k + p : p * n + j;
          sum += a[static_cast<std::size_t>(i * k + p)] *
                 b[static_cast<std::size_t>(expert * k * n + inside)];
        }
        bench.set(i * n + j, static_cast<double>(sum));
      }
    }
    begin = end;
  }
}

inline void compute_grouped_matmul(Workbench& bench, const GroupingFault& fault = {}) {
  switch (grouped_matmul_shape(bench.problem).product.acc) {
    case DataType::f64:
      return compute_grouped_matmul_in<double>(bench, fault);
    case DataType::i32:
      return compute_grouped_matmul_in<std::int32_t>(bench, fault);
    default:
      return compute_grouped_matmul_in<float>(bench, fault);
  }
}

/// Faults in attention.
struct AttentionFault {
  double scale_factor = 1;
  bool forget_mask = false;
  std::int64_t mask_shift = 0;                    ///< keys more (or fewer) than the mask allows
  std::int64_t dropped_from = 0, dropped_to = 0;  ///< range of keys left out
  bool interleave_heads = false;                  ///< head h reads h % hkv
  bool round_weights = false;                     ///< no fault: weights in the operands' type
  std::int64_t value_column = 0;                  ///< column of KV where values begin
  std::int64_t window_shift = 0;                  ///< keys more (or fewer) at the window's start
  bool forget_sinks = false, forget_cap = false;
  std::int64_t table_shift = 0;    ///< entries by which the table of pages is read too far on
  bool neighbours_length = false;  ///< a sequence takes the length of the next one
  bool forget_last_block = false;  ///< the last page of each sequence that is not full
  bool read_last_block = false;    ///< all of the last page, also what no token fills
  std::function<double(double)> narrow_sum;
};

/// Where rows of keys lie.
struct KeyPlaces {
  AttentionShape shape;
  std::vector<std::int64_t> table, lengths;
  const AttentionFault* fault = nullptr;

  explicit KeyPlaces(const AttentionShape& s) : shape(s) {}
  KeyPlaces(const Workbench& bench, const AttentionShape& s, const AttentionFault* mistake)
      : shape(s), fault(mistake) {
    if (s.page == 0) return;
    table = bench.numbers<std::int64_t>(3);
    lengths = bench.numbers<std::int64_t>(4);
  }

  AttentionShape of(std::int64_t sequence) const {
    AttentionShape s = shape;
    if (s.page == 0) return s;
    const bool next = fault != nullptr && fault->neighbours_length;
    s.skv = lengths[static_cast<std::size_t>((sequence + (next ? 1 : 0)) % s.b)];
    return s;
  }
  /// Row of K and V.
  std::int64_t row(std::int64_t sequence, std::int64_t head, std::int64_t key) const {
    if (shape.page == 0) return (sequence * shape.hkv + head) * shape.skv + key;
    std::int64_t at = sequence * shape.table_row() + key / shape.page;
    if (fault != nullptr) at += fault->table_shift;
    at = std::clamp<std::int64_t>(at, 0, static_cast<std::int64_t>(table.size()) - 1);
    return (table[static_cast<std::size_t>(at)] * shape.hkv + head) * shape.page + key % shape.page;
  }
};

inline float capped(const AttentionShape& s, float score) {
  if (s.softcap == 0) return score;
  const auto cap = static_cast<float>(s.softcap);
  return cap * std::tanh(score / cap);
}

inline std::int64_t keys_seen(const AttentionShape& s, const AttentionFault& fault,
                              std::int64_t query) {
  if (fault.forget_mask) return s.skv;
  return std::clamp<std::int64_t>(s.visible(query) + fault.mask_shift, 1, s.skv);
}

inline void compute_attention(Workbench& bench, const AttentionShape& shape,
                              const std::vector<float>& q, const std::vector<float>& k,
                              const std::vector<float>& v, const std::vector<float>& sinks,
                              const AttentionFault& fault) {
  AttentionShape s = shape;
  const KeyPlaces places(bench, shape, &fault);
  const auto scale = static_cast<float>(s.scale() * fault.scale_factor);
  std::vector<float> weights(static_cast<std::size_t>(s.skv));
  std::vector<float> sums(static_cast<std::size_t>(s.dv));
  for (std::int64_t row = 0; row < s.b * s.hq * s.sq; ++row) {
    const std::int64_t head = row / s.sq % s.hq;
    const std::int64_t source = fault.interleave_heads ? head % s.hkv : head / s.group();
    const std::int64_t sequence = row / s.sq / s.hq;
    s = places.of(sequence);
    std::int64_t seen = keys_seen(s, fault, row % s.sq);
    const std::int64_t full = s.page > 0 ? s.skv / s.page * s.page : 0;
    if (fault.forget_last_block && full > 0) seen = std::min(seen, full);
    if (fault.read_last_block) seen = (seen + s.page - 1) / s.page * s.page;
    const std::int64_t from =
        s.window > 0 ? std::max<std::int64_t>(0, seen - s.window - fault.window_shift) : 0;
    const bool sink = s.sinks && !fault.forget_sinks;
    float most = sink ? sinks[static_cast<std::size_t>(head)] : -INFINITY, total = 0;
    weights.resize(static_cast<std::size_t>(std::max(seen, s.skv)));
    for (std::int64_t j = from; j < seen; ++j) {
      float dot = 0;
      const float* const key = k.data() + places.row(sequence, source, j) * s.d;
      for (std::int64_t i = s.d - 1; i >= 0; --i) {
        dot += q[static_cast<std::size_t>(row * s.d + i)] * key[i];
      }
      const float score = fault.forget_cap ? dot * scale : capped(s, dot * scale);
      weights[static_cast<std::size_t>(j)] = score;
      most = std::max(most, score);
    }
    if (sink) total = std::exp(sinks[static_cast<std::size_t>(head)] - most);
    std::fill(sums.begin(), sums.end(), 0.0f);
    for (std::int64_t j = seen - 1; j >= from; --j) {
      if (j >= fault.dropped_from && j < fault.dropped_to) continue;
      float weight = std::exp(weights[static_cast<std::size_t>(j)] - most);
      total += weight;
      if (fault.round_weights) {
        weight = static_cast<float>(decode(s.type, encode(s.type, weight)));
      }
      for (std::int64_t c = 0; c < s.dv; ++c) {
        float& sum = sums[static_cast<std::size_t>(c)];
        sum +=
            weight * v[static_cast<std::size_t>(places.row(sequence, source, j) * s.value_stride() +
                                                fault.value_column + c)];
        if (fault.narrow_sum) sum = static_cast<float>(fault.narrow_sum(sum));
      }
    }
    for (std::int64_t c = 0; c < s.dv; ++c) {
      bench.set(row * s.dv + c, sums[static_cast<std::size_t>(c)] / total);
    }
  }
}

inline void compute_attention(Workbench& bench, const AttentionFault& fault = {}) {
  const bool paged = bench.problem.operation().name == "paged_attention";
  const AttentionShape s =
      paged ? paged_attention_shape(bench.problem) : attention_shape(bench.problem);
  const std::size_t sinks = paged ? 5 : 3;
  compute_attention(bench, s, bench.numbers<float>(0), bench.numbers<float>(1),
                    bench.numbers<float>(2),
                    s.sinks ? bench.numbers<float>(sinks) : std::vector<float>(), fault);
}

inline void compute_mla(Workbench& bench, const AttentionFault& fault = {}) {
  const auto kv = bench.numbers<float>(1);
  compute_attention(bench, mla_shape(bench.problem), bench.numbers<float>(0), kv, kv, {}, fault);
}

inline void compute_copy(Workbench& bench) {
  bench.output() = bench.buffers[0];
}

/// Both roundings of an unfused triad in the arrays' type, or f32 arithmetic for narrow types.
inline void compute_triad(Workbench& bench) {
  const bool wide = stream_shape(bench.problem).type == DataType::f64;
  const auto b = bench.numbers<double>(0), c = bench.numbers<double>(1);
  for (std::size_t i = 0; i < b.size(); ++i) {
    const double product = wide ? 3.0 * c[i] : static_cast<float>(3.0 * c[i]);
    const double sum = wide ? b[i] + product : static_cast<float>(b[i] + product);
    bench.set(static_cast<std::int64_t>(i), sum);
  }
}

/// In the type of the sums, in `running` sums of every so many elements, which are then added.
template <typename Number>
void compute_read_in(Workbench& bench, std::size_t running) {
  const auto values = bench.numbers<Number>(0);
  constexpr auto kSegment = static_cast<std::size_t>(ReadShape::kSegment);
  for (std::size_t first = 0; first < values.size(); first += kSegment) {
    std::vector<Number> sums(running);
    const std::size_t end = std::min(values.size(), first + kSegment);
    for (std::size_t i = first; i < end; ++i) sums[i % running] += values[i];
    Number total = 0;
    for (const Number sum : sums) total += sum;
    bench.set(static_cast<std::int64_t>(first / kSegment), static_cast<double>(total));
  }
}

inline void compute_read(Workbench& bench, std::size_t running) {
  bench.output_type() == DataType::f64 ? compute_read_in<double>(bench, running)
                                       : compute_read_in<float>(bench, running);
}

template <typename Number>
void compute_fma_in(Workbench& bench) {
  const FmaShape s = fma_shape(bench.problem);
  const auto a = bench.numbers<Number>(0), b = bench.numbers<Number>(1);
  for (std::int64_t i = 0; i < s.n; ++i) {
    Number sum = 0;
    for (std::int64_t step = 0; step < s.steps; ++step) {
      for (std::int64_t g = 0; g < s.w; ++g) {
        sum += a[static_cast<std::size_t>(i % 64 * s.w + g)] *
               b[static_cast<std::size_t>(i / 64 * s.w + g)];
      }
    }
    bench.set(i, static_cast<double>(sum));
  }
}

inline void compute_fma(Workbench& bench) {
  switch (fma_shape(bench.problem).acc) {
    case DataType::f64:
      return compute_fma_in<double>(bench);
    case DataType::i32:
      return compute_fma_in<std::int32_t>(bench);
    default:
      return compute_fma_in<float>(bench);
  }
}

}  // namespace assay::kernels
