#include "kernels/input.h"

#include <tbb/parallel_for.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <type_traits>

#include "kernels/philox.h"

namespace assay::kernels {

namespace {

enum class Distribution { uniform, normal, integer, llm };
constexpr std::array<std::string_view, 4> kNames = {"uniform", "normal", "integer", "llm"};

/// Random bits that one element takes.
enum class Draw : std::int64_t { bits16 = 16, bits32 = 32, bits64 = 64 };

/// A normal number is a sum of uniform bytes (Irwin-Hall), with variance (256^2 - 1) / 12 each:
/// eight of them, or four for one-byte types, which tell no finer.
std::int64_t bytes_summed(DataType type) {
  return size_of(type) == 1 ? 4 : 8;
}

constexpr double kOutlierScale = 16;
constexpr std::int64_t kOutlierEvery = 128;  ///< channels, one of which is an outlier

constexpr std::uint32_t kElements = 0, kOutliers = 1;  ///< domains of the random stream

/// Standard deviation of normal numbers: 1, and for integers, which have no fractions, more.
double deviation(DataType type, Distribution distribution) {
  const double body = distribution == Distribution::llm ? 1 / kOutlierScale : 1;
  if (type == DataType::i8) return 32 * body;
  return type == DataType::i32 ? 0x1p20 * body : 1;
}

/// Number of values that a uniform draw of a type chooses from: multiples of the unit roundoff in
/// [-1, 1), or the whole numbers of the range.
std::int64_t grid(DataType type) {
  if (type == DataType::i8) return 255;
  if (type == DataType::i32) return std::int64_t{1} << 24;
  return static_cast<std::int64_t>(2 / unit_roundoff(type));
}

std::uint32_t sum_of_bytes(std::uint64_t x) {
  constexpr std::uint64_t kEven = 0x00ff00ff00ff00ff;
  const std::uint64_t pairs = (x & kEven) + (x >> 8 & kEven);
  return static_cast<std::uint32_t>(pairs * 0x0001000100010001 >> 48);
}

std::uint32_t sum_of_bytes(std::uint32_t x) {
  constexpr std::uint32_t kEven = 0x00ff00ff;
  const std::uint32_t pairs = (x & kEven) + (x >> 8 & kEven);
  return (pairs + (pairs >> 16)) & 0xffff;
}

/// How one operand's elements come from random bits.
class Generator {
 public:
  Generator(const Problem& problem, int operand)
      : operand_(problem.operation().operands(problem).at(static_cast<std::size_t>(operand))),
        distribution_(distribution_of(problem)),
        key_(problem.hash()),
        stream_(static_cast<std::uint32_t>(operand)),
        draw_(draw_of(operand_.type, distribution_)) {
    outliers_ = distribution_ == Distribution::llm && !operand_.weights;
    if (operand_.fill == nullptr) fill_tables();
  }

  bool filled_by_problem() const { return operand_.fill != nullptr; }
  void fill_from(const Problem& problem, std::int64_t first, Bytes to) const {
    operand_.fill(problem, first, to);
  }

  DataType type() const { return operand_.type; }

  void make(std::int64_t first, std::int64_t count, std::byte* to) const {
    switch (size_of(operand_.type)) {
      case 1:
        return make_as<std::uint8_t>(first, count, to);
      case 2:
        return make_as<std::uint16_t>(first, count, to);
      case 4:
        return make_as<std::uint32_t>(first, count, to);
      default:
        return make_as<std::uint64_t>(first, count, to);
    }
  }

 private:
  static constexpr std::int64_t kChunk = 2048;  ///< elements made at a time
  static constexpr std::size_t kChunkWords = kChunk * 2 + 2 * kPhiloxWords;

  static Distribution distribution_of(const Problem& problem) {
    const auto at = std::find(kNames.begin(), kNames.end(), problem.choice("dist"));
    return static_cast<Distribution>(at - kNames.begin());
  }

  bool is_normal() const {
    return distribution_ == Distribution::normal || distribution_ == Distribution::llm;
  }

  static Draw draw_of(DataType type, Distribution distribution) {
    if (distribution == Distribution::normal || distribution == Distribution::llm) {
      return bytes_summed(type) == 4 ? Draw::bits32 : Draw::bits64;
    }
    if (size_of(type) <= 2) return Draw::bits16;
    return type == DataType::f64 && distribution == Distribution::uniform ? Draw::bits64
                                                                          : Draw::bits32;
  }

