// Kernels as devices run them, in f32: many right orders of computation, and faults of precision.
#pragma once

#include <random>

#include "tests/unit/kernels/workbench.h"

namespace assay::kernels {

struct Dice {
  std::mt19937_64 source;

  std::int64_t between(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(source() % static_cast<std::uint64_t>(high - low + 1));
  }
  const char* of(std::initializer_list<const char*> names) {
    return names.begin()[between(0, static_cast<std::int64_t>(names.size()) - 1)];
  }
  bool coin() { return between(0, 1) == 1; }
};

/// Rounds an input whose operand's largest magnitude is `most`.
using RoundInput = std::function<double(double value, double most)>;

template <DataType kType>
double round_input(double value, double) {
  return decode(kType, encode(kType, value));
}
template <DataType kType>
double scale_input(double value, double most) {
  const double scale = largest(kType) / most;
  return decode(kType, encode(kType, value * scale)) / scale;
}
inline double truncate_to_tf32(double value, double) {
  return decode(DataType::f32, encode(DataType::f32, value) & ~std::uint64_t{0x1fff});
}

template <typename Number>
std::vector<Number> rounded(std::vector<Number> values, const RoundInput& round) {
  if (!round) return values;
  double most = 0;
  for (const Number x : values) most = std::max(most, std::fabs(static_cast<double>(x)));
  for (Number& x : values) x = static_cast<Number>(round(static_cast<double>(x), most));
  return values;
}

/// One product, and the ways to compute it.
struct ProductKernel {
  std::int64_t run = 1 << 30;   ///< terms summed apart before they join the total: split K
  bool backward = false;        ///< the order of runs and of terms
  bool fused = false;           ///< one rounding per multiply-add
  bool pairwise = false;        ///< runs are joined in pairs
  int grouped = 0;              ///< > 0: so many exact products at a time; bits are dropped
  RoundInput round = {};        ///< inputs
  bool three_products = false;  ///< of bf16, for one of f32
  std::function<double(double)> finish = {};  ///< applied to each element of C
};

template <typename Number>
Number join(const std::vector<Number>& parts, std::size_t from, std::size_t to, bool pairwise) {
  if (to - from == 1) return parts[from];
  if (!pairwise) {
    Number sum = parts[from];
    for (std::size_t i = from + 1; i < to; ++i) sum += parts[i];
    return sum;
  }
  const std::size_t middle = (from + to) / 2;
  return join(parts, from, middle, true) + join(parts, middle, to, true);
}

inline float drop_bits(double value) {
  auto nearest = static_cast<float>(value);
  if (std::fabs(nearest) > std::fabs(value)) nearest = std::nextafter(nearest, 0.0f);
  return nearest;
}

/// The dot product of two vectors with strides.
template <typename Number>
Number dot(const ProductKernel& kernel, std::int64_t depth, const Number* a, std::int64_t a_step,
           const Number* b, std::int64_t b_step) {
  std::vector<Number> parts;
  for (std::int64_t begin = 0; begin < depth; begin += kernel.run) {
    const std::int64_t end = std::min(depth, begin + kernel.run);
    Number sum = 0;
    for (std::int64_t i = begin; i < end; ++i) {
      const std::int64_t k = kernel.backward ? begin + end - 1 - i : i;
      const Number x = a[k * a_step], y = b[k * b_step];
      if constexpr (!std::is_same_v<Number, float>) {
        sum += x * y;
      } else if (kernel.grouped > 0) {
        double exact = static_cast<double>(sum);
        const std::int64_t last = std::min(end, i + kernel.grouped);
        for (; i < last; ++i) {
          exact += static_cast<double>(a[i * a_step]) * static_cast<double>(b[i * b_step]);
        }
        --i;
        sum = drop_bits(exact);
      } else {
        sum = kernel.fused ? std::fma(x, y, sum) : sum + x * y;
      }
    }
    parts.push_back(sum);
  }
  if (kernel.backward) std::reverse(parts.begin(), parts.end());
  return join(parts, 0, parts.size(), kernel.pairwise);
}

template <typename Number>
void compute_product(Workbench& bench, const MatmulShape& s, const ProductKernel& kernel,
                     const std::vector<Number>& a, const std::vector<Number>& b,
                     std::int64_t first_a, std::int64_t first_b, std::int64_t first_row,
                     std::int64_t rows) {
  for (std::int64_t i = 0; i < rows; ++i) {
    const Number* const left = a.data() + first_a + (s.transpose_a ? i : i * s.k);
    for (std::int64_t j = 0; j < s.n; ++j) {
      const Number* const right = b.data() + first_b + (s.transpose_b ? j * s.k : j);
      const Number sum = dot(kernel, s.k, left, s.transpose_a ? rows : 1, right,
                             s.transpose_b ? std::int64_t{1} : s.n);
      const auto value = static_cast<double>(sum);
      bench.set((first_row + i) * s.n + j, kernel.finish ? kernel.finish(value) : value);
    }
  }
}

template <typename Number>
void compute_products(Workbench& bench, const ProductKernel& kernel, const std::vector<Number>& a,
                      const std::vector<Number>& b) {
  if (bench.problem.operation().name == "matmul") {
    const MatmulShape s = matmul_shape(bench.problem);
    for (std::int64_t batch = 0; batch < s.batch; ++batch) {
      compute_product(bench, s, kernel, a, b, batch * s.m * s.k, batch * s.k * s.n, batch * s.m,
                      s.m);
    }
    return;
  }
  const GroupedMatmulShape s = grouped_matmul_shape(bench.problem);
  for (std::int64_t group = 0; group < s.groups; ++group) {
    const auto at = static_cast<std::size_t>(group);
    compute_product(bench, s.product, kernel, a, b, s.begins[at] * s.product.k,
                    group * s.product.k * s.product.n, s.begins[at], s.sizes[at]);
  }
}

/// matmul or grouped_matmul, in the accumulator's type.
inline void compute(Workbench& bench, const ProductKernel& kernel) {
  const bool matmul = bench.problem.operation().name == "matmul";
  const DataType acc =
      matmul ? matmul_shape(bench.problem).acc : grouped_matmul_shape(bench.problem).product.acc;
  const auto in = [&]<typename Number>(Number) {
    compute_products(bench, kernel, rounded(bench.numbers<Number>(0), kernel.round),
                     rounded(bench.numbers<Number>(1), kernel.round));
  };
  if (acc == DataType::f64) return in(double{});
  if (acc == DataType::i32) return in(std::int32_t{});
  if (!kernel.three_products) return in(float{});
  const auto split = [](const std::vector<float>& values, bool low) {
    std::vector<float> parts = values;
    for (float& x : parts) {
      const auto high = static_cast<float>(round_input<DataType::bf16>(x, 0));
      x = low ? static_cast<float>(round_input<DataType::bf16>(x - high, 0)) : high;
    }
    return parts;
  };
  const auto a = bench.numbers<float>(0), b = bench.numbers<float>(1);
  std::vector<float> sums(static_cast<std::size_t>(bench.output_size()));
  for (const auto& [low_a, low_b] : {std::pair{true, false}, {false, true}, {false, false}}) {
    compute_products(bench, kernel, split(a, low_a), split(b, low_b));
    for (std::size_t i = 0; i < sums.size(); ++i) {
      sums[i] += static_cast<float>(bench.get(static_cast<std::int64_t>(i)));
    }
  }
  for (std::size_t i = 0; i < sums.size(); ++i) bench.set(static_cast<std::int64_t>(i), sums[i]);
}

/// Attention with an online softmax over blocks of keys, and the ways to compute it.
struct AttentionKernel {
  std::int64_t block = 64;     ///< keys at a time
  std::int64_t splits = 1;     ///< parts of the keys that are joined at the end
  bool backward = false;       ///< the order of blocks
  bool round_weights = false;  ///< to the operands' type before they meet V
  float exp_error = 0;         ///< relative, either sign
  float tanh_error = 0;        ///< of capped scores
  ProductKernel scores = {};
  RoundInput round = {}, round_values = {};  ///< Q and K; V
  double scale_factor = 1, output_factor = 1;
  std::int64_t keys_left_out = 0;  ///< at the end
  bool round_everything = false;   ///< with `round`: scores, weights and sums too
};

struct PartialRow {
  float most = -INFINITY, total = 0;
  std::vector<float> sums;
};

class AttentionRun {
 public:
  AttentionRun(Workbench& bench, const AttentionShape& s, const AttentionKernel& kernel,
               std::size_t of_k, std::size_t of_v)
      : bench_(bench),
        s_(s),
        kernel_(kernel),
        q_(rounded(bench.numbers<float>(0), kernel.round)),
        k_(rounded(bench.numbers<float>(of_k), kernel.round)),
        v_(rounded(bench.numbers<float>(of_v), kernel.round_values)),
        places_(bench, s, nullptr) {
    if (s.sinks) sinks_ = bench.numbers<float>(bench.operands.size() - 2);
  }

