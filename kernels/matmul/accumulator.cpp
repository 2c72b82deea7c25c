#include "kernels/matmul/accumulator.h"

#include <fmt/format.h>

#include <cstdio>

#include "kernels/matmul/products.h"

namespace assay::kernels {

namespace {

/// What a statement may say: fewer bits than f32 has, and no fewer than any unit is published to
/// keep, since it widens the bounds of whoever makes it.
constexpr int kFewestBits = 13, kMostBits = 22, kMostProducts = 1 << 20;

}  // namespace

std::string accumulator_text(const Accumulator& accumulator) {
  std::string text = fmt::format("e8m{}", accumulator.fraction_bits);
  if (accumulator.promoted_every > 0) {
    text += fmt::format(", added up in f32 every {} products", accumulator.promoted_every);
  }
  return text;
}

std::optional<Accumulator> narrow_accumulator(std::string_view text) {
  Accumulator found;
  const std::string terminated(text);
  if (std::sscanf(terminated.c_str(), "e8m%2d, added up in f32 every %7d", &found.fraction_bits,
                  &found.promoted_every) < 1 ||
      found.fraction_bits < kFewestBits || found.fraction_bits > kMostBits ||
      found.promoted_every < 0 || found.promoted_every > kMostProducts ||
      accumulator_text(found) != text) {
    return std::nullopt;
  }
  return found;
}

Check check_accumulated(const Problem& problem, std::span<const ConstBytes> buffers,
                        const CheckOptions& options,
                        const std::optional<Accumulator>& accumulator) {
  const Operation& operation = problem.operation();
  if (!accumulator || operation.name != "matmul" || !is_8_bit_float(matmul_shape(problem).a)) {
    return operation.check(problem, buffers, options);
  }
  Check check = check_matmul(problem, buffers, options, *accumulator);
  check.method += ", for sums in " + accumulator_text(*accumulator);
  return check;
}

}  // namespace assay::kernels
