#include "harness/conformance/test_problem.h"

#include <fmt/format.h>

#include <algorithm>

#include "kernels/input.h"
#include "kernels/operation.h"

namespace assay::harness::conformance {
namespace {

/// Number of candidate problems; enough for most implementations to find one that they can solve.
constexpr std::size_t kProblems = 12;

/// Chooses one small problem for every implementation of the operation.
std::vector<Choice> choices_of(Subject& subject, const kernels::Operation& operation) {
  if (operation.collective != nullptr) subject.join_itself();
  std::vector<Choice> out;
  for (const kernels::Problem& problem : small_problems(operation, kProblems)) {
    for (const std::string& name : subject.able(problem.text())) {
      const bool known = std::any_of(out.begin(), out.end(), [&](const Choice& choice) {
        return choice.implementation == name;
      });
      if (!known) out.push_back({problem.text(), name});
    }
  }
  return out;
}

/// Operations of one device first, then those of several devices.
std::vector<const kernels::Operation*> operations_by_devices() {
  const auto all = kernels::operations();
  std::vector<const kernels::Operation*> out(all.begin(), all.end());
  std::stable_partition(out.begin(), out.end(),
                        [](const auto* one) { return one->collective == nullptr; });
  return out;
}

Choice first_choice(Subject& subject) {
  for (const kernels::Operation* operation : operations_by_devices()) {
    const auto found = choices_of(subject, *operation);
    if (!found.empty()) return found.front();
  }
  throw MissingPrerequisite("the device offers no implementation of any operation");
}

}  // namespace

std::vector<Choice> choices(Subject& subject) {
  std::vector<std::vector<Choice>> by_operation;
  std::size_t most = 0;
  for (const kernels::Operation* operation : operations_by_devices()) {
    by_operation.push_back(choices_of(subject, *operation));
    most = std::max(most, by_operation.back().size());
  }
  std::vector<Choice> out;
  for (std::size_t i = 0; i < most; ++i) {
    for (const auto& list : by_operation) {
      if (i < list.size()) out.push_back(list[i]);
    }
  }
  if (out.empty())
    throw MissingPrerequisite("the device offers no implementation of any operation");
  return out;
}

TestProblem::TestProblem(Subject& subject, bool prepared)
    : TestProblem(subject, first_choice(subject), prepared) {}

TestProblem::TestProblem(Subject& subject, Choice choice, bool prepared)
    : subject_(subject), choice_(std::move(choice)) {
  const auto problem = kernels::Problem::parse(choice_.problem);
  for (const kernels::Operand& operand : problem.operation().operands(problem)) {
    std::vector<std::byte> content(static_cast<std::size_t>(operand.bytes()));
    if (operand.fill != nullptr) operand.fill(problem, 0, content);
    buffers_.emplace_back(subject, std::max<std::size_t>(1, content.size()));
    buffers_.back().upload(content);
    pointers_.push_back(buffers_.back().get());
  }
  if (!prepared) return;
  const assay_status status = prepare(&executable_);
  if (status != ASSAY_OK) {
    throw MissingPrerequisite(
        fmt::format("preparing {}: {}", choice_.text(), subject.words(status)));
  }
}

TestProblem::~TestProblem() {
  if (executable_ != nullptr) subject_.table().release(executable_);
}

assay_status TestProblem::prepare(assay_executable** out) const {
  *out = nullptr;
  return subject_.table().prepare(subject_.device(), choice_.problem.c_str(),
                                  choice_.implementation.c_str(), pointers_.data(),
                                  pointers_.size(), out);
}

}  // namespace assay::harness::conformance
