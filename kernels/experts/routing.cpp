#include "kernels/experts/routing.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <numeric>

#include "kernels/checking.h"
#include "kernels/error.h"
#include "kernels/fields.h"

namespace assay::kernels {

namespace {

constexpr std::int64_t kGroups = 8, kGroupsATokenMayUse = 4;
constexpr std::int64_t kMostExperts = 4096;
constexpr std::int64_t kMostTokens = std::int64_t{1} << 26;  ///< over all ranks

constexpr std::int64_t kUsualExperts = 256;  ///< of DeepSeek-V3

std::string usual_experts(const Problem& so_far) {
  const std::int64_t ranks = so_far.dimension("ranks");
  if (ranks > kMostExperts) return std::to_string(kUsualExperts);  // is refused
  const std::int64_t step = std::lcm(ranks, kGroups);
  return std::to_string((kUsualExperts + step - 1) / step * step);
}

[[noreturn]] void refuse(const std::string& what, const std::string& hint) {
  throw InputError(what, hint);
}

/// Makes the first `count` numbers a random choice of the first `below`, without repetition; the
/// next call continues with the order that this one leaves.
template <class Numbers>
void draw_first(Numbers& numbers, std::int64_t below, std::int64_t count, Draws& draws) {
  for (std::int64_t i = 0; i < count; ++i) {
    const std::int64_t other = i + draws.next(below - i);
    std::swap(numbers[static_cast<std::size_t>(i)], numbers[static_cast<std::size_t>(other)]);
  }
}

/// Calls `choose` with each expert of every token, rank by rank.
template <class Choose>
void route_grouped(const Problem& problem, const Choose& choose) {
  const std::int64_t ranks = problem.dimension("ranks"), tokens = problem.dimension("tokens");
  const std::int64_t in_group = problem.dimension("experts") / kGroups;
  const std::int64_t top_k = problem.dimension("top_k");
  std::array<std::int64_t, kGroups> groups;
  std::iota(groups.begin(), groups.end(), 0);
  std::vector<std::int64_t> open(static_cast<std::size_t>(in_group * kGroupsATokenMayUse));
  std::iota(open.begin(), open.end(), 0);
  Draws draws{problem.hash()};
  for (std::int64_t rank = 0; rank < ranks; ++rank) {
    for (std::int64_t token = 0; token < tokens; ++token) {
      draw_first(groups, kGroups, kGroupsATokenMayUse, draws);
      draw_first(open, in_group * kGroupsATokenMayUse, top_k, draws);
      for (std::int64_t k = 0; k < top_k; ++k) {
        const std::int64_t one = open[static_cast<std::size_t>(k)];
        choose(rank, groups[static_cast<std::size_t>(one / in_group)] * in_group + one % in_group);
      }
    }
  }
}

template <class Choose>
void route_balanced(const Problem& problem, const Choose& choose) {
  const std::int64_t ranks = problem.dimension("ranks");
  const std::int64_t rows = problem.dimension("tokens") * problem.dimension("top_k");
  for (std::int64_t rank = 0; rank < ranks; ++rank) {
    for (std::int64_t row = 0; row < rows; ++row) {
      choose(rank, (rank * rows + row) % problem.dimension("experts"));
    }
  }
}

/// Sums of a matrix of counts: per source over all destinations, or per destination.
std::vector<std::int64_t> sums(const std::vector<std::int64_t>& counts, std::int64_t ranks,
                               bool by_source) {
  std::vector<std::int64_t> all(static_cast<std::size_t>(ranks), 0);
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const auto r = static_cast<std::size_t>(ranks);
    all[by_source ? i / r : i % r] += counts[i];
  }
  return all;
}

CollectiveLayout exchange_layout(const Problem& problem, std::vector<std::int64_t> counts) {
  const std::int64_t ranks = problem.dimension("ranks"), hidden = problem.dimension("hidden");
  for (std::int64_t& count : counts) count *= hidden;
  CollectiveLayout layout;
  layout.type = problem.type("type");
  layout.held = sums(counts, ranks, true);
  layout.received = sums(counts, ranks, false);
  layout.counted = problem.dimension("tokens") * problem.dimension("top_k") * hidden;
  layout.unit = hidden;
  layout.counts = std::move(counts);
  return layout;
}

}  // namespace

