// Sides that are measured by running a program: builds of assay, and commands.
#pragma once

#include <string>
#include <vector>

#include "harness/cli/duel/contest.h"

namespace assay::cli::duel {

/// What the side's program plans for the choice. Each measurement is one `PROGRAM run` with a
/// temporary store. `letter` is A or B. Throws InputError if the program fails.
std::vector<Entry> entries_of_program(const SideChoice& side, const std::string& letter,
                                      const Session& session);

/// Wall time of a command from its start to its end, which must have exit code 0. It has the
/// environment in which this program was started. With `for_shell` a shell runs it: both sides or
/// neither, since the shell's start takes time.
Runner runner_of_command(const std::string& command, bool for_shell, const Session& session);

}  // namespace assay::cli::duel
