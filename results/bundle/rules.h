// The named rules that a run must keep so that its results may be quoted. They check the contents
// of a bundle, not its author: a signature does that.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "results/bundle/bundle.h"

namespace assay::results::bundle {

/// The largest allowed target for the half-width of the median's interval: the widest target of the
/// built-in suites.
inline constexpr double kWidestTarget = 0.02;

/// A violation of a rule.
struct Violation {
  std::string subject;  ///< "cpu:0 triad n=64 native/stream"; empty for the whole run
  std::string what;     ///< "±25% reached, ±1% requested"
};

struct RuleResult {
  std::size_t judged = 0;  ///< number of records that the rule covers
  std::vector<Violation> violations;
};

struct BundleRule {
  std::string_view id;    ///< "minimum-samples"
  std::string_view text;  ///< what holds if the rule is kept, without a full stop
  RuleResult (*judge)(const Bundle& bundle);
  /// Whether the figures of a run that breaks it contradict themselves: then nothing may be told
  /// from them.
  bool contradiction = false;
};

/// In the order in which they are shown.
std::span<const BundleRule> bundle_rules();
/// Throws InputError at `place` with the nearest id if there is no such rule.
const BundleRule& find_bundle_rule(std::string_view id, const std::string& place);

/// "cpu:0 triad n=64 native/stream".
std::string subject_of(const record::Record& record);

}  // namespace assay::results::bundle
