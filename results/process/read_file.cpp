#include "results/process/read_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "kernels/error.h"
#include "results/process/descriptor.h"

namespace assay::results::process {
namespace {

/// How long to wait for the writer of a named pipe, which a shell may still be starting.
constexpr int kWriterMilliseconds = 2000;

struct Reading {
  const std::string& place;
  const std::string& hint;

  [[noreturn]] void refuse(const std::string& why, const std::string& otherwise = {}) const {
    throw InputError(fmt::format("{}: cannot be read: {}", place, why),
                     hint.empty() ? otherwise : hint);
  }
};

struct stat status_of(int descriptor, const Reading& reading) {
  struct stat status = {};
  if (fstat(descriptor, &status) != 0) reading.refuse(std::strerror(errno));
  if (S_ISDIR(status.st_mode)) reading.refuse(std::strerror(EISDIR));
  const bool device =
      S_ISBLK(status.st_mode) || (S_ISCHR(status.st_mode) && isatty(descriptor) == 0);
  if (device) reading.refuse("it is a device", "name a file or a pipe");
  return status;
}

[[noreturn]] void too_large(std::uint64_t most, const Reading& reading) {
  throw InputError(
      most >> 20 > 0
          ? fmt::format("{}: is larger than {} MiB, the most that is read", reading.place,
                        most >> 20)
          : fmt::format("{}: is larger than {} bytes, the most that is read", reading.place, most),
      "check that it is the right file, or divide it");
}

/// Waits until there is something to read, or the writer has closed its end. False after the time.
bool wait_for_bytes(int descriptor, int milliseconds) {
  pollfd watched = {descriptor, POLLIN, 0};
  return poll(&watched, 1, milliseconds) != 0;
}

std::string all_of(int descriptor, std::uint64_t most, const Reading& reading) {
  const struct stat status = status_of(descriptor, reading);
  const auto known = S_ISREG(status.st_mode) ? static_cast<std::uint64_t>(status.st_size) : 0;
  if (known > most) too_large(most, reading);
  constexpr std::size_t kBlock = std::size_t{1} << 16;
  std::string out;
  std::size_t size = 0;
  bool waited = !S_ISFIFO(status.st_mode), alone = false;
  out.resize(std::max<std::size_t>(known + 1, kBlock));
  while (true) {
    if (size == out.size()) out.resize(size + size / 2);
    const ssize_t count = read(descriptor, out.data() + size, out.size() - size);
    if (count > 0) {
      size += static_cast<std::size_t>(count);
      if (size > most) too_large(most, reading);
    } else if (count < 0 && errno == EAGAIN) {
      wait_for_bytes(descriptor, -1);
    } else if (count < 0 && errno != EINTR) {
      reading.refuse(std::strerror(errno));
    } else if (count == 0 && !waited && size == 0) {
      waited = true;
      alone = !wait_for_bytes(descriptor, kWriterMilliseconds);
    } else if (count == 0) {
      break;
    }
  }
  if (alone && size == 0) {
    reading.refuse("it is a pipe to which no program writes",
                   "start the program that writes to it first");
  }
  out.resize(size);
  return out;
}

}  // namespace

std::string read_file(const std::string& path, std::uint64_t most_bytes, const std::string& hint,
                      const std::string& place) {
  const Reading reading = {place.empty() ? path : place, hint};
  const Descriptor file(open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY));
  if (!file.open()) reading.refuse(std::strerror(errno));
  return all_of(file.get(), most_bytes, reading);
}

std::string read_descriptor(int descriptor, std::uint64_t most_bytes, const std::string& place,
                            const std::string& hint) {
  return all_of(descriptor, most_bytes, {place, hint});
}

}  // namespace assay::results::process
