#include "results/process/spawn.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "results/process/descriptor.h"
#include "results/process/keeper.h"

extern char** environ;

namespace assay::results::process {

namespace {

/// Higher than every descriptor number that a program receives.
constexpr int kFirstFree = 10;

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  out.reserve(texts.size() + 1);
  for (std::string& text : texts) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

/// What a forked child needs to start the program.
struct Start {
  const SpawnOptions& options;
  char* const* arguments;
  char* const* environment;
  std::vector<std::pair<int, int>>& descriptors;
  int failure;  ///< descriptor for the error
};

/// Runs in the forked child, so it makes only calls that are safe between fork and exec. Returns
/// only if one of them fails.
void exec_program(const Start& start) {
  if (start.options.ignores_interrupt) signal(SIGINT, SIG_IGN);
  // This program ignores them; others may rely on them.
  signal(SIGPIPE, SIG_DFL);
  signal(SIGXFSZ, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  // Move them to high numbers first, so that they cannot overwrite each other.
  for (auto& [from, to] : start.descriptors) {
    if ((from = fcntl(from, F_DUPFD_CLOEXEC, kFirstFree)) < 0) return;
  }
  for (const auto& [from, to] : start.descriptors) {
    if (dup2(from, to) < 0) return;
  }
  execvpe(start.arguments[0], start.arguments, start.environment);
}

void exec_or_report(void* context) {
  const auto& start = *static_cast<const Start*>(context);
  exec_program(start);
  const int failure = errno;
  if (write(start.failure, &failure, sizeof failure) < 0) _exit(126);
  _exit(127);
}

}  // namespace

std::vector<std::string> own_environment() {
  std::vector<std::string> all;
  for (char** entry = environ; *entry != nullptr; ++entry) all.emplace_back(*entry);
  return all;
}

pid_t spawn(const SpawnOptions& options) {
  std::vector<std::string> words = {options.program};
  words.insert(words.end(), options.arguments.begin(), options.arguments.end());
  std::vector<std::string> variables = options.environment;
  const auto arguments = pointers(words);
  const auto environment = pointers(variables);
  auto descriptors = options.descriptors;

  // Closes when the program starts; if starting fails, it carries the error first.
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return -errno;
  Descriptor failure_out(ends[0]);
  // Use a number that the program does not receive.
  Descriptor failure_in(fcntl(ends[1], F_DUPFD_CLOEXEC, kFirstFree));
  ::close(ends[1]);
  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child == 0) {
    Start start{options, arguments.data(), environment.data(), descriptors, failure_in.get()};
    if (options.ends_with_parent) keep_program(parent, exec_or_report, &start);
    exec_or_report(&start);
  }
  if (child < 0) return -errno;
  failure_in.close();
  int failure = 0;
  ssize_t count = 0;
  while ((count = read(failure_out.get(), &failure, sizeof failure)) < 0 && errno == EINTR) {
  }
  if (count != sizeof failure) return child;
  while (waitpid(child, nullptr, 0) < 0 && errno == EINTR) {
  }
  return -failure;
}

}  // namespace assay::results::process
