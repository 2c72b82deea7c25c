#include "results/process/read_file.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

#include "kernels/error.h"

namespace assay::results::process {
namespace {

using testing::HasSubstr;

class ReadFile : public testing::Test {
 protected:
  ReadFile() {
    std::string name = (std::filesystem::temp_directory_path() / "assay-read-XXXXXX").string();
    folder_ = mkdtemp(name.data());
  }
  ~ReadFile() override { std::filesystem::remove_all(folder_); }

  std::string path(const std::string& name) const { return folder_ / name; }
  std::string written(const std::string& name, const std::string& text) const {
    std::ofstream(path(name)) << text;
    return path(name);
  }
  static std::string refusal(const std::string& file, std::uint64_t most = 1 << 20) {
    try {
      read_file(file, most, "name another");
    } catch (const InputError& error) {
      return error.what();
    }
    return "";
  }

 private:
  std::filesystem::path folder_;
};

TEST_F(ReadFile, AFileIsReadWhole) {
  const std::string text(200000, 'x');
  EXPECT_EQ(read_file(written("a", text), 200000), text);
  EXPECT_EQ(read_file(written("b", ""), 1), "");
}

TEST_F(ReadFile, ALargerFileIsRefused) {
  EXPECT_THAT(refusal(written("a", std::string(1001, 'x')), 1000),
              HasSubstr("larger than 1000 bytes"));
  EXPECT_THAT(refusal(written("a", std::string((1 << 20) + 1, 'x'))), HasSubstr("1 MiB"));
}

TEST_F(ReadFile, WhatHasNoEndOrNoContentsIsRefused) {
  EXPECT_THAT(refusal("/dev/zero"), HasSubstr("is a device"));
  EXPECT_THAT(refusal("/"), HasSubstr("Is a directory"));
  EXPECT_THAT(refusal(path("absent")), HasSubstr("No such file"));
}

TEST_F(ReadFile, APipeIsReadToItsEnd) {
  ASSERT_EQ(mkfifo(path("pipe").c_str(), 0600), 0);
  std::thread writer([&] {
    std::ofstream out(path("pipe"));
    for (int i = 0; i < 100000; ++i) out << "line\n";
  });
  EXPECT_EQ(read_file(path("pipe"), 1 << 20).size(), 500000u);
  writer.join();
}

TEST_F(ReadFile, AWriterMayTakeItsTime) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  std::thread writer([&] {
    EXPECT_EQ(write(ends[1], "ab", 2), 2);
    close(ends[1]);
  });
  EXPECT_EQ(read_descriptor(ends[0], 100, "standard input"), "ab");
  writer.join();
  close(ends[0]);
}

TEST_F(ReadFile, APipeThatNobodyWritesIsRefused) {
  ASSERT_EQ(mkfifo(path("pipe").c_str(), 0600), 0);
  EXPECT_THAT(refusal(path("pipe")), HasSubstr("to which no program writes"));
}

TEST_F(ReadFile, APipeIsReadUpToTheLimit) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  const std::string text(2000, 'x');
  ASSERT_EQ(write(ends[1], text.data(), text.size()), 2000);
  EXPECT_THROW(read_descriptor(ends[0], 1000, "standard input"), InputError);
  close(ends[0]);
  close(ends[1]);
}

}  // namespace
}  // namespace assay::results::process
