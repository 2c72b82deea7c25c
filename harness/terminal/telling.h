// How much a program tells on stderr while it works. Errors and what was left out are always told.
#pragma once

#include <string>

namespace assay::harness::terminal {

struct Telling {
  bool progress = true;  ///< status lines; lines for measurements that went as they should
  bool remarks = true;
  bool each_measurement = false;  ///< a line for each, also on a terminal
};

/// Set once, after the command line was read.
void set_telling(const Telling& telling);
const Telling& telling();

/// Whether a status line may be redrawn on stderr.
bool draws_status();

/// Prints a whole line or several to stderr, unless no remarks are wanted.
void remark(const std::string& text);
/// The same as the line "note: TEXT".
void note(const std::string& text);

}  // namespace assay::harness::terminal
