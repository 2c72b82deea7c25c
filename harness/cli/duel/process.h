// Runs another program to its end and times it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/worker/interrupt.h"

namespace assay::cli::duel {

struct Program {
  std::vector<std::string> words;      ///< a path or a name in PATH, then the arguments
  std::vector<std::string> variables;  ///< "NAME=VALUE", which replace those of this process
  bool keeps_output = false;           ///< else what it prints on standard output is thrown away
  bool ignores_interrupt = false;      ///< Ctrl-C on the terminal ends it only through this process
};

struct Ended {
  int code = 0;
  int signal = 0;  ///< 0 if it ended by itself
  bool timed_out = false;
  double seconds = 0;  ///< wall time from its start to its end
  std::string output, error;

  /// What is wrong, with its last line on standard error; empty if it ended with code 0.
  std::string failure() const;
};

/// Throws InputError if the program cannot be started, Interrupted if the user stops it; the
/// program is then killed.
Ended run_to_end(const Program& program, std::optional<double> timeout_seconds,
                 const harness::worker::Interrupt& interrupt);

/// Whether a command has a character with a meaning to a shell, other than the space.
bool needs_shell(const std::string& command);

/// The words of a command: those for a shell, or the command split at spaces.
std::vector<std::string> words_of(const std::string& command, bool for_shell);

}  // namespace assay::cli::duel
