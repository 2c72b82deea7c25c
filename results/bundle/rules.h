// The rules that a run's results must keep to be worth quoting, each with its name. They judge what
// the bundle says, not who says it: that is a signature's work.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "results/bundle/bundle.h"

namespace assay::results::bundle {

/// The interval of the median that was asked for may be this wide, either side: the widest target
/// of the built-in suites.
inline constexpr double kWidestTarget = 0.02;
/// Launches were watched for so long (nvbench's minimum), in seconds ...
inline constexpr double kMinimumSeconds = 0.5;
/// ... or so long where the asked interval was met sooner: one call of the sampler.
inline constexpr double kMinimumSecondsOfMet = 0.01;

/// What breaks a rule.
struct Breach {
  std::string subject;  ///< "cpu:0 triad n=64 native/stream"; empty where the run is meant
  std::string what;     ///< "±25% reached, ±1% asked"
};

struct Ruling {
  std::size_t judged = 0;  ///< records that the rule looked at
  std::vector<Breach> breaches;
};

struct BundleRule {
  std::string_view id;    ///< "minimum-samples"
  std::string_view text;  ///< what is so where it is kept, without a full stop
  Ruling (*judge)(const Bundle& bundle);
};

/// In the order in which they are told.
std::span<const BundleRule> bundle_rules();
/// Throws InputError at `place` with the nearest id where there is none.
const BundleRule& find_bundle_rule(std::string_view id, const std::string& place);

/// "cpu:0 triad n=64 native/stream".
std::string subject_of(const record::Record& record);

}  // namespace assay::results::bundle
