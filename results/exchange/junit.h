// JUnit XML for build servers: cases that passed, failed, had an error or were skipped.
#pragma once

#include <iosfwd>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace assay::results::exchange {

enum class JUnitOutcome {
  passed,
  failed,   ///< the judged result is bad: a wrong result, a regression
  broken,   ///< there is no result to judge: a crash, a timeout. "error" in the file
  skipped,  ///< it was not tried
};

struct JUnitCase {
  std::string group;  ///< "classname": a dotted name, from general to specific
  std::string name;
  double seconds = 0;
  JUnitOutcome outcome = JUnitOutcome::passed;
  std::string type;     ///< of a failure or an error, in one word: "wrong"
  std::string message;  ///< the reason; empty if the case passed
  std::string output;   ///< output of the case; may be empty
  std::vector<std::pair<std::string, std::string>> properties;
};

struct JUnitSuite {
  std::string name;
  std::string started;  ///< UTC, ISO 8601
  std::string host;
  std::vector<std::pair<std::string, std::string>> properties;
  std::vector<JUnitCase> cases;
};

/// Writes the suites under one root. Characters that XML 1.0 does not allow (control characters,
/// bytes that are not UTF-8) become U+FFFD.
void write_junit(std::ostream& out, const std::string& name, std::span<const JUnitSuite> suites);

}  // namespace assay::results::exchange
