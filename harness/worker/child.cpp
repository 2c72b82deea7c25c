#include "harness/worker/child.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <utility>

#include "harness/measure/foreign_text.h"
#include "kernels/error.h"
#include "results/process/keeper.h"
#include "results/process/spawn.h"

namespace assay::harness::worker {
namespace {

using results::process::Descriptor;

/// This process's environment plus the variables of `extra` that it lacks.
std::vector<std::string> merged_environment(const std::map<std::string, std::string>& extra) {
  std::vector<std::string> all = results::process::own_environment();
  for (const auto& [name, value] : extra) {
    if (getenv(name.c_str()) == nullptr) all.push_back(name + "=" + value);
  }
  return all;
}

/// Memory of a fixed size that takes output from its beginning; what does not fit is refused, so
/// that no child can fill the machine's memory. Pages come into being when they are written.
Descriptor bounded_output() {
  Descriptor output(memfd_create("worker-output", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (output.open() && ftruncate(output.get(), static_cast<off_t>(kMostOutputBytes)) == 0) {
    fcntl(output.get(), F_ADD_SEALS, F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL);
  }
  return output;
}

/// Processes of the same user can no longer write to this one's memory, as a module in a worker
/// could (prctl(2), ptrace(2)). Root still can.
void close_memory() {
#ifndef __SANITIZE_ADDRESS__  // whose search for leaks attaches to the process
  prctl(PR_SET_DUMPABLE, 0);
#endif
}

/// Waits for the end of a process by its descriptor. Returns false if it did not end in time.
bool ends_within(int descriptor, int milliseconds) {
  pollfd watched = {descriptor, POLLIN, 0};
  int ready = 0;
  while ((ready = poll(&watched, 1, milliseconds)) < 0 && errno == EINTR) {
  }
  return ready != 0;
}

}  // namespace

std::string Exit::text() const {
  if (signal == 0) return fmt::format("exit code {}", code);
  const char* abbreviation = sigabbrev_np(signal);
  return abbreviation ? fmt::format("SIG{}", abbreviation) : fmt::format("signal {}", signal);
}

Child Child::start(const std::filesystem::path& executable,
                   const std::vector<std::string>& arguments,
                   const std::map<std::string, std::string>& environment) {
  close_memory();
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
    throw Error(fmt::format("starting a worker: {}", strerror(errno)));
  }
  Child child;
  child.channel_ = LineChannel(Descriptor(ends[0]));
  const Descriptor theirs(ends[1]);
  child.output_ = bounded_output();
  const Descriptor nothing(open("/dev/null", O_RDONLY | O_CLOEXEC));
  // Ctrl-C on a terminal reaches the whole process group; workers ignore it, and the parent decides
  // when to end them.
  const pid_t started =
      results::process::spawn({.program = executable.string(),
                               .arguments = arguments,
                               .environment = merged_environment(environment),
                               .descriptors = {{nothing.get(), STDIN_FILENO},
                                               {child.output_.get(), STDOUT_FILENO},
                                               {child.output_.get(), STDERR_FILENO},
                                               {theirs.get(), kWorkerDescriptor}},
                               .ends_with_parent = true,
                               .ignores_interrupt = true});
  if (started < 0) {
    throw Error(fmt::format("starting {}: {}", executable.string(), strerror(-started)));
  }
  child.process_ = started;
  child.end_ = Descriptor(static_cast<int>(syscall(SYS_pidfd_open, started, 0)));
  return child;
}

Child::Child(Child&& other) noexcept {
  *this = std::move(other);
}

Child& Child::operator=(Child&& other) noexcept {
  std::swap(process_, other.process_);
  std::swap(channel_, other.channel_);
  std::swap(output_, other.output_);
  std::swap(end_, other.end_);
  std::swap(exit_, other.exit_);
  return *this;
}

Child::~Child() {
  finish();
}

std::optional<double> Child::cpu_seconds() const {
  // The process is the keeper of the program (results/process/keeper.h), which is its only child.
  std::ifstream children(fmt::format("/proc/{0}/task/{0}/children", process_));
  std::optional<double> seconds;
  for (pid_t program = 0; children >> program;) {
    clockid_t clock = 0;
    timespec spent = {};
    if (clock_getcpuclockid(program, &clock) != 0 || clock_gettime(clock, &spent) != 0) continue;
    seconds = seconds.value_or(0) + static_cast<double>(spent.tv_sec) +
              static_cast<double>(spent.tv_nsec) * 1e-9;
  }
  return seconds;
}

bool Child::has_ended() const {
  return end_.get() >= 0 && ends_within(end_.get(), 0);
}

Exit Child::finish() {
  if (process_ < 0) return exit_;
  // If the child is already ending, keep its own cause of death.
  kill(process_, results::process::kEndSignal);
  int status = 0;
  constexpr int kPatienceMilliseconds = 10000;
  // With a kernel before 5.3 there is no descriptor, and only waitpid can tell.
  if (end_.get() >= 0 && !ends_within(end_.get(), kPatienceMilliseconds)) {
    // It hangs in a driver call. The kernel ends it at the latest when this process ends.
    kill(process_, SIGKILL);
    process_ = -1;
    exit_ = {0, SIGKILL};
    return exit_;
  }
  while (waitpid(process_, &status, 0) < 0 && errno == EINTR) {
  }
  process_ = -1;
  exit_ = WIFSIGNALED(status) ? Exit{0, WTERMSIG(status)} : Exit{WEXITSTATUS(status), 0};
  return exit_;
}

bool Child::output_is_cut() const {
  return output_.open() &&
         lseek(output_.get(), 0, SEEK_CUR) >= static_cast<off_t>(kMostOutputBytes);
}

std::string Child::last_output() const {
  // Where the child, which shares this descriptor's place, writes next.
  const off_t size = output_.open() ? lseek(output_.get(), 0, SEEK_CUR) : 0;
  std::string text(static_cast<std::size_t>(std::min<off_t>(std::max<off_t>(size, 0), 4096)), '\0');
  if (text.empty()) return {};
  const ssize_t count =
      pread(output_.get(), text.data(), text.size(), size - static_cast<off_t>(text.size()));
  text.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
  while (!text.empty() && text.back() == '\n') text.pop_back();
  const std::size_t begin = text.rfind('\n');
  return measure::foreign_line(begin == std::string::npos ? text : text.substr(begin + 1));
}

}  // namespace assay::harness::worker
