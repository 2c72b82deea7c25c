// Expressions over figures, and quantities with units: each text is evaluated or refused.
#include <cmath>
#include <string>
#include <vector>

#include "kernels/error.h"
#include "results/claims/expression.h"
#include "results/claims/units.h"
#include "tests/fuzz/target.h"

using assay::fuzz::promise;

namespace {

using namespace assay::results;

void evaluate(const std::string& text) {
  const claims::Expression expression(text);
  assay::fuzz::accept();
  const std::size_t names = expression.names().size();
  promise(expression.text() == text, "an expression keeps its text");
  expression.substitute([](const std::string& name) { return name; });
  try {
    const double value = expression.evaluate(std::vector<double>(names, 2.0));
    promise(std::isfinite(value), "a value is finite");
  } catch (const assay::InputError&) {
  }
  try {
    const std::vector<statistics::Interval> figures(names, {1.0, 2.0});
    const statistics::Interval interval = expression.evaluate(figures);
    promise(interval.lower <= interval.upper, "an interval's ends are in order");
  } catch (const assay::InputError&) {
  }
  expression.dimension(
      std::vector<claims::Dimension>(names, claims::parse_unit("FLOP/s").dimension));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(assay::fuzz::text_of(data, size));
  try {
    evaluate(text);
  } catch (const assay::InputError&) {
  }
  try {
    promise(!std::isnan(claims::parse_quantity(text).value), "a quantity is a number");
    assay::fuzz::accept();
  } catch (const assay::InputError&) {
  }
  return 0;
}
