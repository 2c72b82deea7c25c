// The examination's outcome as text of 80 columns and as JSON.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <vector>

#include "tests/conformance/runner.h"

namespace assay::conformance {

/// Results of one device, or of the module itself where `name` is empty.
struct Section {
  std::string title;  ///< "module", "device 0"
  std::string name;   ///< the device's
  std::vector<Result> results;
};

/// A line a clause; below a failed one what was expected and found.
std::string section_text(const Section& section, bool colour);
std::string summary_text(std::span<const Section> sections);
nlohmann::ordered_json to_json(std::span<const Section> sections, const std::string& module,
                               bool conforms);

/// Whether no clause failed.
bool conforms(std::span<const Section> sections);

}  // namespace assay::conformance
