// Runs another program as a child process and returns its output as text.
#pragma once

#include <string>
#include <vector>

namespace assay::results::process {

struct CommandResult {
  bool found = true;  ///< false if there is no such program
  int code = -1;      ///< exit status; -1 if it was killed
  std::string out, error;
};

/// Runs a program found in PATH with the file `input` as its standard input, and waits for it.
/// Throws Error if no process can be started, InputError if the input cannot be read.
CommandResult run_command(const std::vector<std::string>& words, const std::string& input);
/// The same with a text as standard input.
CommandResult run_command_with_text(const std::vector<std::string>& words, const std::string& text);

}  // namespace assay::results::process
