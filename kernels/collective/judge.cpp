#include "kernels/collective/judge.h"

#include <fmt/format.h>
#include <tbb/parallel_for.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <mutex>
#include <set>

namespace assay::kernels {

namespace {

constexpr std::int64_t kBlock = 4096;  ///< elements judged at a time
constexpr std::int64_t kRandomBlocks =
    64;  ///< of a large output, in addition to those at boundaries
constexpr std::int64_t kScanned = 1 << 18;  ///< elements scanned at a time
constexpr double kFlopPerTerm = 8;          ///< cost of generating and adding one term

/// Expected sums, and the sums of the magnitudes of their terms.
struct Sums {
  std::vector<double> values, sizes;
};

class Judge {
 public:
  Judge(const Owed& owed, const InputReader& read, ConstBytes output)
      : owed_(owed), read_(read), output_(output) {}

  Tally compare(const Segment& block) const {
    return owed_.layout.terms == 1 ? compare_moved(block) : compare_summed(block);
  }

  /// Finds elements that are out of range, not finite or never written.
  Tally scan(std::int64_t first, std::int64_t count) const {
    Tally tally;
    std::vector<double> values(static_cast<std::size_t>(count));
    decode_array(owed_.layout.type, output_.data(), first, values);
    for (std::int64_t i = 0; i < count; ++i) {
      const double value = values[static_cast<std::size_t>(i)];
      if (std::isfinite(value) && std::fabs(value) <= owed_.range) continue;
      tally.note_different({first + i, value, 0, owed_.range});
    }
    return tally;
  }

  Sums sums(const Segment& block) const {
    const auto count = static_cast<std::size_t>(block.count);
    Sums sums{std::vector<double>(count), std::vector<double>(count)};
    std::vector<double> term(count);
    std::vector<std::byte> bytes(bytes_for(block.count));
    for (std::int64_t t = 0; t < owed_.layout.terms; ++t) {
      read_(block.from + t * owed_.layout.stride, bytes);
      decode_array(owed_.layout.type, bytes.data(), 0, term);
      for (std::size_t i = 0; i < count; ++i) {
        sums.values[i] += term[i];
        sums.sizes[i] += std::fabs(term[i]);
      }
    }
    return sums;
  }

 private:
  std::size_t bytes_for(std::int64_t elements) const {
    return static_cast<std::size_t>(bytes_of(owed_.layout.type, elements));
  }

  Tally compare_moved(const Segment& block) const {
    const DataType type = owed_.layout.type;
    std::vector<std::byte> expected(bytes_for(block.count));
    read_(block.from, expected);
    Tally tally;
    tally.compared = block.count;
    if (same_bits(type, expected, 0, output_, block.to, block.count)) return tally;
    for (std::int64_t i = 0; i < block.count; ++i) {
      if (same_bits(type, expected, i, output_, block.to + i, 1)) continue;
      tally.note_different(
          {block.to + i, load(type, output_, block.to + i), load(type, expected.data(), i), 0});
    }
    return tally;
  }

  /// The order of additions is free, and each of them may round once.
  Tally compare_summed(const Segment& block) const {
    const DataType type = owed_.layout.type;
    const Sums owed = sums(block);
    Tally tally;
    for (std::int64_t i = 0; i < block.count; ++i) {
      const auto at = static_cast<std::size_t>(i);
      const double got = load(type, output_.data(), block.to + i);
      if (owed_.exact) {
        judge_exact(type, block.to + i, got, owed.values[at], tally);
      } else {
        const double bound =
            rounding_bound(type, owed.sizes[at]) * static_cast<double>(owed_.layout.terms);
        judge(type, block.to + i, got, owed.values[at], {bound, bound, 0}, tally);
      }
    }
    return tally;
  }

