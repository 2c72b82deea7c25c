// Problem texts: every accepted problem has one canonical text and finite work.
#include <cmath>

#include "kernels/error.h"
#include "kernels/operation.h"
#include "kernels/problem.h"
#include "tests/fuzz/target.h"

using assay::fuzz::promise;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using assay::kernels::Problem;
  try {
    const auto problem = Problem::parse(assay::fuzz::text_of(data, size));
    const auto again = Problem::parse(problem.text());
    promise(again == problem && again.hash() == problem.hash(),
            "a canonical text parses back to the same problem");
    for (const auto& operand : problem.operation().operands(problem)) {
      promise(operand.bytes() > 0, "an operand's bytes are a number above zero");
    }
    const auto work = problem.operation().work(problem);
    promise(std::isfinite(work.flop) && std::isfinite(work.bytes) && work.bytes > 0,
            "work is finite");
    assay::fuzz::accept();
  } catch (const assay::InputError&) {
    return 0;
  }
  return 0;
}
