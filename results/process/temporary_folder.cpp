#include "results/process/temporary_folder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <filesystem>

#include "kernels/error.h"

namespace assay::results::process {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kRandom = "XXXXXX";

Descriptor opened(const std::string& folder) {
  return Descriptor(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

/// Removes the folders of processes that were killed. One that was just made may not be locked yet.
void remove_leftovers(const fs::path& among, const std::string& prefix) {
  constexpr std::time_t kOldSeconds = 60;
  std::error_code error;
  for (fs::directory_iterator entry(among, error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (!name.starts_with(prefix) || name.size() != prefix.size() + kRandom.size()) continue;
    const Descriptor folder = opened(entry->path().string());
    struct stat status = {};
    if (!folder.open() || fstat(folder.get(), &status) != 0) continue;
    if (status.st_uid != geteuid() || std::time(nullptr) - status.st_mtime < kOldSeconds) continue;
    std::error_code ignored;
    if (flock(folder.get(), LOCK_EX | LOCK_NB) == 0) fs::remove_all(entry->path(), ignored);
  }
}

}  // namespace

TemporaryFolder::TemporaryFolder(const std::string& kind) {
  std::error_code none;
  const fs::path among = fs::temp_directory_path(none);
  const std::string prefix = fmt::format("assay-{}-", kind);
  remove_leftovers(among, prefix);
  path_ = (among / (prefix + std::string(kRandom))).string();
  if (mkdtemp(path_.data()) == nullptr) {
    throw Error(fmt::format("cannot create the folder {}: {}", path_, std::strerror(errno)));
  }
  lock_ = opened(path_);
  // Without locks, as on some network file systems, folders of killed processes stay.
  if (lock_.open()) flock(lock_.get(), LOCK_EX | LOCK_NB);
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

}  // namespace assay::results::process
