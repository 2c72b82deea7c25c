// A problem text with only some fields fixed, and the quantity that a claim's test makes of rates.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "kernels/problem.h"
#include "results/claims/catalogue.h"

namespace assay::results {

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

/// One rate in a test's quantity: "rate.flop(x)" is FLOP/s, "rate.byte(x)" is B/s of problem x.
struct RateName {
  bool flop = true;
  std::string problem;
};
/// Throws InputError where `name` is not of that form.
RateName parse_rate_name(std::string_view name);

/// Throws InputError where the test's quantity uses a problem that the test does not name.
void check_test(const Test& test);

}  // namespace assay::results
