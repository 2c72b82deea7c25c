#include "kernels/matrix_view.h"

#include <tbb/blocked_range2d.h>
#include <tbb/parallel_for.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace assay::kernels {

namespace {

// Tiles of A, B and C together fill about half a megabyte: the second-level cache of one core.
constexpr std::int64_t kBlock = 128;
constexpr std::int64_t kDepth = 192;

/// How many columns of B and how much of its depth a tile has. With few rows, reading B takes most
/// of the time: longer parts of its rows come faster.
struct TileShape {
  std::int64_t columns = kBlock, depth = kDepth;
};

TileShape tile_shape(std::int64_t rows, const MatrixView& b) {
  constexpr std::int64_t kWider = 4;
  if (rows > kBlock / kWider || b.transposed) return {};
  return {kWider * kBlock, kDepth / kWider};
}

// Sixteen stored lines at a time, so that each row of `to` is written in whole cache lines.
void decode_transposed(const MatrixView& view, IndexSet rows, IndexSet columns, double* to,
                       std::int64_t stride) {
  constexpr std::int64_t kLines = 16;
  std::vector<double> lines(static_cast<std::size_t>(kLines * rows.count));
  for (std::int64_t c = 0; c < columns.count; c += kLines) {
    const std::int64_t width = std::min(kLines, columns.count - c);
    for (std::int64_t j = 0; j < width; ++j) {
      decode_array(view.type, view.array, view.index(rows.first, columns[c + j]),
                   std::span(lines.data() + j * rows.count, static_cast<std::size_t>(rows.count)));
    }
    for (std::int64_t r = 0; r < rows.count; ++r) {
      for (std::int64_t j = 0; j < width; ++j) {
        to[r * stride + c + j] = lines[static_cast<std::size_t>(j * rows.count + r)];
      }
    }
  }
}

void decode_elements(const MatrixView& view, IndexSet rows, IndexSet columns, double* to,
                     std::int64_t stride) {
  for (std::int64_t r = 0; r < rows.count; ++r) {
    for (std::int64_t c = 0; c < columns.count; ++c) {
      to[r * stride + c] = load(view.type, view.array, view.index(rows[r], columns[c]));
    }
  }
}

void make_sizes(TermSizes sizes, std::vector<double>& values, std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) {
    double& value = values[static_cast<std::size_t>(i)];
    value = sizes == TermSizes::squares ? value * value : std::fabs(value);
  }
}

struct Scratch {
  std::vector<double> a = std::vector<double>(kBlock * kDepth);
  std::vector<double> b = std::vector<double>(kBlock * kDepth);
  std::vector<double> values = std::vector<double>(kBlock * kBlock);
  std::vector<double> sizes;
};

void multiply_block(const MatrixView& a, const MatrixView& b, IndexSet rows, IndexSet columns,
                    TermSizes sizes, Scratch& scratch) {
  const std::int64_t stride = padded(columns.count);
  const bool exact = significand_bits(a.type) + significand_bits(b.type) <= 53;
  const Rounding rounding = exact ? Rounding::fused : Rounding::separate;
  std::fill(scratch.values.begin(), scratch.values.end(), 0.0);
  std::fill(scratch.b.begin(), scratch.b.end(), 0.0);
  if (sizes != TermSizes::none) scratch.sizes.assign(scratch.values.size(), 0.0);
  const std::int64_t most = tile_shape(rows.count, b).depth;
  for (std::int64_t k = 0; k < a.columns; k += most) {
    const IndexSet depth{k, std::min(most, a.columns - k), nullptr};
    decode_block(a, rows, depth, scratch.a.data(), kDepth);
    decode_block(b, depth, columns, scratch.b.data(), stride);
    panel_multiply_add(rounding, rows.count, stride, depth.count, scratch.a.data(), kDepth,
                       scratch.b.data(), stride, scratch.values.data(), stride);
    if (sizes == TermSizes::none) continue;
    make_sizes(sizes, scratch.a, rows.count * kDepth);
    make_sizes(sizes, scratch.b, depth.count * stride);
    panel_multiply_add(sizes == TermSizes::squares ? Rounding::separate : rounding, rows.count,
                       stride, depth.count, scratch.a.data(), kDepth, scratch.b.data(), stride,
                       scratch.sizes.data(), stride);
  }
}

}  // namespace

void decode_block(const MatrixView& view, IndexSet rows, IndexSet columns, double* to,
                  std::int64_t stride) {
  if (!view.transposed && columns.list == nullptr) {
    for (std::int64_t r = 0; r < rows.count; ++r) {
      decode_array(view.type, view.array, view.index(rows[r], columns.first),
                   std::span(to + r * stride, static_cast<std::size_t>(columns.count)));
    }
  } else if (view.transposed && rows.list == nullptr) {
    decode_transposed(view, rows, columns, to, stride);
  } else {
    decode_elements(view, rows, columns, to, stride);
  }
}

void for_each_product_block(const MatrixView& a, const MatrixView& b, IndexSet rows,
                            IndexSet columns, TermSizes sizes,
                            const std::function<void(const ProductBlock&)>& visit) {
  const std::int64_t down = (rows.count + kBlock - 1) / kBlock;
  const std::int64_t width = tile_shape(rows.count, b).columns;
  const std::int64_t across = (columns.count + width - 1) / width;
  const tbb::blocked_range2d<std::int64_t> blocks(0, down, 1, 0, across, 1);
  tbb::parallel_for(blocks, [&](const tbb::blocked_range2d<std::int64_t>& range) {
    Scratch scratch;
    for (std::int64_t i = range.rows().begin(); i < range.rows().end(); ++i) {
      const IndexSet some_rows = rows.part(i * kBlock, std::min(kBlock, rows.count - i * kBlock));
      for (std::int64_t j = range.cols().begin(); j < range.cols().end(); ++j) {
        const IndexSet some_columns =
            columns.part(j * width, std::min(width, columns.count - j * width));
        multiply_block(a, b, some_rows, some_columns, sizes, scratch);
        visit({some_rows, some_columns, padded(some_columns.count), scratch.values.data(),
               sizes != TermSizes::none ? scratch.sizes.data() : nullptr});
      }
    }
  });
}

}  // namespace assay::kernels
