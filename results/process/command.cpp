#include "results/process/command.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "kernels/error.h"
#include "results/process/descriptor.h"
#include "results/process/spawn.h"

namespace assay::results::process {

namespace {

struct Pipe {
  Descriptor read, write;
  Pipe() {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) {
      throw Error(fmt::format("cannot create a pipe: {}", std::strerror(errno)));
    }
    read = Descriptor(ends[0]);
    write = Descriptor(ends[1]);
  }
};

/// Reads both pipes to their ends, in the order in which data arrives.
void read_all(Pipe& out, Pipe& error, CommandResult& result) {
  std::array<pollfd, 2> waits = {{{out.read.get(), POLLIN, 0}, {error.read.get(), POLLIN, 0}}};
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
  const pid_t child = spawn({.program = words[0],
                             .arguments = {words.begin() + 1, words.end()},
                             .environment = own_environment(),
                             .descriptors = {{in.get(), STDIN_FILENO},
                                             {out.write.get(), STDOUT_FILENO},
                                             {error.write.get(), STDERR_FILENO}}});
  CommandResult result;
  if (child == -ENOENT) {
    result.found = false;
    return result;
  }
  if (child < 0) {
    throw Error(fmt::format("{} cannot be started: {}", words[0], std::strerror(-child)));
  }
  out.write.close();
  error.write.close();
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
  if (in.get() < 0) {
    throw InputError(fmt::format("{}: cannot be read: {}", input, std::strerror(errno)),
                     "check the file's name and permissions");
  }
  return run_with(words, in);
}

CommandResult run_command_with_text(const std::vector<std::string>& words,
                                    const std::string& text) {
  const Descriptor in(memfd_create("input", MFD_CLOEXEC));
  if (in.get() < 0 ||
      write(in.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()) ||
      lseek(in.get(), 0, SEEK_SET) != 0) {
    throw Error(fmt::format("input for {}: {}", words[0], std::strerror(errno)));
  }
  return run_with(words, in);
}

}  // namespace assay::results::process
