// Products of block-scaled operands as devices compute them, in f32 and independently of the
// references, with the faults that such kernels have.
#pragma once

#include "tests/unit/kernels/simulation.h"

namespace assay::kernels {

/// What goes wrong in reading one operand.
enum class FormatFault {
  none,
  next_scale,           ///< scale j + 1 for scale j
  shifted_block,        ///< each block begins one element too early
  ignored_scale,        ///< all scales are 1
  doubled_scale,        ///< the exponent of every scale is too large by one
  swapped_elements,     ///< elements 2 i and 2 i + 1 in each other's place, as of swapped nibbles
  scale_of_next_row,    ///< the same block of the row after
  first_scale_of_row,   ///< for all blocks of the row
  transposed_scales,    ///< scales read as k/block x rows
  scales_one_byte_late  ///< where the scales begin
};

constexpr FormatFault kFormatFaults[] = {
    FormatFault::next_scale,          FormatFault::shifted_block,
    FormatFault::ignored_scale,       FormatFault::doubled_scale,
    FormatFault::swapped_elements,    FormatFault::scale_of_next_row,
    FormatFault::first_scale_of_row,  FormatFault::transposed_scales,
    FormatFault::scales_one_byte_late};

/// One operand's elements, and the scale of each, read with a fault.
struct ReadOperand {
  std::vector<float> elements, scales;
  std::int64_t block = 0;  ///< 0: no scales

  float value(std::int64_t index) const {
    const auto at = static_cast<std::size_t>(index);
    return elements[at] * scales[at];
  }
};

inline double scale_at(DataType scale, const std::vector<std::byte>& array, std::int64_t begin,
                       std::int64_t index, bool late) {
  const std::int64_t bytes = bits_of(scale) / 8;
  std::vector<std::byte> held(static_cast<std::size_t>(bytes));
  for (std::int64_t i = 0; i < bytes; ++i) {
    const std::int64_t from = begin + index * bytes + i + (late ? 1 : 0);
    const auto last = static_cast<std::int64_t>(array.size()) - 1;
    held[static_cast<std::size_t>(i)] = array[static_cast<std::size_t>(std::min(from, last))];
  }
  return load(scale, held.data(), 0);
}

/// `line`: elements of a row, along which blocks run.
inline ReadOperand read_operand(const Workbench& bench, std::size_t operand, std::int64_t line,
                                FormatFault fault) {
  const DataType type = bench.operands[operand].type;
  const std::vector<std::byte>& array = bench.buffers[operand];
  const std::int64_t count = bench.operands[operand].elements();
  ReadOperand out{.scales = std::vector<float>(static_cast<std::size_t>(count), 1.0F),
                  .block = traits(type).block};
  for (std::int64_t i = 0; i < count; ++i) {
    const std::int64_t from = fault == FormatFault::swapped_elements && (i ^ 1) < count ? i ^ 1 : i;
    out.elements.push_back(static_cast<float>(load(element_of(type), array.data(), from)));
  }
  if (out.block == 0 || fault == FormatFault::ignored_scale) return out;
  const std::int64_t scales = count / out.block, in_row = line / out.block, rows = count / line;
  for (std::int64_t i = 0; i < count; ++i) {
    std::int64_t scale = i / out.block;
    const std::int64_t row = scale / in_row, within = scale % in_row;
    if (fault == FormatFault::next_scale) scale = (scale + 1) % scales;
    if (fault == FormatFault::shifted_block) scale = (i + 1) / out.block % scales;
    if (fault == FormatFault::scale_of_next_row) scale = (row + 1) % rows * in_row + within;
    if (fault == FormatFault::first_scale_of_row) scale = row * in_row;
    if (fault == FormatFault::transposed_scales) scale = within * rows + row;
    const double value = scale_at(traits(type).scale, array, bytes_of(element_of(type), count),
                                  scale, fault == FormatFault::scales_one_byte_late);
    out.scales[static_cast<std::size_t>(i)] =
        static_cast<float>(fault == FormatFault::doubled_scale ? 2 * value : value);
  }
  return out;
}

/// Both ways of scaling: each value, or the sum of a block's products by both scales.
inline float scaled_dot(const ReadOperand& a, std::int64_t at_a, const ReadOperand& b,
                        std::int64_t at_b, std::int64_t depth, bool sums) {
  float total = 0;
  if (!sums) {
    for (std::int64_t k = 0; k < depth; ++k) total += a.value(at_a + k) * b.value(at_b + k);
    return total;
  }
  const std::int64_t step = a.block == 0   ? b.block
                            : b.block == 0 ? a.block
                                           : std::min(a.block, b.block);
  for (std::int64_t begin = 0; begin < depth; begin += step) {
    float sum = 0;
    for (std::int64_t k = begin; k < begin + step; ++k) {
      sum += a.elements[static_cast<std::size_t>(at_a + k)] *
             b.elements[static_cast<std::size_t>(at_b + k)];
    }
    total += sum * (a.scales[static_cast<std::size_t>(at_a + begin)] *
                    b.scales[static_cast<std::size_t>(at_b + begin)]);
  }
  return total;
}

/// matmul or grouped_matmul with layout=nt.
inline void compute_scaled(Workbench& bench, FormatFault in_a, FormatFault in_b, bool sums) {
  const bool grouped = bench.problem.operation().name == "grouped_matmul";
  const MatmulShape s =
      grouped ? grouped_matmul_shape(bench.problem).product : matmul_shape(bench.problem);
  const ReadOperand a = read_operand(bench, 0, s.k, in_a), b = read_operand(bench, 1, s.k, in_b);
  std::vector<std::int64_t> matrix_of_row;
  if (grouped) {
    const auto sizes = bench.numbers<std::int64_t>(2);
    for (std::size_t group = 0; group < sizes.size(); ++group) {
      matrix_of_row.insert(matrix_of_row.end(), static_cast<std::size_t>(sizes[group]),
                           static_cast<std::int64_t>(group));
    }
  } else {
    for (std::int64_t row = 0; row < s.batch * s.m; ++row) matrix_of_row.push_back(row / s.m);
  }
  for (std::size_t i = 0; i < matrix_of_row.size(); ++i) {
    const auto row = static_cast<std::int64_t>(i);
    for (std::int64_t j = 0; j < s.n; ++j) {
      const float sum = scaled_dot(a, row * s.k, b, (matrix_of_row[i] * s.n + j) * s.k, s.k, sums);
      bench.set(row * s.n + j, static_cast<double>(sum));
    }
  }
}

}  // namespace assay::kernels
