#include "results/process/temporary_folder.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>

namespace assay::results::process::temporary_folder_test {
namespace {

namespace fs = std::filesystem;

void make_old(const fs::path& folder) {
  fs::last_write_time(folder, fs::file_time_type::clock::now() - std::chrono::minutes(2));
}

TEST(TemporaryFolder, IsRemovedAtItsEnd) {
  std::string path;
  {
    const TemporaryFolder folder("test");
    path = folder.path();
    std::ofstream(fs::path(path) / "file") << "text";
    EXPECT_TRUE(fs::is_directory(path));
  }
  EXPECT_FALSE(fs::exists(path));
}

TEST(TemporaryFolder, OfAKilledProcessIsRemovedByTheNext) {
  int channel[2];
  ASSERT_EQ(pipe(channel), 0);
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const TemporaryFolder folder("test");
    std::ofstream(fs::path(folder.path()) / "file") << "text";
    const bool told = write(channel[1], folder.path().data(), folder.path().size()) > 0;
    raise(told ? SIGKILL : SIGABRT);
  }
  char text[4096];
  const ssize_t size = read(channel[0], text, sizeof text);
  ASSERT_GT(size, 0);
  ASSERT_EQ(waitpid(child, nullptr, 0), child);
  close(channel[0]);
  close(channel[1]);
  const fs::path left(std::string(text, static_cast<std::size_t>(size)));
  ASSERT_TRUE(fs::exists(left / "file"));
  const TemporaryFolder soon("test");
  EXPECT_TRUE(fs::exists(left)) << "it could be that of a process that begins";
  make_old(left);
  const TemporaryFolder other("other");
  EXPECT_TRUE(fs::exists(left));
  const TemporaryFolder next("test");
  EXPECT_FALSE(fs::exists(left));
}

TEST(TemporaryFolder, OfALivingProcessStays) {
  const TemporaryFolder first("test");
  make_old(first.path());
  const TemporaryFolder second("test");
  EXPECT_TRUE(fs::exists(first.path()));
}

}  // namespace
}  // namespace assay::results::process::temporary_folder_test
