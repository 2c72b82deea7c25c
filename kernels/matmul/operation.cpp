#include "kernels/fields.h"
#include "kernels/matmul/rules.h"
#include "kernels/matmul/shape.h"

namespace assay::kernels {

extern const Operation matmul_operation;
ReferenceFunction matmul_reference;
CheckFunction matmul_check;

MatmulShape matmul_shape(const Problem& problem) {
  const std::string& layout = problem.choice("layout");
  return {.m = problem.dimension("m"),
          .n = problem.dimension("n"),
          .k = problem.dimension("k"),
          .batch = problem.dimension("batch"),
          .a = problem.type("a"),
          .b = problem.type("b"),
          .c = problem.type("c"),
          .acc = problem.type("acc"),
          .transpose_a = layout[0] == 't',
          .transpose_b = layout[1] == 't'};
}

namespace {

Field batch_field() {
  return {"batch",      FieldKind::dimension,
          {},           "independent products, stored one after the other",
          Default{"1"}, false};
}

const Field kFields[] = {
    tiled_field("m", "rows of A and C"),
    tiled_field("n", "columns of B and C"),
    tiled_field("k", "columns of A, rows of B: the length of each sum"),
    factor_field("a", "type of A"),
    second_factor_field(),
    product_field(),
    accumulator_field(),
    layout_field({"nn", "nt", "tn", "tt"}),
    batch_field(),
    distribution_field(),
    seed_field(),
};

void validate(const Problem& problem) {
  const MatmulShape shape = matmul_shape(problem);
  require_product_types(shape);
  require_whole_blocks(shape);
  require_addressable("m, k, batch", {shape.m, shape.k, shape.batch});
  require_addressable("k, n, batch", {shape.k, shape.n, shape.batch});
  require_addressable("m, n, batch", {shape.m, shape.n, shape.batch});
  require_exact_sums(problem, shape);
}

std::vector<Operand> operands(const Problem& problem) {
  const MatmulShape s = matmul_shape(problem);
  const std::int64_t limit = product_integer_limit(s);
  Operand a{"a", Role::input, s.a, {s.batch, s.m, s.k}, false, limit, 1, s.k};
  if (s.transpose_a) {
    a.extents = {s.batch, s.k, s.m};
    a.channel_stride = s.m;
  }
  Operand b{"b", Role::input, s.b, {s.batch, s.k, s.n}, true, limit, s.n, s.k};
  if (s.transpose_b) {
    b.extents = {s.batch, s.n, s.k};
    b.channel_stride = 1;
  }
  return {a, b, {"c", Role::output, s.c, {s.batch, s.m, s.n}}};
}

Work work(const Problem& problem) {
  const MatmulShape s = matmul_shape(problem);
  const double products = static_cast<double>(s.batch) * static_cast<double>(s.m) *
                          static_cast<double>(s.n) * static_cast<double>(s.k);
  return {2 * products, compulsory_bytes(operands(problem)), wider_factor(s)};
}

const OperandText kOperands[] = {
    {"a", Role::input,
     "A: batch x m x k; where the layout begins with t, batch x k x m. Row-major. Block-scaled: "
     "all "
     "elements, packed from the low bits of each byte on; right after them all scales, "
     "batch x m x k/block, row-major, one for each block of consecutive k"},
    {"b", Role::input,
     "B: batch x k x n; where the layout ends with t, batch x n x k. Row-major. Block-scaled: as "
     "A, "
     "scales batch x n x k/block. Weights"},
    {"c", Role::output, "C: batch x m x n. Row-major"},
};

}  // namespace

const Operation matmul_operation = {
    .name = "matmul",
    .summary = "dense matrix product, batched",
    .formula = "C[b,i,j] = sum over l of A[b,i,l] B[b,l,j]",
    .counting =
        "FLOP: 2 batch m n k, a multiply-add as two; scaling is not counted. Bytes: A and B with "
        "their scales read once, C written once.",
    .fields = kFields,
    .operand_texts = kOperands,
    .validate = validate,
    .operands = operands,
    .work = work,
    .reference = matmul_reference,
    .check = matmul_check,
};

}  // namespace assay::kernels
