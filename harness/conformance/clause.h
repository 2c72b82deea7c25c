// A clause of the interface (backends/assay_backend.h), and what examining a module found.
#pragma once

#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

namespace assay::harness::conformance {

class Subject;

enum class Verdict {
  fulfilled,
  noted,  ///< no duty, but worth knowing
  broken,
  inconclusive,  ///< examined, but this machine is too restless to tell
  absent,        ///< not examined: what it is about is not there, and need not be
  untested       ///< not examined, for want of something that the module owes
};
/// "fulfilled", as JSON has it.
const char* name(Verdict verdict);

struct Finding {
  Verdict verdict = Verdict::fulfilled;
  std::string text;  ///< what was found; may be empty where the clause is fulfilled
};

/// Thrown by a clause: the module broke it.
struct Violation : std::runtime_error {
  using std::runtime_error::runtime_error;
};
/// Thrown by a clause that cannot be examined for want of something that the module owes.
struct Unmet : std::runtime_error {
  using std::runtime_error::runtime_error;
};
/// Thrown by a clause that was examined and can be neither affirmed nor denied.
struct Undecided : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Throws Violation with `found` unless it holds.
inline void require(bool holds, const std::string& found) {
  if (!holds) throw Violation(found);
}

struct Clause {
  /// After a crash or a hang the rest of its group is skipped.
  std::string group;
  std::string name;
  std::string rule;  ///< what the interface asks for
  std::function<Finding(Subject&)> examine;

  std::string id() const { return group + "." + name; }
};

/// All that needs no device.
std::vector<Clause> module_clauses();
/// All that needs a device.
std::vector<Clause> device_clauses();

/// The groups that device_clauses() is made of.
void add_reopening_clause(std::vector<Clause>& clauses);
void add_opening_clauses(std::vector<Clause>& clauses);
void add_together_clauses(std::vector<Clause>& clauses);
void add_memory_clauses(std::vector<Clause>& clauses);
void add_prepare_clauses(std::vector<Clause>& clauses);
void add_run_clauses(std::vector<Clause>& clauses);
void add_result_clauses(std::vector<Clause>& clauses);
void add_error_clauses(std::vector<Clause>& clauses);
void add_timing_clauses(std::vector<Clause>& clauses);
void add_resource_clauses(std::vector<Clause>& clauses);

}  // namespace assay::harness::conformance
