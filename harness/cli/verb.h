// A verb of the command line. harness/cli/NAME/NAME.cpp defines one constant `const Verb verb` in
// the namespace of that folder; the build lists them.
#pragma once

#include <functional>
#include <span>
#include <string_view>

#include "harness/cli/options.h"

namespace assay::cli {

inline constexpr int kDone = 0;  ///< done, and good
inline constexpr int kFinding =
    1;  ///< done; there is a wrong result, a refuted claim, a regression
inline constexpr int kBadInput = 2;    ///< bad usage or input; nothing changed
inline constexpr int kNothingRan = 3;  ///< nothing could be measured or judged
inline constexpr int kFailed = 4;  ///< it failed: store locked or lost, disk full, internal error

/// What a verb is for. Help lists the verbs in this order.
enum class VerbGroup { measure, look, judge, decide, watch, trust, extend, hidden };

/// "Measure", the heading in help; empty for verbs that help does not list.
std::string_view heading(VerbGroup group);

struct Verb {
  std::string_view name;
  std::string_view summary;
  /// Adds the verb's options and returns the function that runs it once they are read; that gives
  /// the exit code. InputError thrown from it ends with code 2.
  std::function<int()> (*add)(Options& options);
  VerbGroup group = VerbGroup::hidden;
  bool measures = false;  ///< prints a line for each measurement
};

std::span<const Verb* const> verbs();

}  // namespace assay::cli
