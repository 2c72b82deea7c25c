#include "kernels/matmul/products.h"

#include <fmt/format.h>
#include <tbb/parallel_for.h>

#include <algorithm>
#include <mutex>
#include <numeric>
#include <set>

#include "kernels/checking.h"
#include "kernels/freivalds.h"
#include "kernels/matmul/inputs.h"
#include "kernels/matmul/product_judge.h"

namespace assay::kernels {

namespace {

constexpr int kRandomLines = 18;          // rows and columns beside those at boundaries
constexpr std::size_t kEndsSampled = 32;  // products whose first and last row are recomputed
constexpr std::size_t kWorstRows = 16;    // of each matrix, recomputed because probes point at them
constexpr int kExactProbes = 8;  // more, because errors of opposite sign may cancel exactly

/// Compares C with the exact product at some rows and columns of one product.
Tally compare(const ProductJudge& judge_by, const Product& product, IndexSet rows,
              IndexSet columns) {
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
  for_each_product_block(product.a, product.b, rows, columns, judge_by.sizes(), visit);
  return total;
}

Tally compare_everything(const ProductJudge& judge_by, const std::vector<Product>& products) {
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
  Draws draws{seed};
  insert_one_of_each_run(total, kRandomLines, draws, chosen);
  return {chosen.begin(), chosen.end()};
}

Tally compare_rows(const ProductJudge& judge_by, const std::vector<Product>& products,
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
Tally compare_columns(const ProductJudge& judge_by, const std::vector<Product>& products,
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

Tally compare_samples(const ProductJudge& judge_by, const std::vector<Product>& products,
                      std::uint64_t seed) {
  Tally total = compare_rows(judge_by, products, sample_rows(products, seed));
  const auto count = static_cast<std::int64_t>(products.size());
  total.merge(compare_columns(judge_by, products,
                              sample_indices(count, judge_by.shape.n, kRandomLines, ~seed)));
  return total;
}

/// Compares elements counted over all products.
Tally compare_ranges(const ProductJudge& judge_by, const std::vector<Product>& products,
                     const std::vector<ElementRange>& ranges) {
  const std::int64_t n = judge_by.shape.n;
  Tally total;
  for (const ElementRange& range : ranges) {
    for (std::int64_t first = range.first; first < range.last;) {
      const std::int64_t row = first / n, column = first % n;
      const std::int64_t count = std::min(n - column, range.last - first);
      const auto after = std::ranges::upper_bound(products, row, {}, &Product::first_row);
      const Product& product = *std::prev(after);
      total.merge(compare(judge_by, product, {row - product.first_row, 1}, {column, count}));
      first += count;
    }
  }
  return total;
}

int probes_of(const ProductJudge& judge_by, const CheckOptions& options) {
  return std::clamp(options.probes + (judge_by.exact ? kExactProbes : 0), 1, 64);
}

/// Exact residuals must be 0, in few blocks or many.
std::int64_t width_of(const ProductJudge& judge_by, const Product& product) {
  const auto m = static_cast<double>(product.c.rows), n = static_cast<double>(judge_by.shape.n);
  const std::int64_t width = probed_columns(m, n, static_cast<double>(judge_by.shape.k));
  return judge_by.element_bound().exact() ? (judge_by.shape.n + 255) / 256 * 256 : width;
}

struct Probed {
  Tally tally;             // of the rows that the probes pointed at
  double unexplained = 0;  // largest residual of the others, as a multiple of its bound
  std::int64_t row = -1;   // its row, counted over all products
  std::int64_t width = 0;  // columns of a block
};

/// Compares some rows, each in one block of columns; `which` counts row * blocks + block.
Tally compare_blocks(const ProductJudge& judge_by, const Product& product,
                     const Residuals& residuals, std::span<std::int64_t> which) {
  const auto block_of = [&](std::int64_t i) { return i % residuals.count; };
  std::sort(which.begin(), which.end(), [&](std::int64_t i, std::int64_t j) {
    return std::pair(block_of(i), i) < std::pair(block_of(j), j);
  });
  Tally total;
  for (std::size_t from = 0; from < which.size();) {
    const std::int64_t block = block_of(which[from]);
    std::vector<std::int64_t> rows;
    for (; from < which.size() && block_of(which[from]) == block; ++from) {
      rows.push_back(which[from] / residuals.count);
    }
    const std::int64_t first = block * residuals.width;
    const IndexSet columns{first, std::min(residuals.width, judge_by.shape.n - first), nullptr};
    total.merge(compare(judge_by, product, IndexSet::of(rows), columns));
  }
  return total;
}

/// Probes every row of one product. The rows with the largest residuals are recomputed, whether or
/// not they are within their bound: one wrong element raises the residual of its row long before
/// the bound of the row is exceeded. Rows without a finite residual are all recomputed.
Probed probe(const ProductJudge& judge_by, const Product& product, const CheckOptions& options,
             std::uint64_t seed) {
  Probed probed;
  probed.width = width_of(judge_by, product);
  const Residuals residuals = freivalds(product.a, product.b, product.c, judge_by.element_bound(),
                                        probed.width, probes_of(judge_by, options), seed);
  std::vector<std::int64_t> order(residuals.blocks.size());
  std::iota(order.begin(), order.end(), 0);
  const auto of = [&](std::int64_t i) { return residuals.blocks[static_cast<std::size_t>(i)]; };
  std::stable_sort(order.begin(), order.end(),
                   [&](std::int64_t i, std::int64_t j) { return of(i).mean > of(j).mean; });
  std::size_t done = 0;
  while (done < order.size() && probed.tally.wrong == 0 &&
         (done < kWorstRows || of(order[done]).mean >= kBeyondAnyBound)) {
    const std::size_t more = std::min(kWorstRows, order.size() - done);
    probed.tally.merge(
        compare_blocks(judge_by, product, residuals, std::span(order).subspan(done, more)));
    done += more;
  }
  for (; done < order.size(); ++done) {
    if (of(order[done]).largest <= probed.unexplained) continue;
    probed.unexplained = of(order[done]).largest;
    probed.row = product.first_row + order[done] / residuals.count;
  }
  return probed;
}

bool everything_is_cheaper(const ProductSet& set, const ProductJudge& judge_by,
                           const CheckOptions& options) {
  double probing = 0;
  for (const Product& product : set.products) {
    probing += freivalds_flop(static_cast<double>(product.c.rows), static_cast<double>(set.shape.n),
                              static_cast<double>(set.shape.k), width_of(judge_by, product),
                              probes_of(judge_by, options));
  }
  return set.flop <= options.full_flop || 2 * set.flop <= probing;
}

/// The place of an element, counted over all products, in words.
std::function<std::string(std::int64_t)> placing(const ProductSet& set) {
  return [&set](std::int64_t index) {
    return fmt::format("{}, column {}", set.place(index / set.shape.n), index % set.shape.n);
  };
}

/// A check, and the element with the largest error.
struct Judged {
  Check check;
  std::int64_t worst_at = -1;
};

Judged check_probed(const ProductSet& set, const ProductJudge& judge_by, ConstBytes output,
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
    worst.width = std::max(worst.width, probed.width);
    if (probed.unexplained <= worst.unexplained) continue;
    worst.unexplained = probed.unexplained;
    worst.row = probed.row;
  }
  tally.judged_squares = judged;
  tally.squares = squares;
  const std::string blocks = worst.width > 0 && worst.width < set.shape.n
                                 ? fmt::format(" for each {} columns", worst.width)
                                 : "";
  Check check = conclude(
      tally,
      fmt::format("Freivalds x{}{} over every row, sampled and worst rows and "
                  "columns in {}",
                  probes_of(judge_by, options), blocks, judge_by.exact ? "exact integers" : "FP64"),
      set.shape.c, output, placing(set));
  if (worst.unexplained > 1) {
    const bool clear = judge_by.element_bound().exact() || worst.unexplained > kWrongBeyond;
    worsen(
        check, clear ? Outcome::wrong : Outcome::suspicious, worst.unexplained,
        fmt::format("{}: C x differs from A (B x) by {:.3g} times the bound; {} elements sampled "
                    "elsewhere are right",
                    set.place(worst.row), worst.unexplained, sampled));
  }
  return {check, tally.worst_at.index};
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
                           IndexSet::all(set.shape.n), TermSizes::none, write);
  });
}

Check check_products(const ProductSet& set, ConstBytes output, const CheckOptions& options,
                     const Accumulator& accumulator) {
  const ProductJudge judge_by(set, accumulator);
  if (!options.only.empty()) {
    return conclude(compare_ranges(judge_by, set.products, options.only),
                    options.which() + (judge_by.exact ? ", exact" : " in FP64"), set.shape.c,
                    output, placing(set));
  }
  Judged judged;
  if (everything_is_cheaper(set, judge_by, options)) {
    const Tally tally = compare_everything(judge_by, set.products);
    judged = {conclude(tally, options.which() + (judge_by.exact ? ", exact" : " in FP64"),
                       set.shape.c, output, placing(set)),
              tally.worst_at.index};
  } else {
    judged = check_probed(set, judge_by, output, options);
  }
  if (!judge_by.exact) judge_inputs(set, judged.worst_at, options.seed, judged.check);
  return judged.check;
}

}  // namespace assay::kernels
