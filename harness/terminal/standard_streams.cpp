#include "harness/terminal/standard_streams.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <string_view>

#include "harness/terminal/clean_stream.h"
#include "kernels/error.h"

namespace assay::harness::terminal {
namespace {

/// One of the two streams, behind the FILE of its name.
struct StandardStream {
  int descriptor;
  bool goes_on;  ///< try again after a failure: each message counts by itself
  CleanStream clean;
  int failure = 0;  ///< errno of the first failed write

  void write(std::string_view text);
};

StandardStream output{STDOUT_FILENO, false, CleanStream()};
StandardStream messages{STDERR_FILENO, true, CleanStream()};
bool kept_elsewhere = false;

void StandardStream::write(std::string_view text) {
  while (!text.empty() && (failure == 0 || goes_on)) {
    const ssize_t count = ::write(descriptor, text.data(), text.size());
    if (count > 0) {
      text.remove_prefix(static_cast<std::size_t>(count));
      continue;
    }
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) {
      // Another program has set the common end of the pipe or terminal to non-blocking.
      pollfd watched = {descriptor, POLLOUT, 0};
      poll(&watched, 1, -1);
      continue;
    }
    if (failure == 0) failure = count < 0 ? errno : EIO;
    return;
  }
}

ssize_t take(void* cookie, const char* text, std::size_t count) {
  auto& stream = *static_cast<StandardStream*>(cookie);
  stream.write(stream.clean.pass({text, count}));
  return static_cast<ssize_t>(count);
}

void replace(FILE*& file, StandardStream& stream, int buffering) {
  FILE* const replaced = fopencookie(&stream, "w", {nullptr, take, nullptr, nullptr});
  if (replaced == nullptr) throw Error("preparing the output: too little memory");
  std::setvbuf(replaced, nullptr, buffering, BUFSIZ);
  file = replaced;
}

/// In the order of the numbers, since open() gives the lowest free one.
void open_closed_descriptors() {
  for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (fcntl(descriptor, F_GETFD) >= 0 || errno != EBADF) continue;
    // Reading or writing it fails, as with the closed one.
    const int way = descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY;
    if (open("/dev/null", way) < 0) _exit(4);
  }
}

}  // namespace

void protect_standard_streams() {
  open_closed_descriptors();
  static_cast<void>(std::signal(SIGXFSZ, SIG_IGN));
  static_cast<void>(std::signal(SIGPIPE, SIG_IGN));
  if (isatty(STDOUT_FILENO) != 0) output.clean = CleanStream(CleanStream::Place::terminal);
  if (isatty(STDERR_FILENO) != 0) messages.clean = CleanStream(CleanStream::Place::live_terminal);
  replace(stdout, output, isatty(STDOUT_FILENO) != 0 ? _IOLBF : _IOFBF);
  replace(stderr, messages, _IONBF);
}

int lost_output() {
  std::fflush(stdout);
  output.write(output.clean.rest());
  return output.failure;
}

int take_lost_output() {
  const int failure = lost_output();
  output.failure = 0;
  return failure;
}

int lost_messages() {
  std::fflush(stderr);
  return messages.failure;
}

void output_is_kept_elsewhere() {
  kept_elsewhere = true;
}

int exit_code_after_output(int code, int failed) {
  const int failure = lost_output();
  if (failure == 0) return code;
  if (failure != EPIPE) {
    fmt::print(stderr, "assay: error: standard output cannot be written: {}\n",
               std::strerror(failure));
  }
  if (kept_elsewhere && lost_messages() != 0) return code;
  // A program that a signal has stopped tells that.
  return code > 128 ? code : failed;
}

}  // namespace assay::harness::terminal
