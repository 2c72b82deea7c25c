#include "kernels/matmul/products.h"

#include <fmt/format.h>
#include <tbb/parallel_for.h>

#include <algorithm>
#include <cmath>
#include <mutex>
#include <numeric>
#include <set>

#include "kernels/checking.h"
#include "kernels/freivalds.h"

namespace assay::kernels {

namespace {

constexpr int kRandomLines = 18;          // rows and columns beside those at boundaries
constexpr std::size_t kEndsSampled = 32;  // products whose first and last row are recomputed
constexpr std::size_t kWorstRows = 16;    // of each matrix, recomputed because probes point at them

/// Bounds on rounding errors: a sum of K products in an accumulator of unit roundoff u
/// lies within gamma_K (|A||B|)_ij, gamma_K = K u / (1 - K u), and with random rounding within
/// about sqrt(K) u (|A||B|)_ij (Higham & Mary, SIAM J. Sci. Comput. 41, 2019).
struct Judge {
  MatmulShape shape;
  bool exact = false;
  double probable = 0;  // sqrt(K) u
  double gamma = 0;     // gamma_K
  double factor = 127;

  explicit Judge(const ProductSet& set) : shape(set.shape), exact(set.exact), factor(set.factor) {
    const double u = unit_roundoff(shape.acc), terms = static_cast<double>(shape.k);
    // With FP64 operands the FP64 reference has as large errors as the output.
    const double both = shape.acc == DataType::f64 ? 2 : 1;
    probable = both * std::sqrt(terms) * u;
    gamma = both * terms * u / (1 - std::min(0.5, terms * u));
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

/// Compares C with the exact product at some rows and columns of one product.
Tally compare(const Judge& judge_by, const Product& product, IndexSet rows, IndexSet columns) {
  const MatmulShape& s = judge_by.shape;
  Tally total;
  std::mutex merging;
  const auto visit = [&](const ProductBlock& block) {
    std::vector<double> got(static_cast<std::size_t>(block.rows.count * block.columns.count));
    decode_block(product.c, block.rows, block.columns, got.data(), block.columns.count);
    Tally tally;
    for (std::int64_t i = 0; i < block.rows.count; ++i) {
      for (std::int64_t j = 0; j < block.columns.count; ++j) {
        const std::int64_t index = product.c.index(block.rows[i], block.columns[j]);
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
  for_each_product_block(product.a, product.b, rows, columns, !judge_by.exact, visit);
  return total;
}

Tally compare_everything(const Judge& judge_by, const std::vector<Product>& products) {
  Tally total;
  std::mutex merging;
  tbb::parallel_for(std::size_t{0}, products.size(), [&](std::size_t i) {
    const Product& product = products[i];
    const Tally tally =
        compare(judge_by, product, IndexSet::all(product.c.rows), IndexSet::all(product.c.columns));
    const std::lock_guard lock(merging);
    total.merge(tally);
  });
  return total;
}

std::int64_t total_rows(const std::vector<Product>& products) {
  return products.back().first_row + products.back().c.rows;
}

/// Rows counted over all products: at the boundaries of blocks in the first and the last, at both
/// ends of some others, and random ones.
std::vector<std::int64_t> sample_rows(const std::vector<Product>& products, std::uint64_t seed) {
  std::set<std::int64_t> chosen;
  for (const Product* product : {&products.front(), &products.back()}) {
    for (const std::int64_t row : boundary_indices(product->c.rows)) {
      chosen.insert(product->first_row + row);
    }
  }
  const std::size_t step = (products.size() + kEndsSampled - 1) / kEndsSampled;
  for (std::size_t i = 0; i < products.size(); i += step) {
    chosen.insert(products[i].first_row);
    chosen.insert(products[i].first_row + products[i].c.rows - 1);
  }
  const std::int64_t total = total_rows(products);
  const auto wanted = std::min(total, static_cast<std::int64_t>(chosen.size()) + kRandomLines);
  Draws draws{seed};
  while (static_cast<std::int64_t>(chosen.size()) < wanted) chosen.insert(draws.next(total));
  return {chosen.begin(), chosen.end()};
}

Tally compare_rows(const Judge& judge_by, const std::vector<Product>& products,
                   const std::vector<std::int64_t>& rows) {
  Tally total;
  auto next = rows.begin();
  for (const Product& product : products) {
    std::vector<std::int64_t> inside;
    for (; next != rows.end() && *next < product.first_row + product.c.rows; ++next) {
      inside.push_back(*next - product.first_row);
    }
    if (inside.empty()) continue;
    total.merge(compare(judge_by, product, IndexSet::of(inside), IndexSet::all(product.c.columns)));
  }
  return total;
}

/// Columns counted over all products.
Tally compare_columns(const Judge& judge_by, const std::vector<Product>& products,
                      const std::vector<std::int64_t>& columns) {
  const std::int64_t n = judge_by.shape.n;
  Tally total;
  for (std::size_t from = 0; from < columns.size();) {
    const std::int64_t which = columns[from] / n;
    std::vector<std::int64_t> inside;
    for (; from < columns.size() && columns[from] / n == which; ++from) {
      inside.push_back(columns[from] % n);
    }
    const Product& product = products[static_cast<std::size_t>(which)];
    total.merge(compare(judge_by, product, IndexSet::all(product.c.rows), IndexSet::of(inside)));
  }
  return total;
}

Tally compare_samples(const Judge& judge_by, const std::vector<Product>& products,
                      std::uint64_t seed) {
  Tally total = compare_rows(judge_by, products, sample_rows(products, seed));
  const auto count = static_cast<std::int64_t>(products.size());
  total.merge(compare_columns(judge_by, products,
                              sample_indices(count, judge_by.shape.n, kRandomLines, ~seed)));
  return total;
}

struct Probed {
  Tally tally;             // of the rows that the probes pointed at
  double unexplained = 0;  // largest residual of the other rows, as a multiple of its bound
  std::int64_t row = -1;   // its row, counted over all products
};

/// Probes every row of one product. The rows with the largest residuals are recomputed, whether or
/// not they are within their bound: one wrong element raises the residual of its row long before
/// the bound of the row is exceeded. Rows without a finite residual are all recomputed.
Probed probe(const Judge& judge_by, const Product& product, const CheckOptions& options,
             std::uint64_t seed) {
  const std::vector<RowResidual> rows =
      freivalds(product.a, product.b, product.c, judge_by.element_bound(), options.probes, seed);
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
    probed.tally.merge(
        compare(judge_by, product, IndexSet::of(some), IndexSet::all(product.c.columns)));
    done += more;
  }
  for (; done < order.size(); ++done) {
    if (residual(done).largest <= probed.unexplained) continue;
    probed.unexplained = residual(done).largest;
    probed.row = product.first_row + order[done];
  }
  return probed;
}

bool everything_is_cheaper(const ProductSet& set, const CheckOptions& options) {
  double probing = 0;
  for (const Product& product : set.products) {
    probing += freivalds_flop(static_cast<double>(product.c.rows), static_cast<double>(set.shape.n),
                              static_cast<double>(set.shape.k), options.probes);
  }
  return set.flop <= options.full_flop || 2 * set.flop <= probing;
}

/// The place of an element, counted over all products, in words.
std::function<std::string(std::int64_t)> placing(const ProductSet& set) {
  return [&set](std::int64_t index) {
    return fmt::format("{}, column {}", set.place(index / set.shape.n), index % set.shape.n);
  };
}

Check check_probed(const ProductSet& set, const Judge& judge_by, ConstBytes output,
                   const CheckOptions& options) {
  const std::vector<Product>& products = set.products;
  Tally tally = compare_samples(judge_by, products, options.seed);
  const std::int64_t sampled = tally.compared;
  // Rows that were chosen because of their errors would bias the mean.
  const std::int64_t judged = tally.judged_squares;
  const std::uint64_t squares = tally.squares;
  std::vector<Probed> all(tally.wrong == 0 ? products.size() : 0);
  tbb::parallel_for(std::size_t{0}, all.size(), [&](std::size_t i) {
    all[i] = probe(judge_by, products[i], options,
                   options.seed + 0x5bd1e995u * static_cast<std::uint64_t>(i + 1));
  });
  Probed worst;
  for (const Probed& probed : all) {
    tally.merge(probed.tally);
    if (probed.unexplained > worst.unexplained) worst = probed;
  }
  tally.judged_squares = judged;
  tally.squares = squares;
  Check check = conclude(
      tally,
      fmt::format("Freivalds x{} over every row, sampled and worst rows and columns in {}",
                  std::clamp(options.probes, 1, 64), judge_by.exact ? "exact integers" : "FP64"),
      set.shape.c, output, placing(set));
  if (worst.unexplained > 1) {
    const bool owed_exactly = judge_by.element_bound().exact();
    worsen(
        check, owed_exactly ? Outcome::wrong : Outcome::suspicious, worst.unexplained,
        fmt::format("{}: C x differs from A (B x) by {:.3g} times the bound; {} elements sampled "
                    "elsewhere are right",
                    set.place(worst.row), worst.unexplained, sampled));
  }
  return check;
}

}  // namespace

void compute_products(const ProductSet& set, Bytes output) {
  tbb::parallel_for(std::size_t{0}, set.products.size(), [&](std::size_t i) {
    const Product& product = set.products[i];
    const auto write = [&](const ProductBlock& block) {
      for (std::int64_t r = 0; r < block.rows.count; ++r) {
        const std::int64_t first =
            (product.first_row + block.rows[r]) * set.shape.n + block.columns.first;
        encode_array(
            set.shape.c,
            {block.values + r * block.stride, static_cast<std::size_t>(block.columns.count)},
            output.data(), first);
      }
    };
    for_each_product_block(product.a, product.b, IndexSet::all(product.a.rows),
                           IndexSet::all(set.shape.n), false, write);
  });
}

Check check_products(const ProductSet& set, ConstBytes output, const CheckOptions& options) {
  const Judge judge_by(set);
  if (!everything_is_cheaper(set, options)) return check_probed(set, judge_by, output, options);
  return conclude(compare_everything(judge_by, set.products),
                  judge_by.exact ? "every element, exact" : "every element in FP64", set.shape.c,
                  output, placing(set));
}

}  // namespace assay::kernels
