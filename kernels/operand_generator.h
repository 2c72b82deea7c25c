// How one operand's elements come from random bits: kernels/input.h has the definition. Only
// input.cpp includes it, for its loops.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "kernels/distribution.h"
#include "kernels/operation.h"
#include "kernels/philox.h"

namespace assay::kernels {

class OperandGenerator {
 public:
  OperandGenerator(Operand operand, std::string_view dist, std::uint64_t key, std::uint32_t stream)
      : operand_(std::move(operand)),
        distribution_(distribution_named(dist)),
        key_(key),
        stream_(stream),
        draw_(draw_of(operand_.type, distribution_)) {
    outliers_ = distribution_ == Distribution::llm && !operand_.weights;
    if (operand_.fill == nullptr) fill_tables();
  }

  const Operand& operand() const { return operand_; }

  /// Number of elements from `first` on that fit into `bytes`.
  std::int64_t count(std::int64_t first, std::size_t bytes) const {
    const std::int64_t fit = count_in(operand_.type, static_cast<std::int64_t>(bytes));
    return std::min(fit, operand_.elements() - first);
  }

  /// Writes elements [first, first + count) to those of `array` from `at` on.
  void make(std::int64_t first, std::int64_t count, Bytes array, std::int64_t at) const {
    if (is_block_scaled(operand_.type)) return make_blocks(first, count, array, at);
    const int bits = bits_of(operand_.type);
    if (bits <= 8) return make_as<std::uint8_t>(first, count, array, at);
    if (bits == 16) return make_as<std::uint16_t>(first, count, array, at);
    if (bits == 32) return make_as<std::uint32_t>(first, count, array, at);
    make_as<std::uint64_t>(first, count, array, at);
  }

 private:
  static constexpr std::int64_t kChunk = 2048;  ///< elements made at a time
  static constexpr std::size_t kChunkWords = kChunk * 2 + 2 * kPhiloxWords;

  static Distribution distribution_named(std::string_view dist) {
    const auto at = std::find(kDistributionNames.begin(), kDistributionNames.end(), dist);
    return static_cast<Distribution>(at - kDistributionNames.begin());
  }

  bool is_normal() const {
    return distribution_ == Distribution::normal || distribution_ == Distribution::llm;
  }

  static Draw draw_of(DataType type, Distribution distribution) {
    if (distribution == Distribution::normal || distribution == Distribution::llm) {
      return bytes_summed(type) == 4 ? Draw::bits32 : Draw::bits64;
    }
    if (bits_of(type) <= 16) return Draw::bits16;
    const bool wide = bits_of(type) == 64 && distribution == Distribution::uniform;
    return wide ? Draw::bits64 : Draw::bits32;
  }

  /// The values that can be drawn, in the operand's type, lowest first.
  void fill_tables() {
    if (is_normal()) {
      const auto bytes = static_cast<double>(bytes_summed(operand_.type));
      const double mean = bytes * 255 / 2;
      const double scale = deviation(operand_.type, distribution_) / std::sqrt(bytes * 65535 / 12);
      for (double sum = 0; sum <= 2 * mean; ++sum) {
        table_.push_back(bits((sum - mean) * scale));
        outlier_table_.push_back(bits((sum - mean) * scale * kOutlierScale));
      }
    } else if (draw_ == Draw::bits16) {
      const bool whole = distribution_ == Distribution::integer || is_integer(operand_.type);
      const std::int64_t values =
          distribution_ == Distribution::integer ? 2 * element_limit() + 1 : grid(operand_.type);
      const double step = whole ? 1 : unit_roundoff(operand_.type);
      for (std::int64_t i = 0; i < values; ++i) {
        table_.push_back(bits(static_cast<double>(i - values / 2) * step));
      }
    }
  }

  bool draws_scales() const {
    return is_block_scaled(operand_.type) && distribution_ == Distribution::integer;
  }

  /// Largest element that `integer` draws: half of the operand's limit for a block-scaled type, as
  /// a scale of 2 may double it.
  std::int64_t element_limit() const {
    return draws_scales() ? std::max<std::int64_t>(1, operand_.integer_limit / 2)
                          : operand_.integer_limit;
  }

  /// The bits of a value, rounded to the type. A block-scaled type needs whole blocks: for it the
  /// bits are those of the value in FP64 or, where scales are drawn, of the element.
  std::uint64_t bits(double value) const {
    const DataType type = operand_.type;
    value *= static_cast<double>(operand_.amplification);
    if (draws_scales()) return encode(traits(type).element, value);
    if (is_block_scaled(type)) return std::bit_cast<std::uint64_t>(value);
    if (traits(type).kind == TypeKind::power_of_two) return encode(type, std::fabs(value));
    // Integers stay within ±largest, and a zero in a type without NaN is never negative: the codes
    // left over are the poison.
    if (is_integer(type)) return encode(type, std::clamp(value, -largest(type), largest(type)));
    const std::uint64_t code = encode(type, value);
    return !has_nan(type) && decode(type, code) == 0 ? 0 : code;
  }

