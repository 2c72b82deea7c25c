// A clause of the interface (backends/assay_backend.h), and what examining a module found.
#pragma once

#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

namespace assay::conformance {

class Subject;

enum class Verdict {
  fulfilled,
  reported,  ///< no duty, but worth knowing
  failed,
  skipped,     ///< could not be examined, because something before it failed
  untestable,  ///< says nothing of such a device: nothing runs on a pretended one
};
const char* name(Verdict verdict);

struct Finding {
  Verdict verdict = Verdict::fulfilled;
  std::string text;  ///< what was found; may be empty where the clause is fulfilled
};

/// Thrown by a clause: the module broke it.
struct Violation : std::runtime_error {
  using std::runtime_error::runtime_error;
};
/// Thrown by a clause that cannot be examined; another clause says why.
struct Unmet : std::runtime_error {
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

std::vector<Clause> module_clauses();
/// All that needs a device.
std::vector<Clause> device_clauses();

/// The groups that device_clauses() is made of.
void add_opening_clauses(std::vector<Clause>& clauses);
void add_memory_clauses(std::vector<Clause>& clauses);
void add_prepare_clauses(std::vector<Clause>& clauses);
void add_launch_clauses(std::vector<Clause>& clauses);
void add_result_clauses(std::vector<Clause>& clauses);

}  // namespace assay::conformance
