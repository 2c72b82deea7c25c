// What the command line adds to the errors of the rooms below it, which do not know its options:
// the place of what was wrong, and what to do about it.
#pragma once

#include <fmt/format.h>

#include <string>
#include <utility>

#include "kernels/error.h"

namespace assay::cli {

/// Returns `action()`. An InputError that it throws gets `hint` after the hint it has.
template <class Action>
decltype(auto) with_hint(const std::string& hint, Action&& action) {
  try {
    return std::forward<Action>(action)();
  } catch (const InputError& error) {
    throw InputError(error.what(), error.hint().empty() ? hint
                                   : error.hint().ends_with('?')
                                       ? fmt::format("{} {}", error.hint(), hint)
                                       : fmt::format("{}; {}", error.hint(), hint));
  }
}

/// Returns `action()`. An InputError that it throws gets `place` before its text: "--key: …".
template <class Action>
decltype(auto) at_place(const std::string& place, Action&& action) {
  try {
    return std::forward<Action>(action)();
  } catch (const InputError& error) {
    throw InputError(fmt::format("{}: {}", place, error.what()), error.hint());
  }
}

}  // namespace assay::cli