  /// What the few values that may be drawn are in the operand's type, lowest first.
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
      const bool whole = distribution_ == Distribution::integer || operand_.type == DataType::i8;
      const std::int64_t values = distribution_ == Distribution::integer
                                      ? 2 * operand_.integer_limit + 1
                                      : grid(operand_.type);
      const double step = whole ? 1 : unit_roundoff(operand_.type);
      for (std::int64_t i = 0; i < values; ++i) {
        table_.push_back(bits(static_cast<double>(i - values / 2) * step));
      }
    }
  }

  /// Of a value that the type holds or rounds; integers stay within ±largest.
  std::uint64_t bits(double value) const {
    if (!is_integer(operand_.type)) return encode(operand_.type, value);
    const double most = largest(operand_.type);
    return encode(operand_.type, std::clamp(value, -most, most));
  }

  template <typename Bits>
  void make_as(std::int64_t first, std::int64_t count, std::byte* to) const {
    const std::vector<Bits> table(table_.begin(), table_.end());
    const std::vector<Bits> outlier_table(outlier_table_.begin(), outlier_table_.end());
    std::array<Bits, kChunk> chunk;
    while (count > 0) {
      const std::int64_t length = std::min(count, kChunk);
      fill(first, length, table.data(), outlier_table.data(), chunk.data());
      std::memcpy(to, chunk.data(), static_cast<std::size_t>(length) * sizeof(Bits));
      first += length;
      count -= length;
      to += length * static_cast<std::int64_t>(sizeof(Bits));
    }
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
    const float step = fractions ? static_cast<float>(unit_roundoff(operand_.type)) : 1.0f;
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
    using Word = std::conditional_t<sizeof(Bits) == 1, std::uint32_t, std::uint64_t>;
    for (std::int64_t i = 0; i < count; ++i) to[i] = table[sum_of_bytes(word<Word>(random, i))];
  }

  /// Which of the channels from `stratum` * kOutlierEvery on is the outlier.
  std::int64_t outlier_of(std::int64_t stratum) const {
    std::array<std::uint32_t, kPhiloxWords> random;
    philox_blocks(key_, stream_, kOutliers, static_cast<std::uint64_t>(stratum), random);
    return static_cast<std::int64_t>(random[0]) % std::min(kOutlierEvery, operand_.channel_count);
  }

  /// Elements first … first + count - 1 lie in lines of channel_stride, one of each channel in
  /// turn.
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

constexpr std::byte kPoisonFloat{0xff}, kPoisonInteger{0x80};

std::byte poison_byte(DataType type) {
  return is_integer(type) ? kPoisonInteger : kPoisonFloat;
}

}  // namespace

std::span<const std::string_view> distributions() {
  return kNames;
}

struct OperandSource::Parts {
  Problem problem;
  Generator generator;
};

OperandSource::OperandSource(const Problem& problem, int operand)
    : parts_(std::make_unique<const Parts>(Parts{problem, Generator(problem, operand)})) {}

OperandSource::~OperandSource() = default;

void OperandSource::generate(std::int64_t first, Bytes to) const {
  const Generator& generator = parts_->generator;
  if (generator.filled_by_problem()) return generator.fill_from(parts_->problem, first, to);
  generator.make(first, static_cast<std::int64_t>(to.size() / size_of(generator.type())),
                 to.data());
}

void generate(const Problem& problem, int operand, std::int64_t first, Bytes to) {
  OperandSource(problem, operand).generate(first, to);
}

void generate_parallel(const Problem& problem, int operand, Bytes to, std::int64_t first) {
  const Generator generator(problem, operand);
  if (generator.filled_by_problem()) return generator.fill_from(problem, first, to);
  const auto size = static_cast<std::int64_t>(size_of(generator.type()));
  const std::int64_t count = static_cast<std::int64_t>(to.size()) / size;
  constexpr std::int64_t kPart = 1 << 16;
  tbb::parallel_for(std::int64_t{0}, (count + kPart - 1) / kPart, [&](std::int64_t part) {
    const std::int64_t begin = part * kPart;
    generator.make(first + begin, std::min(kPart, count - begin), to.data() + begin * size);
  });
}

void poison(DataType type, Bytes buffer) {
  std::fill(buffer.begin(), buffer.end(), poison_byte(type));
}

std::int64_t count_poisoned(DataType type, ConstBytes buffer) {
  const std::size_t size = size_of(type);
  std::array<std::byte, 8> pattern;
  pattern.fill(poison_byte(type));
  std::int64_t poisoned = 0;
  for (std::size_t at = 0; at + size <= buffer.size(); at += size) {
    if (std::memcmp(buffer.data() + at, pattern.data(), size) == 0) ++poisoned;
  }
  return poisoned;
}

}  // namespace assay::kernels
