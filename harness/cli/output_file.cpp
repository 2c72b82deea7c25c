#include "harness/cli/output_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <functional>
#include <optional>
#include <random>
#include <string_view>
#include <utility>

#include "kernels/error.h"
#include "results/process/descriptor.h"

namespace assay::cli {

namespace fs = std::filesystem;

void cannot_write(const std::string& option, const fs::path& path, int error) {
  const bool full = error == ENOSPC || error == EDQUOT || error == EFBIG;
  const std::string what = fmt::format("{} {}: {}", option, path.string(), std::strerror(error));
  if (full) throw Error(what, "free some space there, or name a file elsewhere");
  throw InputError(what, "name a file in a folder that you can write to, or - for standard output");
}

/// Buffers what is written and writes it to a file descriptor.
class OutputFile::Buffer : public std::streambuf {
 public:
  /// `failed` is called with errno, and throws.
  Buffer(int descriptor, std::function<void(int)> failed)
      : descriptor_(descriptor), failed_(std::move(failed)) {
    setp(bytes_.data(), bytes_.data() + bytes_.size());
  }

  std::uint64_t written() const { return written_; }

  int sync() override {
    write(pbase(), static_cast<std::size_t>(pptr() - pbase()));
    setp(bytes_.data(), bytes_.data() + bytes_.size());
    return 0;
  }

 protected:
  int_type overflow(int_type next) override {
    sync();
    return traits_type::eq_int_type(next, traits_type::eof())
               ? traits_type::not_eof(next)
               : sputc(traits_type::to_char_type(next));
  }
  std::streamsize xsputn(const char* text, std::streamsize count) override {
    if (count < epptr() - pptr()) return std::streambuf::xsputn(text, count);
    sync();
    write(text, static_cast<std::size_t>(count));
    return count;
  }

 private:
  void write(const char* text, std::size_t count) {
    for (std::size_t done = 0; done < count;) {
      const ssize_t wrote = ::write(descriptor_, text + done, count - done);
      if (wrote < 0 && errno == EAGAIN) {
        pollfd watched = {descriptor_, POLLOUT, 0};
        poll(&watched, 1, -1);
      } else if (wrote < 0 && errno != EINTR) {
        failed_(errno);
      }
      if (wrote > 0) done += static_cast<std::size_t>(wrote);
    }
    written_ += count;
  }