  void compute() {
    for (std::int64_t row = 0; row < s_.b * s_.hq * s_.sq; ++row) compute_row(row);
  }

 private:
  float narrow(float x) const {
    if (!kernel_.round_everything) return x;
    return static_cast<float>(kernel_.round(x, 1));
  }

  float weight_of(float score, float most) {
    const float weight = std::exp(score - most);
    return weight * (1 + kernel_.exp_error * noise_(source_));
  }

  float cap(float score) {
    if (s_.softcap == 0) return score;
    return capped(s_, score) * (1 + kernel_.tanh_error * noise_(source_));
  }

  std::int64_t row_of(std::int64_t group, std::int64_t key) const {
    return places_.row(group / s_.hkv, group % s_.hkv, key);
  }

  void add_block(std::int64_t row, std::int64_t group, std::int64_t from, std::int64_t to,
                 PartialRow& part) {
    std::vector<float> scores;
    float most = part.most;
    const auto scale = static_cast<float>(s_.scale() * kernel_.scale_factor);
    for (std::int64_t j = from; j < to; ++j) {
      const float score = narrow(dot(kernel_.scores, s_.d, q_.data() + row * s_.d, 1,
                                     k_.data() + row_of(group, j) * s_.d, 1));
      scores.push_back(cap(narrow(score * scale)));
      most = std::max(most, scores.back());
    }
    const float shrink = std::exp(part.most - most);
    part.most = most;
    part.total *= shrink;
    for (float& sum : part.sums) sum *= shrink;
    for (std::int64_t j = from; j < to; ++j) {
      float weight = weight_of(scores[static_cast<std::size_t>(j - from)], most);
      part.total += weight;
      if (kernel_.round_weights) weight = in_type(weight);
      weight = narrow(weight);
      const float* const value = v_.data() + row_of(group, j) * s_.value_stride();
      for (std::int64_t c = 0; c < s_.dv; ++c) {
        float& sum = part.sums[static_cast<std::size_t>(c)];
        sum = narrow(sum + weight * value[c]);
      }
    }
  }

