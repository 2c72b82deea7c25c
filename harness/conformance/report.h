// The examination's outcome as text of 80 columns and as JSON.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <vector>

#include "harness/conformance/runner.h"

namespace assay::harness::conformance {

/// Results of one device, or of the module itself where `name` is empty.
struct Section {
  std::string title;  ///< "module", "device 0"
  std::string name;   ///< the device's
  std::vector<Result> results;
};

enum class Conclusion {
  conforms,
  /// A clause is broken, or could not be examined though the module owes what it needs.
  does_not,
  deviceless  ///< what could be examined conforms, but there was no device to exercise
};
Conclusion conclude(std::span<const Section> sections, bool devices_exercised);

/// A line a clause; below it what was found, where that is more than the rule says.
std::string section_text(const Section& section, bool colour);
/// Counts, the clauses that are broken or could not be examined, and the conclusion.
std::string summary_text(std::span<const Section> sections, Conclusion conclusion);
/// A line a clause: what each asks for.
std::string list_text(std::span<const Clause> clauses);

nlohmann::ordered_json to_json(std::span<const Section> sections, const std::string& module,
                               Conclusion conclusion);
nlohmann::ordered_json list_json(std::span<const Clause> clauses);

}  // namespace assay::harness::conformance
