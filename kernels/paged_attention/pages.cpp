#include <numeric>
#include <utility>

#include "kernels/checking.h"
#include "kernels/paged_attention/shape.h"

namespace assay::kernels {

std::vector<std::int64_t> sequence_lengths(const Problem& problem) {
  const std::int64_t skv = problem.dimension("skv"), sq = problem.dimension("sq");
  std::vector<std::int64_t> lengths(index(problem.dimension("b")), skv);
  if (problem.choice("lengths") == "even") return lengths;
  Draws draws{problem.hash()};
  const std::int64_t longest = draws.next(static_cast<std::int64_t>(lengths.size()));
  for (std::int64_t& length : lengths) length = sq + draws.next(skv - sq + 1);
  lengths[index(longest)] = skv;
  return lengths;
}

std::int64_t pages_filled(const std::vector<std::int64_t>& lengths, std::int64_t page) {
  std::int64_t pages = 0;
  for (const std::int64_t length : lengths) pages += (length + page - 1) / page;
  return pages;
}

AttentionPages attention_pages(const Problem& problem) {
  AttentionPages out;
  out.page = problem.dimension("page");
  out.pool = problem.dimension("pages");
  out.lengths = sequence_lengths(problem);
  out.table_row = (problem.dimension("skv") + out.page - 1) / out.page;
  std::vector<std::int64_t> numbers(index(out.pool));
  std::iota(numbers.begin(), numbers.end(), 0);
  Draws draws{problem.hash() + 1};
  for (std::size_t i = numbers.size(); i > 1; --i) {
    std::swap(numbers[i - 1], numbers[index(draws.next(static_cast<std::int64_t>(i)))]);
  }
  out.table.assign(out.lengths.size() * index(out.table_row), 0);
  auto next = numbers.begin();
  for (std::size_t sequence = 0; sequence < out.lengths.size(); ++sequence) {
    const std::int64_t pages = pages_filled({out.lengths[sequence]}, out.page);
    std::copy_n(next, pages,
                out.table.begin() + static_cast<std::ptrdiff_t>(sequence) * out.table_row);
    next += pages;
  }
  return out;
}

}  // namespace assay::kernels
