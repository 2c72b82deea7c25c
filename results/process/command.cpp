#include "results/process/command.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "kernels/error.h"

extern char** environ;

namespace assay::results::process {

namespace {

class Descriptor {
 public:
  explicit Descriptor(int number = -1) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { reset(); }
  void reset(int number = -1) {
    if (number_ >= 0) close(number_);
    number_ = number;
  }
  int number() const { return number_; }

 private:
  int number_;
};

struct Pipe {
  Descriptor read, write;
  Pipe() {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) {
      throw Error(fmt::format("a pipe cannot be made: {}", std::strerror(errno)));
    }
    read.reset(ends[0]);
    write.reset(ends[1]);
  }
};

/// Reads both to their ends, whichever has something.
void read_all(Pipe& out, Pipe& error, CommandResult& result) {
  std::array<pollfd, 2> waits = {
      {{out.read.number(), POLLIN, 0}, {error.read.number(), POLLIN, 0}}};
  const std::array<std::string*, 2> texts = {&result.out, &result.error};
  for (int open = 2; open > 0;) {
    if (poll(waits.data(), waits.size(), -1) < 0 && errno != EINTR) return;
    for (std::size_t i = 0; i < waits.size(); ++i) {
      if (waits[i].fd < 0 || waits[i].revents == 0) continue;
      std::array<char, 4096> piece;
      const ssize_t got = read(waits[i].fd, piece.data(), piece.size());
      if (got > 0) {
        texts[i]->append(piece.data(), static_cast<std::size_t>(got));
      } else if (got == 0 || errno != EINTR) {
        waits[i].fd = -1;
        --open;
      }
    }
  }
}

CommandResult run_with(const std::vector<std::string>& words, const Descriptor& in) {
  Pipe out, error;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in.number(), STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out.write.number(), STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, error.write.number(), STDERR_FILENO);
  std::vector<char*> arguments;
  arguments.reserve(words.size() + 1);
  // The interface is older than const; nothing is written there.
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  pid_t child = 0;
  const int failure =
      posix_spawnp(&child, arguments[0], &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  CommandResult result;
  if (failure == ENOENT) {
    result.found = false;
    return result;
  }
  if (failure != 0) {
    throw Error(fmt::format("{} cannot be started: {}", words[0], std::strerror(failure)));
  }
  out.write.reset();
  error.write.reset();
  read_all(out, error, result);
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status)) result.code = WEXITSTATUS(status);
  return result;
}

}  // namespace

CommandResult run_command(const std::vector<std::string>& words, const std::string& input) {
  const Descriptor in(open(input.c_str(), O_RDONLY | O_CLOEXEC));
  if (in.number() < 0) {
    throw InputError(fmt::format("{}: cannot be read: {}", input, std::strerror(errno)),
                     "check the file's name and permissions");
  }
  return run_with(words, in);
}

CommandResult run_command_with_text(const std::vector<std::string>& words,
                                    const std::string& text) {
  const Descriptor in(memfd_create("input", MFD_CLOEXEC));
  if (in.number() < 0 ||
      write(in.number(), text.data(), text.size()) != static_cast<ssize_t>(text.size()) ||
      lseek(in.number(), 0, SEEK_SET) != 0) {
    throw Error(fmt::format("input for {}: {}", words[0], std::strerror(errno)));
  }
  return run_with(words, in);
}

}  // namespace assay::results::process
