// How all output of a program leaves it. A program that measures for hours must not end because its
// terminal, its pipe or the disk behind its log is gone.
#pragma once

#include <string>

namespace assay::harness::terminal {

/// Call first in main(). Afterwards
///   - the descriptors 0, 1 and 2 are open: a closed one is replaced by one that fails, so that no
///     other file gets its number,
///   - writing to stdout and stderr never fails, throws or raises SIGPIPE or SIGXFSZ. What cannot
///   be
///     written is lost, which lost_output() and lost_messages() tell,
///   - control characters in foreign texts do not reach a terminal (clean_stream.h).
void protect_standard_streams();

/// Writes out what stdout holds. errno of the first write to standard output that failed, 0 if all
/// was written.
int lost_output();
/// The same, for a caller that tells it: afterwards it counts as none.
int take_lost_output();
/// The same for stderr.
int lost_messages();

/// Says that standard output only repeats what is kept elsewhere.
void output_is_kept_elsewhere();

/// The exit code of a program that would end with `code`: `failed` if output was lost, after saying
/// so on stderr. A reader that has seen enough, such as `head`, is not told. Where standard output
/// only repeats what is kept and nobody reads stderr either, `code` remains.
int exit_code_after_output(int code, int failed);

}  // namespace assay::harness::terminal