  float in_type(float x) const {
    return static_cast<float>(decode(s_.type, encode(s_.type, static_cast<double>(x))));
  }

  void compute_row(std::int64_t row) {
    const std::int64_t head = row / s_.sq % s_.hq;
    const std::int64_t group = row / s_.sq / s_.hq * s_.hkv + head / s_.group();
    const AttentionShape s = places_.of(row / s_.sq / s_.hq);
    const std::int64_t seen =
        std::max<std::int64_t>(1, s.visible(row % s_.sq) - kernel_.keys_left_out);
    const std::int64_t first = std::min(s.first_visible(row % s_.sq), seen - 1);
    const std::int64_t length = (seen - first + kernel_.splits - 1) / kernel_.splits;
    PartialRow all{.sums = std::vector<float>(static_cast<std::size_t>(s_.dv))};
    if (s_.sinks) {
      all.most = sinks_[static_cast<std::size_t>(head)];
      all.total = 1;
    }
    for (std::int64_t begin = first; begin < seen; begin += length) {
      PartialRow part{.sums = std::vector<float>(static_cast<std::size_t>(s_.dv))};
      const std::int64_t end = std::min(seen, begin + length);
      const std::int64_t blocks = (end - begin + kernel_.block - 1) / kernel_.block;
      for (std::int64_t i = 0; i < blocks; ++i) {
        const std::int64_t from = begin + (kernel_.backward ? blocks - 1 - i : i) * kernel_.block;
        add_block(row, group, from, std::min(end, from + kernel_.block), part);
      }
      const float most = std::max(all.most, part.most);
      const float old = std::exp(all.most - most), fresh = std::exp(part.most - most);
      all.most = most;
      all.total = all.total * old + part.total * fresh;
      for (std::size_t c = 0; c < all.sums.size(); ++c) {
        all.sums[c] = all.sums[c] * old + part.sums[c] * fresh;
      }
    }
    const float inverse = 1 / all.total;
    for (std::int64_t c = 0; c < s_.dv; ++c) {
      bench_.set(row * s_.dv + c,
                 static_cast<double>(all.sums[static_cast<std::size_t>(c)] * inverse) *
                     kernel_.output_factor);
    }
  }

