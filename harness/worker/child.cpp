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
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <utility>

#include "kernels/error.h"

namespace assay::harness::worker {
namespace {

using SteadyClock = std::chrono::steady_clock;

std::vector<std::string> merged_environment(const std::map<std::string, std::string>& extra) {
  std::vector<std::string> all;
  for (char** entry = environ; *entry != nullptr; ++entry) all.emplace_back(*entry);
  for (const auto& [name, value] : extra) {
    if (getenv(name.c_str()) == nullptr) all.push_back(name + "=" + value);
  }
  return all;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (std::string& text : texts) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

/// In the forked child: only calls that are safe between fork and exec.
[[noreturn]] void become(const char* executable, char* const* arguments, char* const* environment,
                         int socket, int output, pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(126);
  // A terminal's Ctrl-C reaches the whole group; the parent decides what becomes of a worker.
  signal(SIGINT, SIG_IGN);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  const int nothing = open("/dev/null", O_RDONLY);
  dup2(nothing, STDIN_FILENO);
  dup2(output, STDOUT_FILENO);
  dup2(output, STDERR_FILENO);
  if (socket == kWorkerDescriptor) {
    fcntl(socket, F_SETFD, 0);
  } else {
    dup2(socket, kWorkerDescriptor);
  }
  execve(executable, arguments, environment);
  _exit(127);
}

/// Waits for the end of a child that was killed, so long as it may take.
bool has_ended(pid_t process) {
  constexpr int kPatienceMilliseconds = 10000;
  const int descriptor = static_cast<int>(syscall(SYS_pidfd_open, process, 0));
  if (descriptor < 0) return true;  // a kernel before 5.3: waitpid alone can tell
  pollfd watched = {descriptor, POLLIN, 0};
  int ready = 0;
  while ((ready = poll(&watched, 1, kPatienceMilliseconds)) < 0 && errno == EINTR) {
  }
  close(descriptor);
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
  std::vector<std::string> argument_texts = {executable.string()};
  argument_texts.insert(argument_texts.end(), arguments.begin(), arguments.end());
  std::vector<std::string> environment_texts = merged_environment(environment);
  const auto argument_list = pointers(argument_texts);
  const auto environment_list = pointers(environment_texts);

  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
    throw Error(fmt::format("starting a worker: {}", strerror(errno)));
  }
  Child child;
  child.socket_ = ends[0];
  child.output_ = memfd_create("worker-output", MFD_CLOEXEC);
  if (child.output_ >= 0) fcntl(child.output_, F_SETFL, O_APPEND);
  const pid_t parent = getpid();
  child.process_ = fork();
  if (child.process_ == 0) {
    become(executable.c_str(), argument_list.data(), environment_list.data(), ends[1],
           child.output_, parent);
  }
  const int error = errno;
  close(ends[1]);
  if (child.process_ < 0) throw Error(fmt::format("starting a worker: {}", strerror(error)));
  return child;
}

Child::Child(Child&& other) noexcept {
  *this = std::move(other);
}

Child& Child::operator=(Child&& other) noexcept {
  std::swap(process_, other.process_);
  std::swap(socket_, other.socket_);
  std::swap(output_, other.output_);
  std::swap(received_, other.received_);
  std::swap(exit_, other.exit_);
  return *this;
}

Child::~Child() {
  finish();
  if (socket_ >= 0) close(socket_);
  if (output_ >= 0) close(output_);
}

void Child::send(const std::string& line) {
  const std::string text = line + "\n";
  std::size_t sent = 0;
  while (sent < text.size()) {
    const ssize_t count = ::send(socket_, text.data() + sent, text.size() - sent, MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return;
    sent += static_cast<std::size_t>(count);
  }
}

Child::Event Child::receive(std::string& line, double timeout_seconds, const Interrupt* interrupt) {
  const auto deadline = SteadyClock::now() + std::chrono::duration_cast<SteadyClock::duration>(
                                                 std::chrono::duration<double>(timeout_seconds));
  while (true) {
    if (const std::size_t end = received_.find('\n'); end != std::string::npos) {
      line = received_.substr(0, end);
      received_.erase(0, end + 1);
      return Event::line;
    }
    const double left = std::chrono::duration<double>(deadline - SteadyClock::now()).count();
    pollfd watched[] = {{socket_, POLLIN, 0},
                        {interrupt ? interrupt->descriptor() : -1, POLLIN, 0}};
    const int wait = static_cast<int>(std::clamp(std::ceil(left * 1000), 0.0, 1e9));
    const int ready = poll(watched, 2, wait);
    if (ready < 0 && errno != EINTR) return Event::closed;
    if (ready == 0) return Event::timed_out;
    if (watched[1].revents != 0) interrupt->check();
    if (watched[0].revents == 0) continue;
    char block[65536];
    const ssize_t count = read(socket_, block, sizeof block);
    if (count == 0 || (count < 0 && errno != EINTR)) return Event::closed;
    if (count > 0) received_.append(block, static_cast<std::size_t>(count));
  }
}

Exit Child::finish() {
  if (process_ < 0) return exit_;
  // One that is dying already keeps the cause of its death.
  kill(process_, SIGKILL);
  int status = 0;
  if (!has_ended(process_)) {
    // In a driver's call that nothing ends: it is left to the kernel, which ends it when this
    // process does.
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

std::string Child::last_words() const {
  const off_t size = output_ < 0 ? 0 : lseek(output_, 0, SEEK_END);
  std::string text(static_cast<std::size_t>(std::min<off_t>(std::max<off_t>(size, 0), 4096)), '\0');
  if (text.empty()) return {};
  const ssize_t count =
      pread(output_, text.data(), text.size(), size - static_cast<off_t>(text.size()));
  text.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
  while (!text.empty() && text.back() == '\n') text.pop_back();
  const std::size_t begin = text.rfind('\n');
  return begin == std::string::npos ? text : text.substr(begin + 1);
}

}  // namespace assay::harness::worker
