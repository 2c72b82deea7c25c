#include "harness/cli/duel/process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <sstream>

#include "harness/measure/clock.h"
#include "harness/worker/child.h"
#include "kernels/error.h"
#include "results/process/descriptor.h"
#include "results/process/keeper.h"
#include "results/process/spawn.h"

namespace assay::cli::duel {

namespace {

using harness::measure::seconds_now;
using results::process::Descriptor;

/// A started process. If its end was not awaited, its keeper ends it with all that it started.
class Running {
 public:
  explicit Running(pid_t process) : process_(process) {}
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;
  ~Running() {
    if (process_ > 0) static_cast<void>(end(true));
  }

  pid_t id() const { return process_; }
  int end(bool by_killing) {
    if (by_killing) kill(process_, results::process::kEndSignal);
    int status = 0;
    while (waitpid(process_, &status, 0) < 0 && errno == EINTR) {
    }
    process_ = -1;
    return status;
  }

 private:
  pid_t process_;
};

std::string contents(const Descriptor& file) {
  constexpr off_t kMost = off_t{64} << 20;
  const off_t size = std::min(lseek(file.get(), 0, SEEK_END), kMost);
  std::string text(static_cast<std::size_t>(std::max<off_t>(size, 0)), '\0');
  const ssize_t count = pread(file.get(), text.data(), text.size(), 0);
  text.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
  return text;
}

std::vector<std::string> environment_with(const std::vector<std::string>& variables) {
  std::vector<std::string> all = results::process::own_environment();
  for (const std::string& variable : variables) {
    const std::string name = variable.substr(0, variable.find('=') + 1);
    std::erase_if(all, [&](const std::string& one) { return one.starts_with(name); });
    all.push_back(variable);
  }
  return all;
}

/// Waits for the end of the process. False if it takes longer than the timeout.
bool await_end(pid_t process, double timeout, const harness::worker::Interrupt& interrupt) {
  const Descriptor watched(static_cast<int>(syscall(SYS_pidfd_open, process, 0)));
  if (!watched.open()) throw Error("waiting for a process needs Linux 5.3 or newer");
  std::array<pollfd, 2> waits = {{{watched.get(), POLLIN, 0}, {interrupt.descriptor(), POLLIN, 0}}};
  const double deadline = seconds_now() + timeout;
  for (;;) {
    const double left = deadline - seconds_now();
    if (left <= 0) return false;
    const int milliseconds = static_cast<int>(std::min(std::ceil(left * 1e3), 1e6));
    if (poll(waits.data(), waits.size(), milliseconds) < 0 && errno != EINTR) return false;
    if (waits[0].revents != 0) return true;
    interrupt.check();
  }
}

}  // namespace

std::string Ended::failure() const {
  if (code == 0 && signal == 0 && !timed_out) return "";
  std::string text = timed_out ? fmt::format("it had not ended after {:.3g} s", seconds)
                               : harness::worker::Exit{code, signal}.text();
  std::string said = error;
  while (!said.empty() && said.back() == '\n') said.pop_back();
  if (const auto line = said.rfind('\n'); line != std::string::npos) said.erase(0, line + 1);
  return said.empty() ? text : text + ": " + said;
}

Ended run_to_end(const Program& program, std::optional<double> timeout_seconds,
                 const harness::worker::Interrupt& interrupt) {
  const Descriptor nothing(open("/dev/null", O_RDWR | O_CLOEXEC));
  const Descriptor output(memfd_create("output", MFD_CLOEXEC));
  const Descriptor error(memfd_create("error", MFD_CLOEXEC));
  const int out = program.keeps_output ? output.get() : nothing.get();
  const results::process::SpawnOptions options = {
      .program = program.words.front(),
      .arguments = {program.words.begin() + 1, program.words.end()},
      .environment = environment_with(program.variables),
      .descriptors = {{nothing.get(), STDIN_FILENO},
                      {out, STDOUT_FILENO},
                      {error.get(), STDERR_FILENO}},
      .ends_with_parent = true,
      .ignores_interrupt = program.ignores_interrupt};
  Ended ended;
  const double start = seconds_now();
  const pid_t started = results::process::spawn(options);
  if (started < 0) {
    throw InputError(
        fmt::format("{} cannot be started: {}", program.words.front(), strerror(-started)),
        "check its path and permissions");
  }
  Running running(started);
  ended.timed_out = !await_end(running.id(), timeout_seconds.value_or(1e9), interrupt);
  ended.seconds = seconds_now() - start;
  const int status = running.end(ended.timed_out);
  if (WIFSIGNALED(status)) {
    ended.signal = WTERMSIG(status);
  } else {
    ended.code = WEXITSTATUS(status);
  }
  if (program.keeps_output) ended.output = contents(output);
  ended.error = contents(error);
  return ended;
}

bool needs_shell(const std::string& command) {
  return command.find_first_of("\"'\\$`&|;<>()[]{}*?!~#=\n") != std::string::npos;
}

std::vector<std::string> words_of(const std::string& command, bool for_shell) {
  if (for_shell) return {"/bin/sh", "-c", command};
  std::istringstream stream(command);
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

}  // namespace assay::cli::duel
