// Problem texts with only some fields, and the measured quantities in the test of a claim.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "kernels/problem.h"
#include "results/claims/catalogue.h"

namespace assay::results::claims {

/// "matmul a=bf16 b=bf16" matches every problem of that operation with these field values.
class ProblemPattern {
 public:
  /// Throws InputError that names an unknown operation or field.
  explicit ProblemPattern(std::string_view text);

  const std::string& operation() const { return operation_; }
  const std::map<std::string, std::string>& fields() const { return fields_; }

  /// Whether every problem that the other one matches is matched by this one.
  bool contains(const ProblemPattern& other) const;
  bool matches(const kernels::Problem& problem) const;
  /// The same for a text; false if this build cannot parse it.
  bool matches(const std::string& operation, const std::string& problem) const;

 private:
  std::string operation_;
  std::map<std::string, std::string> fields_;
};

/// Throws InputError if problems of the pattern compute in another type than that of the peak, or
/// may do so: `quantity` is "peak.bf16" and the pattern `matmul a=f16`; or if the quantity is
/// "memory.bandwidth" and something else limits the operation. Other quantities and peaks of no
/// type that problems have are not checked.
void check_type_of_peak(std::string_view quantity, const ProblemPattern& pattern);

/// What a record gives: FLOP/s, B/s, the seconds or joules per launch, and FLOP/s or B/s per watt.
enum class MeasuredQuantity { flop, byte, time, energy, flop_per_watt, byte_per_watt };
/// Whether it needs a sensor of power or energy.
bool needs_energy(MeasuredQuantity quantity_kind);
Dimension dimension(MeasuredQuantity quantity_kind);

/// One name in a test's quantity: "rate.flop(x)", "rate.byte(x)", "time(x)", "energy(x)",
/// "rate.flop.watt(x)" or "rate.byte.watt(x)" of problem x.
struct MeasuredName {
  MeasuredQuantity quantity_kind = MeasuredQuantity::flop;
  std::string problem;
};
/// Throws InputError if `name` does not have that form.
MeasuredName parse_measured_name(std::string_view name);

/// Throws InputError if the test's quantity uses a problem that the test does not have, or if its
/// dimension is not that of the claimed value.
void check_test(const Test& test, const Dimension& claimed);

}  // namespace assay::results::claims
