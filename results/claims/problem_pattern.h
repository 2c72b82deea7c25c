// A problem text with only some fields fixed, and the quantity that a claim's test makes of rates.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "kernels/problem.h"
#include "results/claims/catalogue.h"

namespace assay::results::claims {

/// "matmul a=bf16 b=bf16": matches every Problem of that operation that agrees in those fields.
class ProblemPattern {
 public:
  /// Throws InputError naming an operation or field that there is not.
  explicit ProblemPattern(std::string_view text);

  const std::string& operation() const { return operation_; }
  const std::map<std::string, std::string>& fields() const { return fields_; }

  bool matches(const kernels::Problem& problem) const;
  /// The same of a text; false where this build cannot parse it.
  bool matches(const std::string& operation, const std::string& problem) const;

 private:
  std::string operation_;
  std::map<std::string, std::string> fields_;
};

/// What is read off a record: FLOP/s, B/s, or the seconds of a launch.
enum class Gauge { flop, byte, time };
Dimension dimension(Gauge gauge);

/// One reading in a test's quantity: "rate.flop(x)", "rate.byte(x)" or "time(x)" of problem x.
struct GaugeName {
  Gauge gauge = Gauge::flop;
  std::string problem;
};
/// Throws InputError where `name` is not of that form.
GaugeName parse_gauge_name(std::string_view name);

/// Throws InputError where the test's quantity uses a problem that the test does not name, or is
/// not of the dimension of what is claimed.
void check_test(const Test& test, const Dimension& claimed);

}  // namespace assay::results::claims
