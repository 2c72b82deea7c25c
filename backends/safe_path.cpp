#include "backends/safe_path.h"

#include <fmt/format.h>
#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <fstream>
#include <string_view>
#include <system_error>
#include <vector>

namespace assay::backends {
namespace {

namespace fs = std::filesystem;

/// The name of a user and of his own group; empty if the system does not know him.
std::string user_name(uid_t user) {
  passwd entry = {};
  passwd* found = nullptr;
  std::vector<char> room(16384);
  getpwuid_r(user, &entry, room.data(), room.size(), &found);
  return found == nullptr ? std::string() : std::string(found->pw_name);
}

/// Whether nobody but the owner is in the group: it has his name, or is Debian's group of
/// /usr/local, and no further members.
bool is_own_group(gid_t group, uid_t owner) {
  ::group entry = {};
  ::group* found = nullptr;
  std::vector<char> room(65536);
  if (getgrgid_r(group, &entry, room.data(), room.size(), &found) != 0 || found == nullptr) {
    return false;
  }
  const std::string name = user_name(owner);
  const std::string_view called = found->gr_name;
  if (name.empty() || (name != called && (owner != 0 || called != "staff"))) return false;
  for (char** member = found->gr_mem; *member != nullptr; ++member) {
    if (name != *member) return false;
  }
  return true;
}

/// The number that stands for all users whom this user namespace does not know; nullopt in the
/// machine's own namespace.
std::optional<uid_t> unmapped_user() {
  std::ifstream map("/proc/self/uid_map");
  std::uint64_t inside = 0, outside = 0, count = 0;
  if (!(map >> inside >> outside >> count) || count == 0xffffffff) return std::nullopt;
  std::ifstream overflow("/proc/sys/kernel/overflowuid");
  uid_t user = 65534;
  overflow >> user;
  return user;
}

bool has_access_list(const fs::path& path) {
  return getxattr(path.c_str(), "system.posix_acl_access", nullptr, 0) > 0;
}

/// Whether the running program lies in the folder or below it. Whoever could change the folder
/// could change the program itself.
bool holds_this_program(const fs::path& folder) {
  std::error_code error;
  const fs::path program = fs::canonical("/proc/self/exe", error);
  if (error) return false;
  for (fs::path at = program.parent_path();; at = at.parent_path()) {
    if (at == folder) return true;
    if (at == at.parent_path()) return false;
  }
}

class Watch {
 public:
  Watch() : unmapped_(unmapped_user()) {
    struct stat program = {};
    program_owner_ = stat("/proc/self/exe", &program) == 0 ? program.st_uid : geteuid();
  }

  /// `above`: a folder above that of the file.
  std::optional<Danger> danger_at(const fs::path& path, bool above) const {
    struct stat status = {};
    if (lstat(path.c_str(), &status) != 0) {
      return Danger{fmt::format("{} cannot be looked at: {}", path.string(),
                                std::generic_category().message(errno)),
                    "check its permissions"};
    }
    const uid_t owner = status.st_uid;
    const bool unknown = above && unmapped_ && owner == *unmapped_;
    if (owner != 0 && owner != geteuid() && owner != program_owner_ && !unknown) {
      return Danger{fmt::format("{} belongs to another user ({})", path.string(), shown(owner)),
                    fmt::format("chown {} {}, or put the module into a folder of your own",
                                shown(geteuid()), path.string())};
    }
    // The mode of a link says nothing.
    if (S_ISLNK(status.st_mode)) return std::nullopt;
    const bool sticky = S_ISDIR(status.st_mode) && (status.st_mode & S_ISVTX) != 0;
    if (sticky) return std::nullopt;
    if ((status.st_mode & S_IWOTH) != 0) {
      return Danger{fmt::format("every user of this machine may write to {}", path.string()),
                    fmt::format("chmod o-w {}", path.string())};
    }
    if ((status.st_mode & S_IWGRP) == 0) return std::nullopt;
    if (!has_access_list(path) && is_own_group(status.st_gid, owner)) return std::nullopt;
    return Danger{fmt::format("a group of users may write to {}", path.string()),
                  fmt::format("chmod g-w {}", path.string())};
  }

 private:
  static std::string shown(uid_t user) {
    const std::string name = user_name(user);
    return name.empty() ? std::to_string(user) : name;
  }

  std::optional<uid_t> unmapped_;
  uid_t program_owner_ = 0;
};

}  // namespace

std::optional<Danger> danger_of(const fs::path& path) {
  std::error_code error;
  const fs::path whole = fs::canonical(path, error);
  if (error) {
    return Danger{fmt::format("{}: {}", path.string(), error.message()), "check its permissions"};
  }
  const Watch watch;
  fs::path lexical;
  for (const fs::path& name : fs::absolute(path)) {
    lexical /= name;
    if (!fs::is_symlink(lexical, error)) continue;
    if (auto danger = watch.danger_at(lexical, true)) return danger;
  }
  int up = 0;
  for (fs::path at = whole;; at = at.parent_path()) {
    if (holds_this_program(at)) return std::nullopt;
    if (auto danger = watch.danger_at(at, ++up > 2)) return danger;
    if (at == at.parent_path()) return std::nullopt;
  }
}

}  // namespace assay::backends
