#include "backends/safe_path.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "tests/unit/backends/temporary_folder.h"

namespace assay::backends {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

/// A user who is neither root nor the one who runs the tests.
constexpr uid_t kNobody = 65534;

class SafePath : public testing::Test {
 protected:
  SafePath() {
    fs::create_directories(outer_);
    fs::create_directories(inner_);
    folder_.write("outer/inner/module.so", "");
    for (const fs::path& path : {outer_, inner_, file_}) fs::permissions(path, fs::perms(0755));
  }

  std::string danger(const fs::path& path) const {
    const auto found = danger_of(path);
    return found ? found->what : "";
  }
  std::string mend(const fs::path& path) const {
    const auto found = danger_of(path);
    return found ? found->mend : "";
  }

  TemporaryFolder folder_;
  const fs::path outer_ = folder_.path() / "outer", inner_ = outer_ / "inner",
                 file_ = inner_ / "module.so";
};

TEST_F(SafePath, WhatTheUserAloneMayChangeIsSafe) {
  EXPECT_EQ(danger(file_), "");
  EXPECT_EQ(danger("/proc/self/exe"), "");
}

TEST_F(SafePath, WhatAllMayWriteToIsNot) {
  for (const fs::path& path : {file_, inner_, outer_}) {
    fs::permissions(path, fs::perms(0757));
    EXPECT_THAT(danger(file_), HasSubstr("every user of this machine may write to " +
                                         fs::canonical(path).string()));
    EXPECT_EQ(mend(file_), "chmod o-w " + fs::canonical(path).string());
    fs::permissions(path, fs::perms(0755));
  }
  EXPECT_EQ(danger(file_), "");
}

TEST_F(SafePath, AStickyFolderIsSafeForWhatTheUserOwns) {
  fs::permissions(outer_, fs::perms(01777));
  EXPECT_EQ(danger(file_), "");
}

TEST_F(SafePath, WhatAGroupMayWriteToIsNot) {
  if (geteuid() != 0) GTEST_SKIP() << "only root may give a file to a group";
  for (const fs::path& path : {file_, inner_, outer_}) {
    ASSERT_EQ(chown(path.c_str(), geteuid(), 100), 0);
    fs::permissions(path, fs::perms(0775));
    EXPECT_EQ(mend(file_), "chmod g-w " + fs::canonical(path).string());
    fs::permissions(path, fs::perms(0755));
  }
  // A group of the owner alone.
  ASSERT_EQ(chown(inner_.c_str(), 0, 0), 0);
  fs::permissions(inner_, fs::perms(0775));
  EXPECT_EQ(danger(file_), "");
}

TEST_F(SafePath, WhatBelongsToAnotherUserIsNot) {
  if (geteuid() != 0) GTEST_SKIP() << "only root may give a file away";
  for (const fs::path& path : {file_, inner_, outer_}) {
    ASSERT_EQ(chown(path.c_str(), kNobody, 0), 0);
    EXPECT_THAT(danger(file_), HasSubstr("belongs to another user"));
    EXPECT_THAT(mend(file_), HasSubstr("chown "));
    ASSERT_EQ(chown(path.c_str(), 0, 0), 0);
  }
}

TEST_F(SafePath, LinksAreFollowedAndLookedAt) {
  const fs::path link = folder_.path() / "module.so";
  fs::create_symlink(file_, link);
  EXPECT_EQ(danger(link), "");
  fs::permissions(inner_, fs::perms(0757));
  EXPECT_THAT(danger(link), HasSubstr("inner"));
  fs::permissions(inner_, fs::perms(0755));
  if (geteuid() != 0) return;
  ASSERT_EQ(lchown(link.c_str(), kNobody, 0), 0);
  EXPECT_THAT(danger(link), HasSubstr("belongs to another user"));
}

}  // namespace
}  // namespace assay::backends
