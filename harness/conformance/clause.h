// A clause of the interface (backends/assay_backend.h), and the result of testing a module against
// it.
#pragma once

#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

namespace assay::harness::conformance {

class Subject;

enum class Verdict {
  fulfilled,
  noted,  ///< not required by the interface, but worth knowing
  broken,
  inconclusive,  ///< tested, but this machine is too noisy to decide
  absent,        ///< not tested: the module lacks an optional feature
  untested       ///< not tested: the module lacks something that is required
};
/// The name in JSON: "fulfilled".
const char* name(Verdict verdict);

struct Finding {
  Verdict verdict = Verdict::fulfilled;
  std::string text;  ///< what was found; may be empty if the clause is fulfilled
};

/// Thrown by a clause that the module breaks.
struct Violation : std::runtime_error {
  using std::runtime_error::runtime_error;
};
/// Thrown by a clause that cannot be tested because the module lacks something that is required.
struct MissingPrerequisite : std::runtime_error {
  using std::runtime_error::runtime_error;
};
/// Thrown by a clause whose test gave no certain result.
struct Inconclusive : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Throws Violation with the text `found` unless `holds` is true.
inline void require(bool holds, const std::string& found) {
  if (!holds) throw Violation(found);
}

struct Clause {
  /// After a crash or a hang, the other clauses of the group are skipped.
  std::string group;
  std::string name;
  std::string rule;  ///< what the interface requires
  std::function<Finding(Subject&)> examine;

  std::string id() const { return group + "." + name; }
};

/// The clauses that need no device.
std::vector<Clause> module_clauses();
/// The clauses that need a device.
std::vector<Clause> device_clauses();

/// The groups that device_clauses() is made of.
void add_reopening_clause(std::vector<Clause>& clauses);
void add_opening_clauses(std::vector<Clause>& clauses);
void add_rank_clauses(std::vector<Clause>& clauses);
void add_memory_clauses(std::vector<Clause>& clauses);
void add_prepare_clauses(std::vector<Clause>& clauses);
void add_run_clauses(std::vector<Clause>& clauses);
void add_result_clauses(std::vector<Clause>& clauses);
void add_error_clauses(std::vector<Clause>& clauses);
void add_timing_clauses(std::vector<Clause>& clauses);
void add_resource_clauses(std::vector<Clause>& clauses);

}  // namespace assay::harness::conformance
