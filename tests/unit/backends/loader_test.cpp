#include "backends/loader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>

#include "kernels/error.h"
#include "tests/unit/backends/temporary_folder.h"

namespace assay::backends {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

fs::path test_module(const std::string& name) {
  return fs::path(ASSAY_TEST_MODULES_DIR) / (name + ".so");
}

/// Requires that opening fails with an error that contains `what` and the file's name, and a hint.
void expect_refused(const fs::path& file, const std::string& what) {
  try {
    Module::open(file);
    ADD_FAILURE() << file << " was opened";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr(what));
    EXPECT_THAT(error.what(), HasSubstr(file.string()));
    EXPECT_NE(error.hint(), "");
  }
}

TEST(Loader, OpensAModuleThatIsWhole) {
  const Module module = Module::open(test_module("whole"));
  EXPECT_STREQ(module->name, "test");
  EXPECT_EQ(module.path(), test_module("whole"));
}

TEST(Loader, OpensAModuleByAPathWithoutASlash) {
  const fs::path before = fs::current_path();
  fs::current_path(ASSAY_TEST_MODULES_DIR);
  EXPECT_NO_THROW(Module::open("whole.so"));
  fs::current_path(before);
}

TEST(Loader, OpensATableThatHasGrown) {
  EXPECT_NO_THROW(Module::open(test_module("of_a_later_version")));
}

TEST(Loader, GivesTheEnvironmentVariablesThatAModuleDeclares) {
  EXPECT_THAT(Module::open(test_module("declaring_variables")).environment_variables(),
              testing::ElementsAre("MINE_*", "MINE"));
  EXPECT_THAT(Module::open(test_module("whole")).environment_variables(), testing::IsEmpty());
}

TEST(Loader, MovesAModuleAsAWhole) {
  Module module = Module::open(test_module("whole"));
  Module other = std::move(module);
  EXPECT_STREQ(other->name, "test");
  module = Module::open(test_module("of_a_later_version"));
  other = std::move(module);
  EXPECT_STREQ(other->name, "test");
}

TEST(Loader, SaysThatAFileIsMissing) {
  expect_refused(test_module("nowhere"), "no such file");
}

TEST(Loader, NamesTheLibraryThatAModuleIsLinkedWithFirst) {
  expect_refused(test_module("without_its_library"), "no libassay_absent.so, which the module /");
}

TEST(Loader, SaysThatAFileIsNoLibrary) {
  const TemporaryFolder folder;
  folder.write("assay_backend_text.so", std::string(4096, 'x'));
  expect_refused(folder.path() / "assay_backend_text.so", "invalid ELF header");
}

TEST(Loader, RefusesWhatEveryUserMayWriteTo) {
  const TemporaryFolder folder;
  const fs::path module = folder.path() / "assay_backend_test.so";
  fs::copy_file(test_module("whole"), module);
  fs::permissions(module, fs::perms::others_write, fs::perm_options::add);
  expect_refused(module, "every user of this machine may write to");
  fs::permissions(module, fs::perms::others_write, fs::perm_options::remove);
  EXPECT_NO_THROW(Module::open(module));
  fs::permissions(folder.path(), fs::perms::others_write, fs::perm_options::add);
  expect_refused(module, "every user of this machine may write to");
  fs::permissions(folder.path(), fs::perms::sticky_bit, fs::perm_options::add);
  EXPECT_NO_THROW(Module::open(module));
}

TEST(Loader, SaysThatALibraryIsNoModule) {
  expect_refused(test_module("without_entry"), "exports no assay_backend_entry");
}

TEST(Loader, SaysThatAModuleServesAnotherInterface) {
  expect_refused(test_module("refusing"), "does not serve interface version 1");
  expect_refused(test_module("of_another_abi"), "built for interface version 2");
}

TEST(Loader, SaysThatATableIsTooSmall) {
  expect_refused(test_module("with_a_small_table"), "too small");
  expect_refused(test_module("with_a_tiny_table"), "it has 4 bytes");
}

TEST(Loader, NamesTheFunctionThatATableLacks) {
  expect_refused(test_module("without_run"), "its table has no run");
}

class FindModules : public testing::Test {
 protected:
  void TearDown() override { unsetenv("ASSAY_BACKEND_PATH"); }

  static void search(const std::string& folders) {
    setenv("ASSAY_BACKEND_PATH", folders.c_str(), 1);
  }
  /// The path of the module with that name; empty if there is none.
  static fs::path found(const std::string& name) {
    for (const ModuleFile& file : find_modules()) {
      if (file.name == name) return file.path;
    }
    return {};
  }
};

TEST_F(FindModules, FindsThoseBesideTheExecutable) {
  EXPECT_EQ(found("cpu"), fs::path(ASSAY_BIN_DIR) / "assay_backend_cpu.so");
}

TEST_F(FindModules, TakesTheFirstOfAName) {
  const TemporaryFolder first, second;
  first.write("assay_backend_cpu.so", "");
  second.write("assay_backend_cpu.so", "");
  second.write("assay_backend_other.so", "");
  search(first.path().string() + "::" + second.path().string());
  EXPECT_EQ(found("cpu"), first.path() / "assay_backend_cpu.so");
  EXPECT_EQ(found("other"), second.path() / "assay_backend_other.so");
  const auto all = find_modules();
  EXPECT_EQ(
      std::count_if(all.begin(), all.end(), [](const auto& file) { return file.name == "cpu"; }),
      1);
}

TEST_F(FindModules, LeavesOutWhatIsNoModuleByItsName) {
  const TemporaryFolder folder;
  for (const char* name : {"libassay_backend_a.so", "assay_backend_b.so.1", "assay_backend_.so"}) {
    folder.write(name, "");
  }
  folder.write("assay_backend_c.so/file", "");
  search(folder.path().string());
  for (const ModuleFile& file : find_modules()) {
    EXPECT_NE(file.path.parent_path(), folder.path()) << file.path;
  }
}

TEST_F(FindModules, ListsThemInOrder) {
  const TemporaryFolder folder;
  for (const char* name : {"assay_backend_b.so", "assay_backend_a.so", "assay_backend_c.so"}) {
    folder.write(name, "");
  }
  search(folder.path().string());
  const auto all = find_modules();
  ASSERT_GE(all.size(), 3u);
  EXPECT_EQ(all[0].name + all[1].name + all[2].name, "abc");
}

TEST_F(FindModules, RefusesARelativeSearchPath) {
  search(".");
  EXPECT_THROW(find_modules(), InputError);
}

TEST_F(FindModules, RefusesASearchPathThatIsNoFolder) {
  search("/nowhere/at/all");
  EXPECT_THROW(find_modules(), InputError);
}

}  // namespace
}  // namespace assay::backends