  const Owed& owed_;
  const InputReader& read_;
  ConstBytes output_;
};

/// Adds all blocks of the segment.
void cover(const Segment& segment, std::vector<Segment>& blocks) {
  for (std::int64_t at = 0; at < segment.count; at += kBlock) {
    blocks.push_back({segment.to + at, std::min(kBlock, segment.count - at), segment.from + at});
  }
}

/// Adds blocks where chunks of a pipeline or a tree may meet, and random ones.
void sample(const Segment& segment, std::int64_t length, std::int64_t random, Draws& draws,
            std::vector<Segment>& blocks) {
  std::vector<std::int64_t> middles = {0, segment.count};
  for (std::int64_t power = kBlock; power < segment.count && random > 0; power *= 2) {
    middles.push_back(power);
    middles.push_back(segment.count - power);
  }
  for (std::int64_t eighth = 1; eighth < 8 && random > 0; ++eighth) {
    middles.push_back(segment.count / 8 * eighth);
  }
  std::set<std::int64_t> spread;
  if (random > 0) insert_one_of_each_run(segment.count, random, draws, spread);
  middles.insert(middles.end(), spread.begin(), spread.end());
  for (const std::int64_t middle : middles) {
    const std::int64_t begin = std::clamp<std::int64_t>(
        middle - length / 2, 0, std::max<std::int64_t>(0, segment.count - length));
    blocks.push_back(
        {segment.to + begin, std::min(length, segment.count - begin), segment.from + begin});
  }
}

struct Plan {
  std::vector<Segment> blocks;
  bool sampled = false;
};

Plan plan(const Owed& owed, std::int64_t rank, const CheckOptions& options) {
  const std::vector<Segment> segments = owed.segments(rank);
  double terms = 0;
  for (const Segment& one : segments) {
    terms += static_cast<double>(one.count) * static_cast<double>(owed.layout.terms);
  }
  Plan plan;
  plan.sampled = terms > options.full_flop / kFlopPerTerm;
  Draws draws{options.seed};
  const auto count = static_cast<std::int64_t>(segments.size());
  const std::int64_t random = count > kRandomBlocks ? 0 : (kRandomBlocks + count - 1) / count;
  const std::int64_t length =
      std::clamp<std::int64_t>((std::int64_t{1} << 20) / owed.layout.terms, 256, kBlock);
  for (const Segment& segment : segments) {
    if (segment.count == 0) continue;
    if (plan.sampled) {
      sample(segment, length, random, draws, plan.blocks);
    } else {
      cover(segment, plan.blocks);
    }
  }
  return plan;
}

/// "rank 3, element 5", with the source rank of a moved element.
std::string place_of(const Owed& owed, std::int64_t rank, std::int64_t index) {
  std::string text = fmt::format("rank {}, element {}", rank, index);
  if (owed.layout.terms > 1) return text;
  for (const Segment& segment : owed.segments(rank)) {
    if (index < segment.to || index >= segment.to + segment.count) continue;
    std::int64_t source = 0, held = segment.from + index - segment.to;
    while (held >= owed.layout.held[static_cast<std::size_t>(source)]) {
      held -= owed.layout.held[static_cast<std::size_t>(source++)];
    }
    return text + fmt::format(" (element {} of rank {})", held, source);
  }
  return text;
}

}  // namespace

Owed::Owed(const Problem& given)
    : problem(given), layout(given.operation().collective->layout(given)) {
  const bool whole = problem.choice("dist") == "integer";
  exact = layout.terms == 1 || whole || is_integer(layout.type);
  const Operand b = problem.operation().operands(problem)[0];
  range = whole ? static_cast<double>(b.integer_limit) * static_cast<double>(layout.terms)
                : std::numeric_limits<double>::infinity();
  // The poison is the lowest value of this type.
  if (!whole && layout.type == DataType::i8) range = largest(DataType::i8);
}

std::vector<Segment> Owed::segments(std::int64_t rank) const {
  return problem.operation().collective->segments(layout, problem, rank);
}

void write_owed(const Owed& owed, std::int64_t rank, const InputReader& read, Bytes output) {
  const Judge judge(owed, read, output);
  const DataType type = owed.layout.type;
  for (const Segment& segment : owed.segments(rank)) {
    if (segment.count == 0) continue;
    if (owed.layout.terms == 1) {
      read(segment.from, output.subspan(static_cast<std::size_t>(bytes_of(type, segment.to)),
                                        static_cast<std::size_t>(bytes_of(type, segment.count))));
      continue;
    }
    std::vector<Segment> blocks;
    cover(segment, blocks);
    for (const Segment& block : blocks) {
      encode_array(type, judge.sums(block).values, output.data(), block.to);
    }
  }
}

Check judge_received(const Owed& owed, std::int64_t rank, const InputReader& read,
                     ConstBytes output, const CheckOptions& options) {
  const Judge judge(owed, read, output);
  const Plan planned = plan(owed, rank, options);
  const auto elements = owed.layout.received[static_cast<std::size_t>(rank)];
  Tally total;
  std::mutex merging;
  const auto add = [&](const Tally& tally) {
    const std::lock_guard lock(merging);
    total.merge(tally);
  };
  tbb::parallel_for(std::size_t{0}, planned.blocks.size(),
                    [&](std::size_t i) { add(judge.compare(planned.blocks[i])); });
  if (planned.sampled) {
    tbb::parallel_for(std::int64_t{0}, (elements + kScanned - 1) / kScanned, [&](std::int64_t i) {
      add(judge.scan(i * kScanned, std::min(kScanned, elements - i * kScanned)));
    });
  }
  std::string method = owed.exact ? "every element, bit for bit" : "every element in FP64";
  if (planned.sampled) {
    method = fmt::format("{} blocks {}, and all elements within range", planned.blocks.size(),
                         owed.exact ? "bit for bit" : "in FP64");
  }
  if (elements == 0) method = "nothing to receive on this rank";
  return conclude(total, std::move(method), owed.layout.type, output,
                  [&](std::int64_t index) { return place_of(owed, rank, index); });
}

}  // namespace assay::kernels
