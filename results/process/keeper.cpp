#include "results/process/keeper.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace assay::results::process {
namespace {

/// How long killed processes may take to end. A helper that hangs in a driver does not hold up the
/// report of its program's end any longer.
constexpr int kPatienceSeconds = 5;
constexpr long kPauseNanoseconds = 2'000'000;
constexpr int kTurns = kPatienceSeconds * (1'000'000'000 / kPauseNanoseconds);

/// So that the other ends of this process's sockets and locks see them close when this process
/// ends, although the keeper lives on.
void close_all_descriptors() {
  if (syscall(SYS_close_range, 0U, ~0U, 0U) == 0) return;
  for (int descriptor = 0; descriptor < 65536; ++descriptor) close(descriptor);
}

/// Sends SIGKILL to all children; processes whose parent has ended become children (subreaper).
void kill_children() {
  const int list = open("/proc/thread-self/children", O_RDONLY | O_CLOEXEC);
  if (list < 0) return;
  std::array<char, 4096> text;
  pid_t process = 0;
  for (ssize_t count = 0; (count = read(list, text.data(), text.size())) > 0;) {
    for (ssize_t i = 0; i < count; ++i) {
      const char c = text[static_cast<std::size_t>(i)];
      if (c >= '0' && c <= '9') {
        process = process * 10 + (c - '0');
      } else if (process > 0) {
        kill(process, SIGKILL);
        process = 0;
      }
    }
  }
  if (process > 0) kill(process, SIGKILL);
  close(list);
}

/// Reaps what has ended. Returns whether `program` was among it, with its status.
bool reap(pid_t program, int& status, bool& none_left) {
  bool ended = false;
  while (true) {
    int one = 0;
    const pid_t process = waitpid(-1, &one, WNOHANG);
    if (process < 0 && errno == EINTR) continue;
    none_left = process < 0;
    if (process <= 0) return ended;
    if (process != program) continue;
    status = one;
    ended = true;
  }
}

[[noreturn]] void end_like(int status) {
  if (WIFSIGNALED(status)) {
    const int signal = WTERMSIG(status);
    // The program has left its core dump; another one would be of this process.
    prctl(PR_SET_DUMPABLE, 0);
    ::signal(signal, SIG_DFL);
    sigset_t only;
    sigemptyset(&only);
    sigaddset(&only, signal);
    sigprocmask(SIG_UNBLOCK, &only, nullptr);
    raise(signal);
  }
  _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 126);
}

}  // namespace

void keep_program(pid_t parent, void (*start)(void* context), void* context) {
  sigset_t all;
  sigfillset(&all);
  sigprocmask(SIG_SETMASK, &all, nullptr);
  // An ignored SIGCHLD would take away the program's status.
  signal(SIGCHLD, SIG_DFL);
  prctl(PR_SET_PDEATHSIG, kEndSignal);
  if (getppid() != parent) _exit(126);
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  const pid_t self = getpid();
  const pid_t program = fork();
  if (program == 0) {
    // Even if the keeper is killed itself, its program ends.
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != self) _exit(126);
    setpgid(0, 0);
    start(context);
    _exit(127);
  }
  close_all_descriptors();
  if (program < 0) _exit(126);
  int status = 0;
  bool none_left = false;
  sigset_t awaited;
  sigemptyset(&awaited);
  sigaddset(&awaited, SIGCHLD);
  sigaddset(&awaited, kEndSignal);
  bool ended = false;
  while (!ended && !none_left) {
    const int signal = sigwaitinfo(&awaited, nullptr);
    if (signal == kEndSignal) kill(program, SIGKILL);
    ended = reap(program, status, none_left);
    if (signal == kEndSignal) break;
  }
  kill(-program, SIGKILL);
  for (int turn = 0; turn < kTurns && !none_left; ++turn) {
    kill_children();
    ended = reap(program, status, none_left) || ended;
    const timespec pause = {0, kPauseNanoseconds};
    if (!none_left) nanosleep(&pause, nullptr);
  }
  if (!ended) status = SIGKILL;
  end_like(status);
}

}  // namespace assay::results::process
