#include <gtest/gtest.h>

#include "kernels/input.h"
#include "tests/emulation/machine.h"

namespace assay::emulation {
namespace {

using kernels::Role;

class PortableText : public testing::TestWithParam<Text> {};

/// Runs a text's launches on the same operands as on every device, and checks the result.
kernels::Check checked(const Text& text) {
  const auto problem = kernels::Problem::parse(text.problem);
  const auto* const kernel = kernels::find_portable(problem.operation().name);
  std::vector<std::vector<std::byte>> arrays;
  std::vector<void*> addresses;
  for (const auto& operand : problem.operation().operands(problem)) {
    const int index = static_cast<int>(arrays.size());
    auto& array = arrays.emplace_back(static_cast<std::size_t>(operand.bytes()));
    if (operand.role == Role::input) kernels::generate(problem, index, 0, array);
    if (operand.role == Role::output) kernels::poison(operand.type, array);
  }
  for (auto& array : arrays) addresses.push_back(array.data());
  std::vector<float> scratch(
      static_cast<std::size_t>(kernel->scratch_bytes(problem, text.parameters) / 4 + 1));
  for (const auto& launch : kernel->launches(problem, text.parameters)) {
    run(text, launch, addresses, scratch.data());
  }
  const std::vector<kernels::ConstBytes> buffers(arrays.begin(), arrays.end());
  return problem.operation().check(problem, buffers, {});
}

TEST_P(PortableText, GivesTheRightResultWithEmulatedMatrixInstructions) {
  const kernels::Check check = checked(GetParam());
  EXPECT_EQ(check.outcome, kernels::Outcome::right)
      << GetParam().problem << ": worst " << check.worst << " at " << check.where;
}

INSTANTIATE_TEST_SUITE_P(Every, PortableText, testing::ValuesIn(texts()),
                         [](const auto& one) { return one.param.name; });

}  // namespace
}  // namespace assay::emulation
