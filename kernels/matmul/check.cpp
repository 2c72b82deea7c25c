#include "kernels/matmul/check.h"

#include <fmt/format.h>
#include <tbb/parallel_for.h>

#include <algorithm>
#include <cmath>
#include <mutex>
#include <numeric>

#include "kernels/checking.h"
#include "kernels/freivalds.h"
#include "kernels/matmul/views.h"

namespace assay::kernels {

namespace {

constexpr int kRandomLines = 18;        // rows and columns beside those at boundaries
constexpr std::size_t kWorstRows = 16;  // of each matrix, recomputed because probes point at them

/// The bounds of facts on rounding errors: a sum of K products in an accumulator of unit roundoff u
/// lies within gamma_K (|A||B|)_ij, gamma_K = K u / (1 - K u), and with random rounding within
/// about sqrt(K) u (|A||B|)_ij (Higham & Mary, SIAM J. Sci. Comput. 41, 2019).
struct Judge {
  MatmulShape shape;
  bool exact = false;
  double probable = 0;  // sqrt(K) u
  double gamma = 0;     // gamma_K
  double factor = 127;  // no integer operand is larger

  explicit Judge(const Problem& problem)
      : shape(matmul_shape(problem)),
        exact(problem.choice("dist") == "integer" || is_integer(shape.a)) {
    const double u = unit_roundoff(shape.acc), terms = static_cast<double>(shape.k);
    // The FP64 reference of FP64 operands errs as much as what it judges.
    const double both = shape.acc == DataType::f64 ? 2 : 1;
    probable = both * std::sqrt(terms) * u;
    gamma = both * terms * u / (1 - std::min(0.5, terms * u));
    if (!is_integer(shape.a)) {
      factor = static_cast<double>(problem.operation().operands(problem)[0].integer_limit);
    }
  }

  static constexpr double kProbableFactor = 8;

  Bound bound(double value, double size) const {
    const double rounding = rounding_bound(shape.c, std::fabs(value));
    return {.accept = kProbableFactor * probable * size + rounding,
            .worst = gamma * size * (1 + unit_roundoff(shape.c)) + rounding,
            .typical = probable * size + rounding};
  }