  template <typename Bits>
  static std::vector<Bits> typed(const std::vector<std::uint64_t>& table) {
    std::vector<Bits> out;
    out.reserve(table.size());
    for (const std::uint64_t entry : table) {
      if constexpr (std::is_same_v<Bits, double>) {
        out.push_back(std::bit_cast<double>(entry));
      } else {
        out.push_back(static_cast<Bits>(entry));
      }
    }
    return out;
  }

  /// Gives `write` the elements in chunks: write(offset from the first, the elements).
  template <typename Bits, typename Write>
  void in_chunks(std::int64_t first, std::int64_t count, const Write& write) const {
    const std::vector<Bits> table = typed<Bits>(table_), outliers = typed<Bits>(outlier_table_);
    std::array<Bits, kChunk> chunk;
    for (std::int64_t done = 0; done < count; done += kChunk) {
      const std::int64_t length = std::min(count - done, kChunk);
      fill(first + done, length, table.data(), outliers.data(), chunk.data());
      write(done, std::span<const Bits>(chunk.data(), static_cast<std::size_t>(length)));
    }
  }

  template <typename Bits>
  void make_as(std::int64_t first, std::int64_t count, Bytes array, std::int64_t at) const {
    in_chunks<Bits>(first, count, [&](std::int64_t done, std::span<const Bits> chunk) {
      if (bits_of(operand_.type) == static_cast<int>(8 * sizeof(Bits))) {
        std::memcpy(array.data() + static_cast<std::size_t>(at + done) * sizeof(Bits), chunk.data(),
                    chunk.size_bytes());
      } else {
        store_chunk(operand_.type, chunk, array, at + done);
      }
    });
  }

  template <typename Bits>
  static void store_chunk(DataType type, std::span<const Bits> chunk, Bytes array,
                          std::int64_t at) {
    for (std::size_t i = 0; i < chunk.size(); ++i) {
      store_bits(type, array.data(), at + static_cast<std::int64_t>(i), chunk[i]);
    }
  }

  /// `first` and `at` begin a block.
  void make_blocks(std::int64_t first, std::int64_t count, Bytes array, std::int64_t at) const {
    const DataType type = operand_.type;
    if (!draws_scales()) {
      in_chunks<double>(first, count, [&](std::int64_t done, std::span<const double> chunk) {
        encode_array(type, resized(chunk, first + done), array, at + done);
      });
      return;
    }
    in_chunks<std::uint8_t>(first, count, [&](std::int64_t done, auto chunk) {
      store_chunk(traits(type).element, chunk, array, at + done);
    });
    const std::int64_t block = traits(type).block;
    for (std::int64_t done = 0; done < count; done += block) {
      store_scale(type, array, (at + done) / block, drawn_scale((first + done) / block));
    }
  }

  /// Values from element `first` on, which begins a block, each block in a size of its own.
  std::vector<double> resized(std::span<const double> values, std::int64_t first) const {
    const std::int64_t block = traits(operand_.type).block;
    std::vector<double> out(values.begin(), values.end());
    double size = 1;
    for (std::size_t i = 0; i < out.size(); ++i) {
      const std::int64_t index = first + static_cast<std::int64_t>(i);
      if (index % block == 0) size = std::ldexp(1.0, -static_cast<int>(drawn(index / block) & 3));
      out[i] *= size;
    }
    return out;
  }

  double drawn_scale(std::int64_t block) const {
    return operand_.integer_limit < 2 ? 1 : 1 + (drawn(block) & 1);
  }

  std::uint32_t drawn(std::int64_t block) const {
    std::array<std::uint32_t, kPhiloxWords> random;
    philox_blocks(key_, stream_, kScales, static_cast<std::uint64_t>(block), random);
    return random[0];
  }

  template <typename Bits>
  void fill(std::int64_t first, std::int64_t count, const Bits* table, const Bits* outlier_table,
            Bits* to) const {
    alignas(64) std::array<std::uint32_t, kChunkWords> words;
    const std::int64_t each = static_cast<std::int64_t>(draw_);
    const std::int64_t in_block = 128 / each;
    const std::int64_t block = first / in_block;
    const std::int64_t blocks = (first + count - 1) / in_block - block + 1;
    philox_blocks(key_, stream_, kElements, static_cast<std::uint64_t>(block),
                  {words.data(), static_cast<std::size_t>(blocks) * kPhiloxWords});
    const auto* random =
        reinterpret_cast<const std::byte*>(words.data()) + (first - block * in_block) * each / 8;
    if (is_normal()) {
      normal(random, count, table, to);
      if (outliers_) overwrite_outliers(random, first, count, outlier_table, to);
    } else if (draw_ == Draw::bits16) {
      from_16_bits(random, count, table, to);
    } else if (draw_ == Draw::bits32) {
      from_32_bits(random, count, to);
    } else {
      from_64_bits(random, count, to);
    }
  }

