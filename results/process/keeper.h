// A process between this one and a program that it starts, which ends what the program leaves
// behind.
#pragma once

#include <sys/types.h>

#include <csignal>

namespace assay::results::process {

/// Asks a keeper to end its program and all processes that the program started. Nobody else sends
/// this signal, in contrast to SIGTERM, which launchers send to whole groups.
inline constexpr int kEndSignal = SIGUSR1;

/// Runs in a forked child, so it makes only calls that are safe between fork and exec. Starts the
/// program by `start(context)` in a child of its own; `start` returns only if that failed, and has
/// then reported it. Waits for the program's end or for kEndSignal, which the kernel also sends
/// when `parent` ends. Then kills every process that the program started and that still runs, even
/// one in a session of its own, and ends like the program: with its exit code or by its signal.
[[noreturn]] void keep_program(pid_t parent, void (*start)(void* context), void* context);

}  // namespace assay::results::process
