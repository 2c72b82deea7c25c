// JUnit XML, as build servers read it: what passed, failed, broke and was skipped.
#pragma once

#include <iosfwd>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace assay::results::exchange {

enum class JUnitOutcome {
  passed,
  failed,   ///< what was judged fell short: a wrong result, a regression
  broken,   ///< it could not be judged: a crash, a timeout. "error" in the file
  skipped,  ///< it was not tried
};

struct JUnitCase {
  std::string group;  ///< "classname": dotted, from the general to the special
  std::string name;
  double seconds = 0;
  JUnitOutcome outcome = JUnitOutcome::passed;
  std::string type;     ///< of a failure or an error, one word: "wrong"
  std::string message;  ///< why; empty where the case passed
  std::string output;   ///< to be kept with the case; may be empty
};

struct JUnitSuite {
  std::string name;
  std::string started;  ///< UTC, ISO 8601
  std::string host;
  std::vector<std::pair<std::string, std::string>> properties;
  std::vector<JUnitCase> cases;
};

/// Writes the suites under one root. What XML 1.0 cannot hold in a text (control characters, bytes
/// that are not UTF-8) becomes U+FFFD.
void write_junit(std::ostream& out, const std::string& name, std::span<const JUnitSuite> suites);

}  // namespace assay::results::exchange
