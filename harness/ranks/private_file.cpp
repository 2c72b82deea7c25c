#include "harness/ranks/private_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "kernels/error.h"
#include "results/process/descriptor.h"

namespace assay::harness::ranks {

namespace {

using results::process::Descriptor;

constexpr mode_t kRightsOfOthers = S_IRWXG | S_IRWXO;
constexpr const char* kMend =
    "name a folder that all ranks can access, or HOST:PORT, with --rendezvous";

[[noreturn]] void fail_with_errno(const std::string& path) {
  throw InputError(fmt::format("{}: {}", path, std::strerror(errno)), kMend);
}

/// Throws InputError unless this user owns what is open, and nobody else has rights to it.
void require_private(const Descriptor& open, mode_t kind, const std::string& path) {
  struct stat status = {};
  if (fstat(open.get(), &status) != 0) fail_with_errno(path);
  if ((status.st_mode & S_IFMT) != kind) {
    throw InputError(fmt::format("{}: is not what this user's ranks put there", path), kMend);
  }
  if (status.st_uid != geteuid()) {
    throw InputError(fmt::format("{}: belongs to user {}, and not to user {}, who runs the ranks",
                                 path, status.st_uid, geteuid()),
                     kMend);
  }
  if ((status.st_mode & kRightsOfOthers) != 0) {
    throw InputError(fmt::format("{}: has mode {:04o}, so that other users have rights to it", path,
                                 status.st_mode & 07777),
                     fmt::format("chmod {} {}", kind == S_IFDIR ? "700" : "600", path));
  }
}

/// Not open if there is no such folder.
Descriptor open_folder(const std::filesystem::path& folder) {
  Descriptor out(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (out.open()) {
    require_private(out, S_IFDIR, folder.string());
  } else if (errno != ENOENT) {
    fail_with_errno(folder.string());
  }
  return out;
}

}  // namespace

PrivateFile::PrivateFile(const std::filesystem::path& folder, const std::string& name)
    : subfolder_(folder / fmt::format("ranks-{}", geteuid())), name_(name) {
  for (char& letter : name_) {
    if (letter == '/') letter = '_';
  }
}

void PrivateFile::write(const std::string& text) {
  std::error_code ignored;
  std::filesystem::create_directories(subfolder_.parent_path(), ignored);
  if (mkdir(subfolder_.c_str(), S_IRWXU) != 0 && errno != EEXIST) fail_with_errno(path());
  const Descriptor folder = open_folder(subfolder_);
  if (!folder.open()) fail_with_errno(path());
  const std::string fresh = name_ + ".new";
  // What a run that was killed has left there.
  unlinkat(folder.get(), fresh.c_str(), 0);
  const Descriptor file(openat(folder.get(), fresh.c_str(),
                               O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                               S_IRUSR | S_IWUSR));
  if (!file.open()) fail_with_errno(path());
  require_private(file, S_IFREG, path());
  if (::write(file.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()) ||
      renameat(folder.get(), fresh.c_str(), folder.get(), name_.c_str()) != 0) {
    fail_with_errno(path());
  }
}

std::optional<std::string> PrivateFile::read() const {
  const Descriptor folder = open_folder(subfolder_);
  if (!folder.open()) return std::nullopt;
  const Descriptor file(
      openat(folder.get(), name_.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!file.open()) {
    if (errno == ENOENT) return std::nullopt;
    fail_with_errno(path());
  }
  require_private(file, S_IFREG, path());
  constexpr std::size_t kMostBytes = std::size_t{1} << 16;
  std::string text(kMostBytes, '\0');
  const ssize_t count = ::read(file.get(), text.data(), text.size());
  if (count < 0) fail_with_errno(path());
  text.resize(static_cast<std::size_t>(count));
  return text;
}

void PrivateFile::remove() const {
  unlink((subfolder_ / name_).c_str());
  rmdir(subfolder_.c_str());
}

}  // namespace assay::harness::ranks
