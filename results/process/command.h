// Another program as a child: a file for its input, its output as text.
#pragma once

#include <string>
#include <vector>

namespace assay::results::process {

struct CommandResult {
  bool found = true;  ///< there is such a program
  int code = -1;      ///< exit status; -1 where it was killed
  std::string out, error;
};

/// Runs a program of PATH with `input` as its standard input, and waits for it. Throws Error where
/// the system gives no process, InputError where the input cannot be read.
CommandResult run_command(const std::vector<std::string>& words, const std::string& input);
/// The same with a text as standard input.
CommandResult run_command_with_text(const std::vector<std::string>& words, const std::string& text);

}  // namespace assay::results::process