std::vector<Field> expert_fields(std::string_view type) {
  return {
      ranks_field(),
      dimension_field("tokens", "tokens of each rank"),
      dimension_field("hidden", "elements per token", Default{"7168"}),
      dimension_field(
          "experts", "experts over all ranks, evenly shared",
          Default{"the least multiple of ranks and 8 that is at least 256", usual_experts}),
      dimension_field("top_k", "experts per token", Default{"8"}),
      type_field("type", {"f32", "bf16", "f16", "f8e4m3", "f8e5m2", "i8"}, "type of the elements",
                 Default{type}),
      choice_field("routing", {"grouped", "balanced"},
                   "how tokens choose experts: at random from 4 of 8 groups of experts, chosen at "
                   "random; or evenly",
                   Default{"grouped"}),
      exact_distribution_field(),
      seed_field(),
  };
}

void validate_experts(const Problem& problem) {
  const std::int64_t ranks = problem.dimension("ranks"), tokens = problem.dimension("tokens"),
                     experts = problem.dimension("experts"), top_k = problem.dimension("top_k");
  const bool grouped = problem.choice("routing") == "grouped";
  if (experts > kMostExperts) {
    refuse(fmt::format("field experts: {} is too many", experts),
           fmt::format("use experts <= {}", kMostExperts));
  }
  if (experts % ranks != 0) {
    refuse(fmt::format("field experts: {} is not a multiple of ranks={}", experts, ranks),
           "use a multiple of ranks");
  }
  if (grouped && experts % kGroups != 0) {
    refuse(fmt::format("field experts: {} is not a multiple of {}, the number of groups", experts,
                       kGroups),
           fmt::format("use a multiple of {}, or routing=balanced", kGroups));
  }
  const std::int64_t open = grouped ? experts / kGroups * kGroupsATokenMayUse : experts;
  if (top_k > open) {
    refuse(fmt::format("field top_k: a token can go to at most {} experts", open),
           fmt::format("use top_k <= {}", open));
  }
  if (tokens > kMostTokens / ranks / top_k) {
    refuse(fmt::format("field tokens: {} on each of {} ranks is too many", tokens, ranks),
           fmt::format("use tokens <= {}", kMostTokens / ranks / top_k));
  }
  require_parts("hidden", problem, problem.dimension("hidden"));
  require_addressable("tokens, hidden", {ranks, tokens, top_k, problem.dimension("hidden")});
}

std::vector<std::int64_t> rows_between(const Problem& problem) {
  const std::int64_t ranks = problem.dimension("ranks");
  const std::int64_t on_a_rank = problem.dimension("experts") / ranks;
  std::vector<std::int64_t> rows(static_cast<std::size_t>(ranks * ranks), 0);
  const auto choose = [&](std::int64_t rank, std::int64_t expert) {
    ++rows[static_cast<std::size_t>(rank * ranks + expert / on_a_rank)];
  };
  if (problem.choice("routing") == "balanced") {
    route_balanced(problem, choose);
  } else {
    route_grouped(problem, choose);
  }
  return rows;
}

CollectiveLayout dispatch_layout(const Problem& problem) {
  return exchange_layout(problem, rows_between(problem));
}

CollectiveLayout combine_layout(const Problem& problem) {
  const std::vector<std::int64_t> there = rows_between(problem);
  const auto ranks = static_cast<std::size_t>(problem.dimension("ranks"));
  std::vector<std::int64_t> back(there.size());
  for (std::size_t s = 0; s < ranks; ++s) {
    for (std::size_t d = 0; d < ranks; ++d) back[d * ranks + s] = there[s * ranks + d];
  }
  return exchange_layout(problem, std::move(back));
}

std::vector<Segment> exchange_segments(const CollectiveLayout& layout, const Problem&,
                                       std::int64_t rank) {
  const auto ranks = static_cast<std::size_t>(layout.ranks());
  const auto self = static_cast<std::size_t>(rank);
  std::vector<Segment> all;
  std::int64_t to = 0, held_before = 0;
  for (std::size_t source = 0; source < ranks; ++source) {
    const auto row = layout.counts.begin() + static_cast<std::ptrdiff_t>(source * ranks);
    const std::int64_t before = std::accumulate(row, row + rank, std::int64_t{0});
    const std::int64_t count = layout.counts[source * ranks + self];
    all.push_back({to, count, held_before + before});
    to += count;
    held_before += layout.held[source];
  }
  return all;
}

}  // namespace assay::kernels
