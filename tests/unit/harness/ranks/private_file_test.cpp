#include "harness/ranks/private_file.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "kernels/error.h"

namespace assay::harness::ranks {
namespace {

namespace fs = std::filesystem;

class PrivateFileInAFolder : public testing::Test {
 protected:
  PrivateFileInAFolder() {
    std::string pattern = (fs::temp_directory_path() / "assay-private-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
    own_ = folder_ / fmt::format("ranks-{}", geteuid());
  }
  ~PrivateFileInAFolder() override { fs::remove_all(folder_); }

  static unsigned mode(const fs::path& path) {
    struct stat status = {};
    EXPECT_EQ(lstat(path.c_str(), &status), 0) << path;
    return status.st_mode & 07777;
  }

  void expect_refused(const std::string& words) const {
    try {
      file().read();
      ADD_FAILURE() << "read it";
    } catch (const InputError& error) {
      EXPECT_THAT(error.what(), testing::HasSubstr(words));
    }
  }

  PrivateFile file() const { return {folder_, "7.json"}; }

  fs::path folder_, own_;
};

TEST_F(PrivateFileInAFolder, OnlyItsOwnerReadsIt) {
  EXPECT_FALSE(file().read());
  const mode_t before = umask(0);
  file().write("a secret");
  umask(before);
  EXPECT_EQ(file().read(), "a secret");
  EXPECT_EQ(mode(own_), 0700U);
  EXPECT_EQ(mode(own_ / "7.json"), 0600U);
  EXPECT_FALSE(PrivateFile(folder_, "8.json").read());
  file().write("another one");
  EXPECT_EQ(file().read(), "another one");
  file().remove();
  EXPECT_FALSE(fs::exists(own_));
}

TEST_F(PrivateFileInAFolder, ANameStaysInTheFolder) {
  PrivateFile outside(folder_, "../7.json");
  outside.write("a secret");
  EXPECT_TRUE(fs::exists(own_ / ".._7.json"));
}

TEST_F(PrivateFileInAFolder, AFileThatOthersCanReadOrWriteIsRefused) {
  file().write("a secret");
  for (const mode_t rights : {0640, 0604, 0620, 0602}) {
    ASSERT_EQ(chmod((own_ / "7.json").c_str(), rights), 0);
    expect_refused("other users have rights to it");
  }
}

TEST_F(PrivateFileInAFolder, AFolderThatOthersCanEnterIsRefused) {
  file().write("a secret");
  for (const mode_t rights : {0750, 0705, 0770}) {
    ASSERT_EQ(chmod(own_.c_str(), rights), 0);
    expect_refused("other users have rights to it");
    EXPECT_THROW(file().write("another one"), InputError);
  }
}

TEST_F(PrivateFileInAFolder, LinksAreNotFollowed) {
  file().write("a secret");
  const fs::path victim = folder_ / "victim";
  std::ofstream(victim) << "untouched";
  fs::remove(own_ / "7.json");
  fs::create_symlink(victim, own_ / "7.json");
  EXPECT_THROW(file().read(), InputError);
  // Neither is one in the place of the new file.
  fs::create_symlink(victim, own_ / "7.json.new");
  file().write("a secret");
  EXPECT_EQ(file().read(), "a secret");
  std::ifstream stream(victim);
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(stream), {}), "untouched");
  fs::rename(own_, folder_ / "elsewhere");
  fs::create_symlink(folder_ / "elsewhere", own_);
  EXPECT_THROW(file().read(), InputError);
  EXPECT_THROW(file().write("a secret"), InputError);
}

TEST_F(PrivateFileInAFolder, APipeIsNotWaitedFor) {
  file().write("a secret");
  fs::remove(own_ / "7.json");
  ASSERT_EQ(mkfifo((own_ / "7.json").c_str(), 0600), 0);
  EXPECT_THROW(file().read(), InputError);
}

TEST_F(PrivateFileInAFolder, WhatBelongsToAnotherUserIsRefused) {
  if (geteuid() != 0) GTEST_SKIP() << "only root can give files away";
  constexpr uid_t kAnother = 65534;
  file().write("a secret");
  ASSERT_EQ(chown((own_ / "7.json").c_str(), kAnother, kAnother), 0);
  expect_refused("belongs to user 65534");
  file().write("a secret");
  ASSERT_EQ(chown(own_.c_str(), kAnother, kAnother), 0);
  expect_refused("belongs to user 65534");
  EXPECT_THROW(file().write("a secret"), InputError);
}

}  // namespace
}  // namespace assay::harness::ranks