  int descriptor_;
  std::function<void(int)> failed_;
  std::uint64_t written_ = 0;
  std::array<char, 1 << 16> bytes_{};
};

namespace {

/// Where a chain of links leads, also if there is no file yet; nothing if it leads nowhere.
std::optional<fs::path> followed(fs::path path) {
  constexpr int kMostLinks = 40;
  std::error_code none;
  for (int links = 0; fs::is_symlink(path, none); ++links) {
    if (links == kMostLinks) return std::nullopt;
    const fs::path target = fs::read_symlink(path, none);
    path = target.is_absolute() ? target : path.parent_path() / target;
  }
  return path;
}

/// The file while it is written: NAME.RANDOM.part, in the folder of NAME.
constexpr std::string_view kPart = ".part";
constexpr std::size_t kRandomDigits = 16;

bool is_part_of(const std::string& name, const fs::path& path) {
  const std::string before = path.filename().string() + ".";
  return name.size() == before.size() + kRandomDigits + kPart.size() && name.starts_with(before) &&
         name.ends_with(kPart) &&
         name.find_first_not_of("0123456789abcdef", before.size()) == name.size() - kPart.size();
}

/// Removes what writers of the same file left behind that were killed. A writer at work holds a
/// lock; one that has just created its file may not hold it yet.
void remove_leftovers(const fs::path& path) {
  constexpr std::time_t kOldSeconds = 60;
  const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    if (!is_part_of(entry->path().filename().string(), path)) continue;
    const results::process::Descriptor file(
        open(entry->path().c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    struct stat status = {};
    if (!file.open() || fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) continue;
    if (status.st_uid != geteuid() || std::time(nullptr) - status.st_mtime < kOldSeconds) continue;
    if (flock(file.get(), LOCK_EX | LOCK_NB) == 0) unlink(entry->path().c_str());
  }
}

/// A new file that no one else has prepared under this name. It has the mode and, for root, the
/// owner of the file that it will replace.
int create_part(const fs::path& path, fs::path& part) {
  struct stat old = {};
  const bool replaces = stat(path.c_str(), &old) == 0;
  std::random_device random;
  int descriptor = -1;
  do {
    part = fmt::format("{}.{:08x}{:08x}{}", path.string(), random(), random(), kPart);
    descriptor = open(part.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                      replaces ? 0600 : 0666);
  } while (descriptor < 0 && errno == EEXIST);
  if (descriptor < 0) {
    part.clear();
    return descriptor;
  }
  flock(descriptor, LOCK_EX | LOCK_NB);
  if (!replaces) return descriptor;
  const bool owned = geteuid() != 0 || fchown(descriptor, old.st_uid, old.st_gid) == 0;
  if (!owned || fchmod(descriptor, old.st_mode & 07777) != 0) {
    const int error = errno;
    close(descriptor);
    unlink(part.c_str());
    part.clear();
    errno = error;
    return -1;
  }
  return descriptor;
}

/// Opens a pipe or a device. Opening a pipe would wait for ever for a reader; one that is being
/// started gets two seconds. ENXIO if there is none.
int open_other(const fs::path& path) {
  constexpr int kTries = 40, kMilliseconds = 50;
  int descriptor = -1;
  for (int i = 0; i < kTries; ++i) {
    descriptor = open(path.c_str(), O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    std::error_code none;
    if (descriptor >= 0 || errno != ENXIO || !fs::is_fifo(path, none)) break;
    poll(nullptr, 0, kMilliseconds);
    errno = ENXIO;
  }
  return descriptor;
}

/// What was written is lost: the disk is full, or the reader of a pipe has gone.
[[noreturn]] void lost(const std::string& option, const fs::path& path, int error) {
  if (error == ENOSPC || error == EDQUOT || error == EFBIG) cannot_write(option, path, error);
  throw Error(fmt::format("{} {}: {}", option, path.string(), std::strerror(error)));
}

}  // namespace

OutputFile::OutputFile(std::string option, const std::string& path)
    : option_(std::move(option)), path_(path) {
  std::error_code none;
  if (path.empty()) {
    throw InputError(option_ + ": the file name is empty", "name a file, or - for standard output");
  }
  if (path == "-") {
    descriptor_ = STDOUT_FILENO;
  } else if (fs::is_directory(path_, none)) {
    cannot_write(option_, path_, EISDIR);
  } else if (fs::is_block_file(path_, none)) {
    throw InputError(fmt::format("{} {}: is a disk, which is not written to", option_, path),
                     "name a file, or - for standard output");
  } else if (fs::exists(path_, none) && !fs::is_regular_file(path_, none)) {
    descriptor_ = open_other(path_);
    if (descriptor_ < 0 && errno == ENXIO && fs::is_fifo(path_, none)) {
      throw InputError(fmt::format("{} {}: is a pipe that no program reads", option_, path),
                       "start the program that reads it first");
    }
  } else {
    const auto target = followed(path_);
    if (!target) cannot_write(option_, path_, ELOOP);
    path_ = *target;
    remove_leftovers(path_);
    descriptor_ = create_part(path_, part_);
  }
  if (descriptor_ < 0) cannot_write(option_, path_, errno);
  buffer_ =
      std::make_unique<Buffer>(descriptor_, [this](int error) { lost(option_, path_, error); });
  stream_ = std::make_unique<std::ostream>(buffer_.get());
  // Let exceptions of the buffer pass through.
  stream_->exceptions(std::ios::badbit);
}

OutputFile::~OutputFile() {
  if (descriptor_ > STDERR_FILENO) close(descriptor_);
  if (!part_.empty()) unlink(part_.c_str());
}

std::ostream& OutputFile::stream() {
  return *stream_;
}

std::uint64_t OutputFile::bytes() const {
  return buffer_->written();
}

void OutputFile::commit() {
  stream_->flush();
  if (part_.empty()) return;
  if (fsync(descriptor_) != 0) lost(option_, path_, errno);
  if (std::rename(part_.c_str(), path_.c_str()) != 0) cannot_write(option_, path_, errno);
  part_.clear();
}

}  // namespace assay::cli
