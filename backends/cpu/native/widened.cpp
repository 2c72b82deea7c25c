#include "backends/cpu/native/widened.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "backends/cpu/parallel.h"

namespace assay::backends::cpu::native {

namespace {

using kernels::DataType;
using kernels::MatmulShape;

/// Two panels of this depth and the sums of a block fill about half a second-level cache. Whole
/// blocks of elements of every type.
constexpr std::int64_t kDepth = 256;
/// Each element that is decoded is multiplied with so many others.
constexpr std::int64_t kBlock = 240;
constexpr std::int64_t kPiecesPerThread = 4;

bool is_narrow(DataType type) {
  return kernels::is_block_scaled(type) || kernels::is_8_bit_float(type);
}

}  // namespace

std::string widened_why_not(const MatmulShape& shape) {
  const bool narrow = is_narrow(shape.a) || is_narrow(shape.b);
  if (narrow && Widener::reads(shape.a) && Widener::reads(shape.b)) return {};
  return fmt::format("widens 8-bit floats and block-scaled types, not {} and {}", name(shape.a),
                     name(shape.b));
}

WidenedProducts::WidenedProducts(const MatmulShape& shape, std::vector<WidenedPart> parts,
                                 Widener a, Widener b, std::byte* c, Machine& machine)
    : shape_(shape),
      parts_(std::move(parts)),
      a_(std::move(a)),
      b_(std::move(b)),
      c_(c),
      machine_(machine),
      tile_(tile_kernel()) {
  cut();
  const auto floats = [](std::int64_t count) {
    return aligned_array<float>(static_cast<std::size_t>(count));
  };
  scratch_.resize(static_cast<std::size_t>(machine.threads()));
  for (Scratch& scratch : scratch_) {
    scratch.a = floats(block_rows_ * kDepth);
    scratch.b = floats(block_columns_ * kDepth);
    scratch.sums = floats(block_rows_ * block_columns_);
  }
}

void WidenedProducts::cut() {
  std::int64_t most = 0, rows = 0;
  for (const WidenedPart& part : parts_) {
    most = std::max(most, part.rows);
    rows += part.rows;
  }
  block_rows_ = round_up(std::min(most, kBlock), tile_.rows);
  // Narrower blocks where there would be too few for the threads.
  const std::int64_t wanted = kPiecesPerThread * static_cast<std::int64_t>(machine_.threads());
  const std::int64_t down = std::max<std::int64_t>(1, rows / block_rows_);
  const std::int64_t across = (wanted + down - 1) / down;
  block_columns_ =
      round_up(std::clamp((shape_.n + across - 1) / across, tile_.columns, kBlock), tile_.columns);
  for (std::size_t part = 0; part < parts_.size(); ++part) {
    for (std::int64_t column = 0; column < shape_.n; column += block_columns_) {
      for (std::int64_t row = 0; row < parts_[part].rows; row += block_rows_) {
        pieces_.push_back({part, row, std::min(block_rows_, parts_[part].rows - row), column,
                           std::min(block_columns_, shape_.n - column)});
      }
    }
  }
}

void WidenedProducts::launch() {
  for_each_piece(
      machine_, static_cast<std::int64_t>(pieces_.size()), [&](std::int64_t piece, int slot) {
        compute(pieces_[static_cast<std::size_t>(piece)], scratch_[static_cast<std::size_t>(slot)]);
      });
}

void WidenedProducts::compute(const Piece& piece, Scratch& scratch) const {
  const std::int64_t stride = round_up(piece.columns, tile_.columns);
  std::fill_n(scratch.sums.get(), round_up(piece.rows, tile_.rows) * stride, 0.0F);
  for (std::int64_t k = 0; k < shape_.k; k += kDepth) {
    const std::int64_t depth = std::min(kDepth, shape_.k - k);
    pack_a(piece, k, depth, scratch.a.get());
    pack_b(piece, k, depth, scratch.b.get());
    for (std::int64_t column = 0; column < piece.columns; column += tile_.columns) {
      for (std::int64_t row = 0; row < piece.rows; row += tile_.rows) {
        tile_.multiply(scratch.a.get() + row * depth, scratch.b.get() + column * depth,
                       scratch.sums.get() + row * stride + column, stride,
                       std::min(tile_.rows, piece.rows - row), depth);
      }
    }
  }
  write(piece, scratch.sums.get(), stride);
}

void WidenedProducts::pack_a(const Piece& piece, std::int64_t k, std::int64_t depth,
                             float* to) const {
  const WidenedPart& part = parts_[piece.part];
  for (std::int64_t i = 0; i < piece.rows; i += tile_.rows, to += tile_.rows * depth) {
    const std::int64_t row = piece.row + i, count = std::min(tile_.rows, piece.rows - i);
    if (shape_.transpose_a) {
      for (std::int64_t p = 0; p < depth; ++p) {
        a_.widen(part.first_a + (k + p) * part.rows + row, count, to + p * tile_.rows, 1);
      }
    } else {
      for (std::int64_t r = 0; r < count; ++r) {
        a_.widen(part.first_a + (row + r) * shape_.k + k, depth, to + r, tile_.rows);
      }
    }
  }
}

/// Columns beyond the last hold zeros.
void WidenedProducts::pack_b(const Piece& piece, std::int64_t k, std::int64_t depth,
                             float* to) const {
  const WidenedPart& part = parts_[piece.part];
  for (std::int64_t j = 0; j < piece.columns; j += tile_.columns, to += tile_.columns * depth) {
    const std::int64_t column = piece.column + j;
    const std::int64_t count = std::min(tile_.columns, piece.columns - j);
    if (count < tile_.columns) std::fill_n(to, tile_.columns * depth, 0.0F);
    if (shape_.transpose_b) {
      for (std::int64_t c = 0; c < count; ++c) {
        b_.widen(part.first_b + (column + c) * shape_.k + k, depth, to + c, tile_.columns);
      }
    } else {
      for (std::int64_t p = 0; p < depth; ++p) {
        b_.widen(part.first_b + (k + p) * shape_.n + column, count, to + p * tile_.columns, 1);
      }
    }
  }
}

void WidenedProducts::write(const Piece& piece, const float* sums, std::int64_t stride) const {
  const WidenedPart& part = parts_[piece.part];
  std::vector<double> wide(static_cast<std::size_t>(piece.columns));
  for (std::int64_t r = 0; r < piece.rows; ++r) {
    const std::int64_t first = part.first_c + (piece.row + r) * shape_.n + piece.column;
    const float* const from = sums + r * stride;
    if (shape_.c == DataType::f32) {
      std::memcpy(c_ + first * 4, from, static_cast<std::size_t>(piece.columns) * 4);
    } else {
      std::copy_n(from, piece.columns, wide.begin());
      kernels::encode_array(shape_.c, wide, c_, first);
    }
  }
}

std::map<std::string, std::string> WidenedProducts::details() const {
  const auto pieces = static_cast<std::int64_t>(pieces_.size());
  const std::int64_t threads = machine_.threads();
  return {{"instruction", tile_.instruction},
          {"threads", std::to_string(std::min(threads, pieces))},
          {"weights", "as given"},
          {"packing", "A and B decoded to panels of f32, in the timed region"},
          {"blocks", fmt::format("{} x {} of C, {} of k", block_rows_, block_columns_, kDepth)}};
}

}  // namespace assay::backends::cpu::native