  Workbench& bench_;
  AttentionShape s_;
  const AttentionKernel& kernel_;
  std::vector<float> q_, k_, v_;
  KeyPlaces places_;
  std::vector<float> sinks_;
  std::mt19937 source_{7};
  std::uniform_real_distribution<float> noise_{-1, 1};
};

/// attention or mla_decode
inline void compute(Workbench& bench, const AttentionKernel& kernel) {
  if (bench.problem.operation().name == "mla_decode") {
    AttentionRun(bench, mla_shape(bench.problem), kernel, 1, 1).compute();
  } else if (bench.problem.operation().name == "paged_attention") {
    AttentionRun(bench, paged_attention_shape(bench.problem), kernel, 1, 2).compute();
  } else {
    AttentionRun(bench, attention_shape(bench.problem), kernel, 1, 2).compute();
  }
}

/// Ways to compute that devices use, all of them right. `operands` is the type of A and B.
inline ProductKernel right_product(Dice& dice, DataType operands) {
  ProductKernel kernel{.backward = dice.coin(), .fused = dice.coin(), .pairwise = dice.coin()};
  const std::int64_t runs[] = {1 << 30, 16, 32, 64, 256};
  kernel.run = runs[dice.between(0, 4)];
  const bool on_tensor_cores =
      operands != DataType::f32 && operands != DataType::f64 && operands != DataType::i8;
  const int groups[] = {4, 8, 16, 32};
  if (on_tensor_cores && dice.coin()) kernel.grouped = groups[dice.between(0, 3)];
  return kernel;
}

inline AttentionKernel right_attention(Dice& dice, DataType type) {
  const std::int64_t blocks[] = {16, 32, 64, 128, 1 << 30};
  AttentionKernel kernel{.block = blocks[dice.between(0, 4)],
                         .splits = dice.coin() ? 1 : dice.between(2, 8),
                         .backward = dice.coin(),
                         .round_weights = dice.coin(),
                         .exp_error = dice.coin() ? 0x1p-22f : 0.0f};
  // tanh.approx of NVIDIA's GPUs.
  if (type != DataType::f32 && dice.coin()) kernel.tanh_error = 0x1p-11f;
  kernel.scores = right_product(dice, type);
  return kernel;
}

}  // namespace assay::kernels