  ElementBound element_bound() const {
    const bool holds_sums = shape.c == shape.acc;
    const double k = static_cast<double>(shape.k), n = static_cast<double>(shape.n);
    if (exact && holds_sums && k * n * factor * factor <= 0x1p53) return {};
    return {.sums = exact ? 0 : kProbableFactor * probable,
            .rounding = unit_roundoff(shape.c),
            .smallest = smallest_subnormal(shape.c)};
  }
};

struct Buffers {
  const std::byte *a, *b, *c;
};

/// Compares C with the exact product at some rows and columns of one batch.
Tally compare(const Judge& judge_by, const Buffers& buffers, std::int64_t batch, IndexSet rows,
              IndexSet columns) {
  const MatmulShape& s = judge_by.shape;
  const MatrixView c = view_c(s, buffers.c, batch);
  Tally total;
  std::mutex merging;
  const auto visit = [&](const ProductBlock& block) {
    std::vector<double> got(static_cast<std::size_t>(block.rows.count * block.columns.count));
    decode_block(c, block.rows, block.columns, got.data(), block.columns.count);
    Tally tally;
    for (std::int64_t i = 0; i < block.rows.count; ++i) {
      for (std::int64_t j = 0; j < block.columns.count; ++j) {
        const std::int64_t index = batch * s.m * s.n + c.index(block.rows[i], block.columns[j]);
        const double value = block.values[i * block.stride + j];
        const double output = got[static_cast<std::size_t>(i * block.columns.count + j)];
        if (judge_by.exact) {
          judge_exact(s.c, index, output, value, tally);
        } else {
          judge(s.c, index, output, value, judge_by.bound(value, block.sizes[i * block.stride + j]),
                tally);
        }
      }
    }
    const std::lock_guard lock(merging);
    total.merge(tally);
  };
  for_each_product_block(view_a(s, buffers.a, batch), view_b(s, buffers.b, batch), rows, columns,
                         !judge_by.exact, visit);
  return total;
}

Tally compare_everything(const Judge& judge_by, const Buffers& buffers) {
  Tally total;
  std::mutex merging;
  tbb::parallel_for(std::int64_t{0}, judge_by.shape.batch, [&](std::int64_t batch) {
    const Tally tally = compare(judge_by, buffers, batch, IndexSet::all(judge_by.shape.m),
                                IndexSet::all(judge_by.shape.n));
    const std::lock_guard lock(merging);
    total.merge(tally);
  });
  return total;
}

/// Calls visit(batch, indices within it) for ascending indices over all batches.
template <typename Visit>
void by_batch(const std::vector<std::int64_t>& indices, std::int64_t extent, Visit visit) {
  for (std::size_t from = 0; from < indices.size();) {
    const std::int64_t batch = indices[from] / extent;
    std::vector<std::int64_t> inside;
    for (; from < indices.size() && indices[from] / extent == batch; ++from) {
      inside.push_back(indices[from] % extent);
    }
    visit(batch, inside);
  }
}

Tally compare_samples(const Judge& judge_by, const Buffers& buffers, std::uint64_t seed) {
  const MatmulShape& s = judge_by.shape;
  Tally total;
  by_batch(sample_indices(s.batch, s.m, kRandomLines, seed), s.m, [&](auto batch, auto& rows) {
    total.merge(compare(judge_by, buffers, batch, IndexSet::of(rows), IndexSet::all(s.n)));
  });
  by_batch(sample_indices(s.batch, s.n, kRandomLines, ~seed), s.n, [&](auto batch, auto& columns) {
    total.merge(compare(judge_by, buffers, batch, IndexSet::all(s.m), IndexSet::of(columns)));
  });
  return total;
}

struct Probed {
  Tally tally;             // of the rows that the probes pointed at
  double unexplained = 0;  // largest residual of the other rows, as a multiple of its bound
  std::int64_t row = -1;   // its row, counted over all batches
};

/// Probes every row of one batch. The rows with the largest residuals are recomputed, whether or
/// not they pass their bound: an element off by more than its own bound stands out there long
/// before its row's bound is passed. Rows without a finite residual are all recomputed.
Probed probe_batch(const Judge& judge_by, const Buffers& buffers, std::int64_t batch,
                   const CheckOptions& options) {
  const MatmulShape& s = judge_by.shape;
  const std::vector<RowResidual> rows =
      freivalds(view_a(s, buffers.a, batch), view_b(s, buffers.b, batch),
                view_c(s, buffers.c, batch), judge_by.element_bound(), options.probes,
                options.seed + 0x5bd1e995u * static_cast<std::uint64_t>(batch + 1));
  std::vector<std::int64_t> order(rows.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](std::int64_t i, std::int64_t j) {
    return rows[static_cast<std::size_t>(i)].mean > rows[static_cast<std::size_t>(j)].mean;
  });
  Probed probed;
  std::size_t done = 0;
  const auto residual = [&](std::size_t i) { return rows[static_cast<std::size_t>(order[i])]; };
  while (done < order.size() && probed.tally.wrong == 0 &&
         (done < kWorstRows || residual(done).mean >= kBeyondAnyBound)) {
    const std::size_t more = std::min(kWorstRows, order.size() - done);
    std::vector<std::int64_t> some(order.begin() + static_cast<std::ptrdiff_t>(done),
                                   order.begin() + static_cast<std::ptrdiff_t>(done + more));
    std::sort(some.begin(), some.end());
    probed.tally.merge(compare(judge_by, buffers, batch, IndexSet::of(some), IndexSet::all(s.n)));
    done += more;
  }
  for (; done < order.size(); ++done) {
    if (residual(done).largest <= probed.unexplained) continue;
    probed.unexplained = residual(done).largest;
    probed.row = batch * s.m + order[done];
  }
  return probed;
}

std::string place_of(const MatmulShape& s, std::int64_t index) {
  const std::int64_t row = index / s.n;
  const std::string place = fmt::format("row {}, column {}", row % s.m, index % s.n);
  return s.batch == 1 ? place : fmt::format("batch {}, {}", row / s.m, place);
}

bool everything_is_cheaper(const MatmulShape& s, double flop, const CheckOptions& options) {
  const double probing = freivalds_flop(static_cast<double>(s.m), static_cast<double>(s.n),
                                        static_cast<double>(s.k), options.probes);
  return flop <= options.full_flop || 2 * flop <= static_cast<double>(s.batch) * probing;
}

Check check_probed(const Judge& judge_by, const Buffers& buffers, ConstBytes output,
                   const CheckOptions& options) {
  const MatmulShape& s = judge_by.shape;
  const auto place = [&](std::int64_t index) { return place_of(s, index); };
  Tally tally = compare_samples(judge_by, buffers, options.seed);
  const std::int64_t sampled = tally.compared;
  // Rows chosen for their errors would bias the mean.
  const std::int64_t judged = tally.judged_squares;
  const std::uint64_t squares = tally.squares;
  std::vector<Probed> batches(static_cast<std::size_t>(tally.wrong == 0 ? s.batch : 0));
  tbb::parallel_for(std::size_t{0}, batches.size(), [&](std::size_t batch) {
    batches[batch] = probe_batch(judge_by, buffers, static_cast<std::int64_t>(batch), options);
  });
  Probed worst;
  for (const Probed& probed : batches) {
    tally.merge(probed.tally);
    if (probed.unexplained > worst.unexplained) worst = probed;
  }
  tally.judged_squares = judged;
  tally.squares = squares;
  Check check = conclude(
      tally,
      fmt::format("Freivalds x{} over every row, sampled and worst rows and columns in {}",
                  std::clamp(options.probes, 1, 64), judge_by.exact ? "exact integers" : "FP64"),
      s.c, output, place);
  if (worst.unexplained > 1) {
    const bool owed_exactly = judge_by.element_bound().exact();
    worsen(check, owed_exactly ? Outcome::wrong : Outcome::suspicious, worst.unexplained,
           fmt::format("{}row {}: C x differs from A (B x) by {:.3g} times the bound; {} elements "
                       "sampled elsewhere are right",
                       s.batch == 1 ? "" : fmt::format("batch {}, ", worst.row / s.m),
                       worst.row % s.m, worst.unexplained, sampled));
  }
  return check;
}

}  // namespace

Check matmul_check(const Problem& problem, std::span<const ConstBytes> buffers,
                   const CheckOptions& options) {
  const Judge judge_by(problem);
  const Buffers data{buffers[0].data(), buffers[1].data(), buffers[2].data()};
  const double flop = problem.operation().work(problem).flop;
  if (!everything_is_cheaper(judge_by.shape, flop, options)) {
    return check_probed(judge_by, data, buffers[2], options);
  }
  return conclude(compare_everything(judge_by, data),
                  judge_by.exact ? "every element, exact" : "every element in FP64",
                  judge_by.shape.c, buffers[2],
                  [&](std::int64_t index) { return place_of(judge_by.shape, index); });
}

}  // namespace assay::kernels
