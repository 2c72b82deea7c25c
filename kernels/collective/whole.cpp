#include "kernels/collective/whole.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <stdexcept>

#include "kernels/collective/judge.h"
#include "kernels/error.h"
#include "kernels/fields.h"

namespace assay::kernels {

namespace {

constexpr std::int64_t kMostRanks = 65536;

std::int64_t sum_until(const std::vector<std::int64_t>& counts, std::int64_t rank) {
  return std::accumulate(counts.begin(), counts.begin() + rank, std::int64_t{0});
}

std::int64_t sum(const std::vector<std::int64_t>& counts) {
  return sum_until(counts, static_cast<std::int64_t>(counts.size()));
}

CollectiveLayout layout_of(const Problem& problem) {
  return problem.operation().collective->layout(problem);
}

/// Largest integers whose sum over all terms is exact in the type.
std::int64_t integer_limit(DataType type, std::int64_t terms) {
  if (terms == 1) return exact_integer_limit(type);
  const double most = is_integer(type) ? largest(type) : 1 / unit_roundoff(type);
  return std::min(exact_integer_limit(type),
                  static_cast<std::int64_t>(most / static_cast<double>(terms)));
}

Operand input(const CollectiveLayout& layout, std::int64_t elements) {
  return {"b",         Role::input,
          layout.type, {elements},
          false,       integer_limit(layout.type, layout.terms),
          1,           std::max<std::int64_t>(1, elements)};
}

Operand output(const CollectiveLayout& layout, std::int64_t elements) {
  return {"a", Role::output, layout.type, {elements}};
}

/// A rank's slice of an array of the whole.
template <class Span>
Span slice(const CollectiveLayout& layout, const std::vector<std::int64_t>& counts,
           std::int64_t rank, Span whole) {
  const auto bytes = [&](std::int64_t elements) {
    return static_cast<std::size_t>(bytes_of(layout.type, elements));
  };
  return whole.subspan(bytes(sum_until(counts, rank)),
                       bytes(counts[static_cast<std::size_t>(rank)]));
}

/// Reads from the whole input in memory.
InputReader reader_of(DataType type, ConstBytes whole) {
  return [type, whole](std::int64_t first, Bytes to) {
    const std::int64_t count = count_in(type, static_cast<std::int64_t>(to.size()));
    for (std::int64_t i = 0; bits_of(type) % 8 != 0 && i < count; ++i) {
      store_bits(type, to.data(), i, load_bits(type, whole.data(), first + i));
    }
    if (bits_of(type) % 8 != 0) return;
    const auto from = whole.subspan(static_cast<std::size_t>(bytes_of(type, first)), to.size());
    std::copy(from.begin(), from.end(), to.begin());
  };
}

}  // namespace

std::vector<Operand> collective_operands(const Problem& problem) {
  const CollectiveLayout layout = layout_of(problem);
  return {input(layout, sum(layout.held)), output(layout, sum(layout.received))};
}

Work collective_work(const Problem& problem) {
  const CollectiveLayout layout = layout_of(problem);
  return {0, static_cast<double>(bytes_of(layout.type, layout.counted)), layout.type};
}

void collective_reference(const Problem& problem, std::span<const ConstBytes> buffers,
                          std::span<const Bytes> outputs) {
  const Owed owed(problem);
  const InputReader read = reader_of(owed.layout.type, buffers[0]);
  for (std::int64_t rank = 0; rank < owed.layout.ranks(); ++rank) {
    write_owed(owed, rank, read, slice(owed.layout, owed.layout.received, rank, outputs[0]));
  }
}

Check collective_check(const Problem& problem, std::span<const ConstBytes> buffers,
                       const CheckOptions& options) {
  const Owed owed(problem);
  const InputReader read = reader_of(owed.layout.type, buffers[0]);
  Check all;
  for (std::int64_t rank = 0; rank < owed.layout.ranks(); ++rank) {
    const Check one = judge_received(
        owed, rank, read, slice(owed.layout, owed.layout.received, rank, buffers[1]), options);
    all.elements += one.elements;
    all.method = one.method;
    worsen(all, one.outcome, one.worst, one.where);
  }
  return all;
}

std::int64_t Collective::ranks(const Problem& problem) const {
  return problem.dimension("ranks");
}

std::vector<RankOperand> Collective::operands(const Problem& problem, std::int64_t rank) const {
  const CollectiveLayout made = layout(problem);
  const auto at = static_cast<std::size_t>(rank);
  return {{input(made, made.held.at(at)), sum_until(made.held, rank)},
          {output(made, made.received.at(at)), sum_until(made.received, rank)}};
}

Check Collective::check(const Problem& problem, std::int64_t rank,
                        std::span<const ConstBytes> buffers, const CheckOptions& options) const {
  const Owed owed(problem);
  const OperandSource source(problem, 0);
  return judge_received(
      owed, rank, [&](std::int64_t first, Bytes to) { source.generate(first, to); }, buffers[1],
      options);
}

std::vector<Passage> passages(const CollectiveLayout& layout, const Problem& problem,
                              std::int64_t rank) {
  const Collective& collective = *problem.operation().collective;
  std::vector<std::int64_t> ends;
  for (const std::int64_t held : layout.held)
    ends.push_back(held + (ends.empty() ? 0 : ends.back()));
  const std::int64_t own =
      ends[static_cast<std::size_t>(rank)] - layout.held[static_cast<std::size_t>(rank)];
  std::vector<Passage> all(layout.held.size());
  for (std::int64_t to = 0; to < layout.ranks(); ++to) {
    all[static_cast<std::size_t>(to)].peer = to;
    for (const Segment& segment : collective.segments(layout, problem, to)) {
      const auto source = std::upper_bound(ends.begin(), ends.end(), segment.from) - ends.begin();
      if (segment.count == 0) continue;
      if (source == rank) {
        all[static_cast<std::size_t>(to)].from = segment.from - own;
        all[static_cast<std::size_t>(to)].sent = segment.count;
      }
      if (to == rank) {
        all[static_cast<std::size_t>(source)].to = segment.to;
        all[static_cast<std::size_t>(source)].received = segment.count;
      }
    }
  }
  return all;
}

double Collective::bus_factor(const Problem& problem) const {
  return factor(static_cast<double>(ranks(problem)));
}

Field ranks_field() {
  return dimension_field("ranks", "number of ranks, one device each");
}

Field summed_type_field() {
  return type_field("type", {"f64", "f32", "bf16", "f16", "i8", "i32"}, "type of the elements");
}

Field exact_distribution_field() {
  return distribution_field({"integer"});
}

void require_ranks(const Problem& problem, std::int64_t each) {
  const std::int64_t ranks = problem.dimension("ranks");
  if (ranks > kMostRanks) {
    throw InputError(fmt::format("field ranks: {} is too many", ranks),
                     fmt::format("use ranks <= {}", kMostRanks));
  }
  require_addressable("n, ranks", {each, ranks, ranks});
  require_parts("n", problem, problem.dimension("n"));
}

void require_parts(std::string_view field, const Problem& problem, std::int64_t elements) {
  const DataType type = problem.type("type");
  if (is_block_scaled(type)) {
    throw InputError(
        fmt::format("field type: {} has block scales, and a part of such an array is no array",
                    name(type)),
        "use a type without block scales");
  }
  if (elements * bits_of(type) % 8 == 0) return;
  throw InputError(fmt::format("field {}: {} elements of {} do not fill whole bytes", field,
                               elements, name(type)),
                   "use a multiple of 8");
}

void require_sums(const Problem& problem, std::int64_t each) {
  require_ranks(problem, each);
  const DataType type = problem.type("type");
  const std::int64_t ranks = problem.dimension("ranks");
  const bool whole = problem.choice("dist") == "integer";
  if (is_integer(type) && !whole) {
    throw InputError(
        fmt::format("field dist: {} sums of {} overflow", problem.choice("dist"), name(type)),
        "use dist=integer");
  }
  if (!whole || integer_limit(type, ranks) >= 1) return;
  throw InputError(fmt::format("field type: {} cannot hold exact sums of integers over {} ranks",
                               name(type), ranks),
                   is_integer(type) ? "use type=i32" : "use type=f32, or dist=uniform");
}

CollectiveLayout even_layout(const Problem& problem, std::int64_t held, std::int64_t received,
                             std::int64_t counted) {
  CollectiveLayout layout;
  const auto ranks = static_cast<std::size_t>(problem.dimension("ranks"));
  layout.type = problem.type("type");
  layout.held.assign(ranks, held);
  layout.received.assign(ranks, received);
  layout.counted = counted;
  return layout;
}

double shared_factor(double ranks) {
  return (ranks - 1) / ranks;
}

double one_way_factor(double) {
  return 1;
}

}  // namespace assay::kernels
