// The test report as text of 80 columns and as JSON.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <vector>

#include "harness/conformance/runner.h"

namespace assay::harness::conformance {

/// Results of one device, or of the module itself if `name` is empty.
struct Section {
  std::string title;  ///< "module", "device 0"
  std::string name;   ///< the device's name
  std::vector<Result> results;
};

enum class Conclusion {
  conforms,
  /// A clause is broken, or could not be tested because the module lacks something required.
  does_not_conform,
  no_device  ///< all tested clauses conform, but there was no device to test
};
Conclusion conclude(std::span<const Section> sections, bool devices_exercised);

/// One line per clause, followed by the finding if there is one.
std::string section_text(const Section& section, bool colour);
/// Counts, the clauses that are broken or could not be tested, and the conclusion.
std::string summary_text(std::span<const Section> sections, Conclusion conclusion);
/// One line per clause with its requirement.
std::string list_text(std::span<const Clause> clauses);

nlohmann::ordered_json to_json(std::span<const Section> sections, const std::string& module,
                               Conclusion conclusion);
nlohmann::ordered_json list_json(std::span<const Clause> clauses);

}  // namespace assay::harness::conformance
