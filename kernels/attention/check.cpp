#include "kernels/attention/check.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <mutex>
#include <numeric>
#include <set>

#include "kernels/attention/bound.h"
#include "kernels/attention/hull.h"
#include "kernels/attention/rows.h"

namespace assay::kernels {

namespace {

constexpr std::size_t kFaultsRecomputed = 16;
constexpr std::int64_t kLeastRows = 64;

/// All rows where `full_flop` is enough; else the boundary queries spread over the heads, then one
/// query of every head and random rows, as long as the budget lasts.
std::vector<std::int64_t> choose_rows(const AttentionShape& s, double flop_per_row,
                                      const CheckOptions& options) {
  const std::int64_t heads = s.b * s.hq, total = heads * s.sq;
  const double affordable = options.full_flop / flop_per_row;
  std::vector<std::int64_t> rows;
  if (affordable >= static_cast<double>(total)) {
    rows.resize(static_cast<std::size_t>(total));
    std::iota(rows.begin(), rows.end(), 0);
    return rows;
  }
  const std::int64_t budget =
      std::min(total, std::max(kLeastRows, static_cast<std::int64_t>(affordable)));
  std::set<std::int64_t> chosen = {0, total - 1};
  Draws draws{options.seed};
  std::int64_t head = draws.next(heads);
  for (const std::int64_t query : boundary_indices(s.sq)) {
    chosen.insert(head * s.sq + query);
    head = (head + 1) % heads;
  }
  const auto room = [&] { return static_cast<std::int64_t>(chosen.size()) < budget; };
  for (std::int64_t i = 0; i < heads && room(); ++i) {
    chosen.insert((head + i) % heads * s.sq + draws.next(s.sq));
  }
  while (room()) chosen.insert(draws.next(total));
  return {chosen.begin(), chosen.end()};
}

Tally compare(const AttentionShape& s, const AttentionInputs& inputs, const std::byte* output,
              const std::vector<std::int64_t>& rows) {
  Tally total;
  std::mutex merging;
  for_each_attention_row(s, inputs, rows, [&](const AttentionRow& row) {
    std::vector<double> got(row.value.size());
    decode_array(s.type, output, row.index * s.dv, got);
    Tally tally;
    for (std::size_t c = 0; c < got.size(); ++c) {
      judge(s.type, row.index * s.dv + static_cast<std::int64_t>(c), got[c], row.value[c],
            attention_bound(s, row, c), tally);
    }
    const std::lock_guard lock(merging);
    total.merge(tally);
  });
  return total;
}

std::string place_of(const AttentionShape& s, std::int64_t row) {
  return fmt::format("batch {}, head {}, query {}", row / s.sq / s.hq, row / s.sq % s.hq,
                     row % s.sq);
}

}  // namespace

Check check_attention(const AttentionShape& s, const AttentionInputs& inputs,
                      ConstBytes output_bytes, double flop, const CheckOptions& options) {
  const std::byte* const output = output_bytes.data();
  const std::int64_t total = s.b * s.hq * s.sq;
  const double flop_per_row = flop / static_cast<double>(total);
  const HullScan hull = scan_hull(s, inputs.v, output, kFaultsRecomputed);
  const std::vector<std::int64_t> rows = choose_rows(s, flop_per_row, options);
  std::set<std::int64_t> all(rows.begin(), rows.end());
  all.insert(hull.rows.begin(), hull.rows.end());
  const Tally tally = compare(s, inputs, output, {all.begin(), all.end()});

  const std::string how_many = static_cast<std::int64_t>(rows.size()) == total
                                   ? "every row in FP64"
                                   : fmt::format("{} of {} rows in FP64", rows.size(), total);
  Check check =
      conclude(tally, "every element finite and within the range of V, " + how_many, s.type,
               output_bytes, [&](std::int64_t index) {
                 return fmt::format("{}, column {}", place_of(s, index / s.dv), index % s.dv);
               });
  if (hull.count > 0) {
    worsen(check, Outcome::suspicious, 1,
           fmt::format("{}: outside the range of the rows of V that it sees; {} such rows",
                       place_of(s, hull.rows[0]), hull.count));
  }
  return check;
}

Check attention_check(const Problem& problem, std::span<const ConstBytes> buffers,
                      const CheckOptions& options) {
  return check_attention(attention_shape(problem),
                         {buffers[0].data(), buffers[1].data(), buffers[2].data()}, buffers[3],
                         problem.operation().work(problem).flop, options);
}

}  // namespace assay::kernels
