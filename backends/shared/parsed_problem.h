// A problem's text as modules that link kernels/ get it, and the buffers that come with it. The kit
// itself (sdk/) does not know kernels.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "backends/sdk/failure.h"
#include "kernels/collective.h"
#include "kernels/error.h"
#include "kernels/operation.h"
#include "kernels/problem.h"

namespace assay::backends {

/// Throws Failure with ASSAY_INVALID where the text is no problem.
inline kernels::Problem parsed(std::string_view text) {
  try {
    return kernels::Problem::parse(text);
  } catch (const InputError& error) {
    throw sdk::Failure(ASSAY_INVALID, error.what());
  }
}

/// What one device needs of the problem's operands: all, or the parts of its rank.
inline std::vector<kernels::Operand> operands_of(const kernels::Problem& problem,
                                                 std::int64_t rank) {
  const kernels::Operation& operation = problem.operation();
  if (operation.collective == nullptr) return operation.operands(problem);
  std::vector<kernels::Operand> out;
  for (kernels::RankOperand& part : operation.collective->operands(problem, rank)) {
    out.push_back(std::move(part.operand));
  }
  return out;
}

/// Throws Failure with ASSAY_INVALID unless there is a large enough buffer for each operand.
template <class Buffer>
void require_buffers(const kernels::Problem& problem, std::span<Buffer* const> buffers,
                     std::int64_t rank = 0) {
  const auto operands = operands_of(problem, rank);
  if (buffers.size() != operands.size()) {
    throw sdk::Failure(ASSAY_INVALID, std::to_string(buffers.size()) + " buffers for the " +
                                          std::to_string(operands.size()) + " operands of " +
                                          problem.text());
  }
  for (std::size_t i = 0; i < operands.size(); ++i) {
    const auto needed = static_cast<std::uint64_t>(operands[i].bytes());
    if (buffers[i]->bytes() >= needed) continue;
    throw sdk::Failure(ASSAY_INVALID, "operand " + operands[i].name + " needs a buffer of " +
                                          std::to_string(needed) + " bytes, and got one of " +
                                          std::to_string(buffers[i]->bytes()));
  }
}

}  // namespace assay::backends
