#include "kernels/attention/check.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <mutex>
#include <numeric>
#include <set>

#include "kernels/attention/bound.h"
#include "kernels/attention/hull.h"
#include "kernels/attention/rows.h"
#include "kernels/narrower.h"

namespace assay::kernels {

namespace {

constexpr std::size_t kFaultsRecomputed = 16;
constexpr std::int64_t kLeastRows = 64;
constexpr std::int64_t kShortestRun = 16;

/// Rows to recompute, and how closely they lie.
struct Sample {
  std::vector<std::int64_t> rows;
  std::int64_t run = 1;  ///< one row of every run of so many queries of a head; of all rows, where
                         ///< that is more than a head has
};

/// All rows where `full_flop` is enough. Else one random row of every run of 16 queries in each
/// head, so that no wrong tile of as many is missed; of longer runs where that costs too much; the
/// boundary queries spread over the heads; and random rows as long as the budget lasts.
Sample choose_rows(const AttentionShape& s, double flop_per_row, const CheckOptions& options) {
  const std::int64_t heads = s.b * s.hq, total = heads * s.sq;
  const auto affordable = static_cast<std::int64_t>(
      std::min(options.full_flop / flop_per_row, static_cast<double>(total)));
  const std::int64_t budget = std::min(total, std::max(kLeastRows, affordable));
  Sample sample;
  if (budget == total) {
    sample.rows.resize(static_cast<std::size_t>(total));
    std::iota(sample.rows.begin(), sample.rows.end(), 0);
    return sample;
  }
  std::set<std::int64_t> chosen = {0, total - 1};
  Draws draws{options.seed};
  std::int64_t head = draws.next(heads);
  for (const std::int64_t query : boundary_indices(s.sq)) {
    chosen.insert(head * s.sq + query);
    head = (head + 1) % heads;
  }
  const std::int64_t left =
      std::max<std::int64_t>(1, budget - static_cast<std::int64_t>(chosen.size()));
  const auto runs = [&](std::int64_t length) { return (s.sq + length - 1) / length; };
  sample.run = kShortestRun;
  while (sample.run < s.sq && heads * runs(sample.run) > left) sample.run *= 2;
  if (heads * runs(sample.run) > left) {
    insert_one_of_each_run(total, left, draws, chosen);
    sample.run = (total + left - 1) / left;
  } else {
    for (std::int64_t first = 0; first < total; first += s.sq) {
      for (std::int64_t query = 0; query < s.sq; query += sample.run) {
        chosen.insert(first + query + draws.next(std::min(sample.run, s.sq - query)));
      }
    }
  }
  while (static_cast<std::int64_t>(chosen.size()) < budget) chosen.insert(draws.next(total));
  sample.rows.assign(chosen.begin(), chosen.end());
  return sample;
}

/// Compares the elements of these rows that lie in `range`.
Tally compare(const AttentionShape& s, const AttentionInputs& inputs, const std::byte* output,
              const std::vector<std::int64_t>& rows, ElementRange range) {
  Tally total;
  std::mutex merging;
  for_each_attention_row(s, inputs, rows, [&](const AttentionRow& row) {
    const std::int64_t begin = row.index * s.dv;
    const std::int64_t first = std::max(begin, range.first);
    const std::int64_t last = std::min(begin + s.dv, range.last);
    std::vector<double> got(index(last - first));
    decode_array(s.type, output, first, got);
    Tally tally;
    for (std::int64_t i = first; i < last; ++i) {
      const std::size_t c = index(i - begin);
      judge(s.type, i, got[index(i - first)], row.value[c], attention_bound(s, row, c), tally);
    }
    const std::lock_guard lock(merging);
    total.merge(tally);
  });
  return total;
}

Tally compare(const AttentionShape& s, const AttentionInputs& inputs, const std::byte* output,
              const std::vector<std::int64_t>& rows) {
  return compare(s, inputs, output, rows, {0, s.b * s.hq * s.sq * s.dv});
}

Tally compare_ranges(const AttentionShape& s, const AttentionInputs& inputs,
                     const std::byte* output, const std::vector<ElementRange>& ranges) {
  Tally total;
  for (const ElementRange& range : ranges) {
    std::vector<std::int64_t> rows(index((range.last - 1) / s.dv - range.first / s.dv + 1));
    std::iota(rows.begin(), rows.end(), range.first / s.dv);
    total.merge(compare(s, inputs, output, rows, range));
  }
  return total;
}

constexpr std::size_t kRowsExplained = 24;

/// The row of the largest error and those after it: one tile alone may be narrower.
std::vector<std::int64_t> rows_near(const std::vector<std::int64_t>& rows, std::int64_t worst) {
  const auto at = std::lower_bound(rows.begin(), rows.end(), worst);
  return {at, at + std::min<std::ptrdiff_t>(2, rows.end() - at)};
}

/// Up to kRowsExplained of the rows.
std::vector<std::int64_t> rows_to_explain(const std::vector<std::int64_t>& rows) {
  const std::size_t step = (rows.size() + kRowsExplained - 1) / kRowsExplained;
  std::vector<std::int64_t> chosen;
  for (std::size_t i = 0; i < rows.size(); i += step) chosen.push_back(rows[i]);
  return chosen;
}

/// Says which lower type of Q, K and V the errors come from, where that shows.
std::string agreement(const AttentionShape& s, const AttentionInputs& inputs,
                      const std::byte* output, const std::vector<std::int64_t>& rows,
                      double share) {
  const auto largest_of = [&](const std::byte* array, std::int64_t elements) {
    return largest_magnitude(s.type, {array, index(bytes_of(s.type, elements))}, elements);
  };
  const std::int64_t keys = key_rows(s, inputs);
  AttentionNarrowing narrowing;
  narrowing.largest_q = largest_of(inputs.q, s.b * s.hq * s.sq * s.d);
  narrowing.largest_k = largest_of(inputs.k, keys * s.d);
  narrowing.largest_v =
      s.values_in_keys ? narrowing.largest_k : largest_of(inputs.v, keys * s.value_stride());
  std::map<std::int64_t, std::vector<double>> exact;
  std::map<std::int64_t, std::vector<double>> weights;
  std::vector<double> all;
  std::mutex merging;
  for_each_attention_row(s, inputs, rows, [&](const AttentionRow& row) {
    std::vector<double> sizes(row.value.size());
    for (std::size_t c = 0; c < sizes.size(); ++c) sizes[c] = attention_bound(s, row, c).typical;
    const std::lock_guard lock(merging);
    exact[row.index].assign(row.value.begin(), row.value.end());
    weights[row.index] = std::move(sizes);
  });
  Explanations explanations;
  std::size_t candidate = 0;
  for (const NarrowInputs& narrower : narrower_than(s.type)) {
    for (const bool values : {true, false}) {
      narrowing.inputs = &narrower;
      narrowing.values = values;
      AttentionInputs rounded = inputs;
      rounded.narrowing = &narrowing;
      explanations.name(candidate,
                        fmt::format("{} {}", narrower.name, values ? "inputs" : "Q and K"));
      for_each_attention_row(s, rounded, rows, [&](const AttentionRow& row) {
        std::vector<double> got(row.value.size());
        decode_array(s.type, output, row.index * s.dv, got);
        const std::lock_guard lock(merging);
        for (std::size_t c = 0; c < got.size(); ++c) {
          explanations.add(candidate, got[c], exact[row.index][c], row.value[c],
                           weights[row.index][c]);
        }
        if (candidate == 0) all.insert(all.end(), got.begin(), got.end());
      });
      ++candidate;
    }
  }
  std::string text = explanations.best(share);
  return text.empty() ? narrow_output(s.type, all) : text;
}

std::string place_of(const AttentionShape& s, std::int64_t row) {
  return fmt::format("batch {}, head {}, query {}", row / s.sq / s.hq, row / s.sq % s.hq,
                     row % s.sq);
}

std::string element_place(const AttentionShape& s, std::int64_t element) {
  return fmt::format("{}, column {}", place_of(s, element / s.dv), element % s.dv);
}

}  // namespace

Check check_attention(const AttentionShape& s, const AttentionInputs& inputs,
                      ConstBytes output_bytes, double flop, const CheckOptions& options) {
  const std::byte* const output = output_bytes.data();
  const auto place = [&](std::int64_t element) { return element_place(s, element); };
  if (!options.only.empty()) {
    return conclude(compare_ranges(s, inputs, output, options.only), options.which() + " in FP64",
                    s.type, output_bytes, place);
  }
  const std::int64_t total = s.b * s.hq * s.sq;
  const double flop_per_row = flop / static_cast<double>(total);
  const HullScan hull = scan_hull(s, inputs, output, kFaultsRecomputed);
  const Sample sample = choose_rows(s, flop_per_row, options);
  const std::vector<std::int64_t>& rows = sample.rows;
  Tally tally = compare(s, inputs, output, rows);
  // Rows that were chosen because of their errors would bias the mean.
  const std::int64_t judged = tally.judged_squares;
  const std::uint64_t squares = tally.squares;
  std::vector<std::int64_t> faults;
  std::set_difference(hull.rows.begin(), hull.rows.end(), rows.begin(), rows.end(),
                      std::back_inserter(faults));
  tally.merge(compare(s, inputs, output, faults));
  tally.judged_squares = judged;
  tally.squares = squares;

  const std::string how_many =
      static_cast<std::int64_t>(rows.size()) == total
          ? "every row in FP64"
          : fmt::format("{} of {} rows in FP64, one of every {}", rows.size(), total, sample.run);
  Check check = conclude(tally, "every element finite and within the range of V, " + how_many,
                         s.type, output_bytes, place);
  if (hull.count > 0) {
    worsen(check, Outcome::suspicious, 1,
           fmt::format("{}: outside the range of the rows of V that it sees; {} such rows",
                       place_of(s, hull.rows[0]), hull.count));
  }
  if (check.outcome != Outcome::right) {
    const std::int64_t worst = std::max<std::int64_t>(0, tally.worst_at.index) / s.dv;
    std::string found = agreement(s, inputs, output, rows_to_explain(rows), kShareOfMany);
    if (found.empty()) found = agreement(s, inputs, output, rows_near(rows, worst), kShareOfTile);
    if (!found.empty()) check.where += "; " + found;
  }
  return check;
}

Check attention_check(const Problem& problem, std::span<const ConstBytes> buffers,
                      const CheckOptions& options) {
  const AttentionShape s = attention_shape(problem);
  return check_attention(s, attention_inputs(s, buffers), buffers.back(),
                         problem.operation().work(problem).flop, options);
}

}  // namespace assay::kernels
