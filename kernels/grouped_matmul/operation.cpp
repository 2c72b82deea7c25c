#include <fmt/format.h>

#include <limits>

#include "kernels/error.h"
#include "kernels/fields.h"
#include "kernels/grouped_matmul/shape.h"
#include "kernels/matmul/rules.h"

namespace assay::kernels {

extern const Operation grouped_matmul_operation;
ReferenceFunction grouped_matmul_reference;
CheckFunction grouped_matmul_check;

namespace {

MatmulShape product_shape(const Problem& problem) {
  return {.m = problem.dimension("tokens"),
          .n = problem.dimension("n"),
          .k = problem.dimension("k"),
          .batch = 1,
          .a = problem.type("a"),
          .b = problem.type("b"),
          .c = problem.type("c"),
          .acc = problem.type("acc"),
          .transpose_a = false,
          .transpose_b = problem.choice("layout")[1] == 't'};
}

/// Sizes are i32.
constexpr std::int64_t kMostTokens = std::numeric_limits<std::int32_t>::max();
constexpr std::int64_t kMostGroups = 65536;

const Field kFields[] = {
    tiled_field("tokens", "rows of A and C over all groups: tokens times experts per token"),
    tiled_field("n", "columns of B and C"),
    tiled_field("k", "columns of A, rows of B: the length of each sum"),
    dimension_field("groups", "experts: number of matrices B"),
    factor_field("a", "type of A"),
    second_factor_field(),
    product_field(),
    accumulator_field(),
    layout_field({"nn", "nt"}),
    choice_field("routing", {"balanced", "zipf", "one"},
                 "how rows go to groups: evenly; by Zipf's law, shuffled; or all to one",
                 Default{"balanced"}),
    distribution_field(),
    seed_field(),
};

void validate(const Problem& problem) {
  const MatmulShape shape = product_shape(problem);
  const std::int64_t groups = problem.dimension("groups");
  require_product_types(shape);
  require_whole_blocks(shape);
  if (shape.m > kMostTokens) {
    throw InputError(
        fmt::format("field tokens: {} does not fit into i32, the type of `sizes`", shape.m),
        fmt::format("use tokens <= {}", kMostTokens));
  }
  if (groups > kMostGroups) {
    throw InputError(fmt::format("field groups: {} is too many", groups),
                     fmt::format("use groups <= {}", kMostGroups));
  }
  require_addressable("tokens, k", {shape.m, shape.k});
  require_addressable("groups, k, n", {groups, shape.k, shape.n});
  require_addressable("tokens, n", {shape.m, shape.n});
  require_exact_sums(problem, shape);
}

void fill_sizes(const Problem& problem, std::int64_t first, Bytes to) {
  const std::vector<std::int64_t> sizes = group_sizes(problem);
  const auto count = count_in(DataType::i32, static_cast<std::int64_t>(to.size()));
  for (std::int64_t i = 0; i < count; ++i) {
    store(DataType::i32, to.data(), i,
          static_cast<double>(sizes[static_cast<std::size_t>(first + i)]));
  }
}

std::vector<Operand> operands(const Problem& problem) {
  const MatmulShape s = product_shape(problem);
  const std::int64_t groups = problem.dimension("groups");
  const std::int64_t limit = product_integer_limit(s);
  Operand a{"a", Role::input, s.a, {s.m, s.k}, false, limit, 1, s.k};
  Operand b{"b", Role::input, s.b, {groups, s.k, s.n}, true, limit, s.n, s.k};
  if (s.transpose_b) {
    b.extents = {groups, s.n, s.k};
    b.channel_stride = 1;
  }
  Operand sizes{"sizes", Role::input, DataType::i32, {groups}};
  sizes.fill = fill_sizes;
  return {a, b, sizes, {"c", Role::output, s.c, {s.m, s.n}}};
}

/// Only experts with at least one row must be read.
Work work(const Problem& problem) {
  const GroupedMatmulShape s = grouped_matmul_shape(problem);
  const double products = static_cast<double>(s.tokens) * static_cast<double>(s.product.n) *
                          static_cast<double>(s.product.k);
  const auto expert_bytes = static_cast<double>(bytes_of(s.product.b, s.product.n * s.product.k));
  const double unread = static_cast<double>(s.groups - s.groups_hit()) * expert_bytes;
  return {2 * products, compulsory_bytes(operands(problem)) - unread, wider_factor(s.product)};
}

const OperandText kOperands[] = {
    {"a", Role::input,
     "A: tokens x k, the rows of one group after those of another. Row-major. Block-scaled: all "
     "elements, packed from the low bits of each byte on; right after them all scales, "
     "tokens x k/block, row-major, one for each block of consecutive k"},
    {"b", Role::input,
     "B: groups x k x n; with layout=nt groups x n x k. Row-major. Block-scaled: as A, scales "
     "groups x n x k/block. Weights"},
    {"sizes", Role::input, "rows of each group, as `routing` gives them"},
    {"c", Role::output, "C: tokens x n. Row-major"},
};

}  // namespace

GroupedMatmulShape grouped_matmul_shape(const Problem& problem) {
  GroupedMatmulShape shape;
  shape.product = product_shape(problem);
  shape.tokens = shape.product.m;
  shape.groups = problem.dimension("groups");
  shape.sizes = group_sizes(problem);
  std::int64_t begin = 0;
  for (const std::int64_t size : shape.sizes) {
    shape.begins.push_back(begin);
    begin += size;
  }
  return shape;
}

const Operation grouped_matmul_operation = {
    .name = "grouped_matmul",
    .summary = "products with experts: groups of rows of uneven sizes",
    .formula = "C[i,j] = sum over l of A[i,l] B[g,l,j], g the group of row i",
    .counting =
        "FLOP: 2 tokens n k, a multiply-add as two. Bytes: A and the sizes read once, C written "
        "once, and B of every group with at least one row read once; scales belong to A and B.",
    .fields = kFields,
    .operand_texts = kOperands,
    .validate = validate,
    .operands = operands,
    .work = work,
    .reference = grouped_matmul_reference,
    .check = grouped_matmul_check,
};

}  // namespace assay::kernels
