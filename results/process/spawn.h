// Starts another program.
#pragma once

#include <sys/types.h>

#include <string>
#include <utility>
#include <vector>

namespace assay::results::process {

struct SpawnOptions {
  std::string program;                   ///< a path, or the name of a program in PATH
  std::vector<std::string> arguments;    ///< after the program's own name
  std::vector<std::string> environment;  ///< "NAME=VALUE"; the complete environment
  /// Descriptors of this process, and their numbers in the program. The program gets no other
  /// descriptors, except those opened without O_CLOEXEC.
  std::vector<std::pair<int, int>> descriptors;
  /// It ends when this process ends, and all processes that it started end with it, because a
  /// keeper (keeper.h) stands between. spawn() then returns the keeper's id, which ends like the
  /// program and must be ended with kEndSignal.
  bool ends_with_parent = false;
  bool ignores_interrupt = false;  ///< ignores SIGINT, which a terminal sends to the whole group
};

/// This process's environment.
std::vector<std::string> own_environment();

/// Returns the process's id, or a negative errno if the program could not be started: -ENOENT if
/// there is no such program.
pid_t spawn(const SpawnOptions& options);

}  // namespace assay::results::process