  template <typename Word>
  static Word word(const std::byte* random, std::int64_t index) {
    Word value;
    std::memcpy(&value, random + index * static_cast<std::int64_t>(sizeof value), sizeof value);
    return value;
  }

  template <typename Bits>
  void from_16_bits(const std::byte* random, std::int64_t count, const Bits* table,
                    Bits* to) const {
    const auto values = static_cast<std::uint32_t>(table_.size());
    for (std::int64_t i = 0; i < count; ++i) {
      to[i] = table[word<std::uint16_t>(random, i) * values >> 16];
    }
  }

  template <typename Bits>
  void from_32_bits(const std::byte* random, std::int64_t count, Bits* to) const {
    const std::int64_t values = distribution_ == Distribution::integer
                                    ? 2 * operand_.integer_limit + 1
                                    : grid(operand_.type);
    const bool fractions = distribution_ == Distribution::uniform && !is_integer(operand_.type);
    const float step = (fractions ? static_cast<float>(unit_roundoff(operand_.type)) : 1.0f) *
                       static_cast<float>(operand_.amplification);
    for (std::int64_t i = 0; i < count; ++i) {
      const auto drawn = static_cast<std::int64_t>(
          word<std::uint32_t>(random, i) * static_cast<std::uint64_t>(values) >> 32);
      const auto whole = static_cast<std::int32_t>(drawn - values / 2);
      to[i] = wide<Bits>(operand_.type, whole, step);
    }
  }

  /// Bits of a 4- or 8-byte element; every value here is exact in its type.
  template <typename Bits>
  static Bits wide(DataType type, std::int32_t whole, float step) {
    if constexpr (sizeof(Bits) == sizeof(double)) {
      return std::bit_cast<Bits>(static_cast<double>(whole));
    } else if constexpr (sizeof(Bits) == sizeof(float)) {
      return is_integer(type) ? static_cast<Bits>(whole)
                              : std::bit_cast<Bits>(static_cast<float>(whole) * step);
    }
    return {};
  }

  template <typename Bits>
  static void from_64_bits(const std::byte* random, std::int64_t count, Bits* to) {
    for (std::int64_t i = 0; i < count; ++i) {
      const auto whole = static_cast<std::int64_t>(word<std::uint64_t>(random, i) >> 10);
      const double value = static_cast<double>(whole - (std::int64_t{1} << 53)) * 0x1p-53;
      if constexpr (sizeof(Bits) == sizeof value) to[i] = std::bit_cast<Bits>(value);
    }
  }

  template <typename Bits>
  void normal(const std::byte* random, std::int64_t count, const Bits* table, Bits* to) const {
    if (draw_ == Draw::bits32) {
      for (std::int64_t i = 0; i < count; ++i) {
        to[i] = table[sum_of_bytes(word<std::uint32_t>(random, i))];
      }
    } else {
      for (std::int64_t i = 0; i < count; ++i) {
        to[i] = table[sum_of_bytes(word<std::uint64_t>(random, i))];
      }
    }
  }

  /// The outlier channel, counted from channel `stratum` * kOutlierEvery.
  std::int64_t outlier_of(std::int64_t stratum) const {
    std::array<std::uint32_t, kPhiloxWords> random;
    philox_blocks(key_, stream_, kOutliers, static_cast<std::uint64_t>(stratum), random);
    return static_cast<std::int64_t>(random[0]) % std::min(kOutlierEvery, operand_.channel_count);
  }

  /// Elements lie in lines of channel_stride elements; consecutive lines belong to consecutive
  /// channels.
  template <typename Bits>
  void overwrite_outliers(const std::byte* random, std::int64_t first, std::int64_t count,
                          const Bits* table, Bits* to) const {
    const std::int64_t stride = operand_.channel_stride, end = first + count;
    for (std::int64_t line = first / stride; line * stride < end;) {
      const std::int64_t channel = line % operand_.channel_count;
      const std::int64_t stratum = channel / kOutlierEvery;
      const std::int64_t begin = line - channel % kOutlierEvery;
      const std::int64_t length =
          std::min(kOutlierEvery, operand_.channel_count - stratum * kOutlierEvery);
      if (const std::int64_t outlier = outlier_of(stratum); outlier < length) {
        const std::int64_t from = std::max(first, (begin + outlier) * stride) - first;
        const std::int64_t until = std::min(end, (begin + outlier + 1) * stride) - first;
        if (from < until) {
          normal(random + from * static_cast<std::int64_t>(draw_) / 8, until - from, table,
                 to + from);
        }
      }
      line = begin + length;
    }
  }

  Operand operand_;
  Distribution distribution_;
  std::uint64_t key_;
  std::uint32_t stream_;
  Draw draw_;
  bool outliers_ = false;
  std::vector<std::uint64_t> table_, outlier_table_;
};

}  // namespace assay::kernels
