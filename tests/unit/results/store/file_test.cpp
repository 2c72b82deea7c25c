// Tests only for stores in files.
#include <fmt/format.h>
#include <sqlite3.h>

#include <fstream>
#include <iterator>
#include <map>

#include "tests/unit/results/store/store_case.h"

namespace assay::results::store {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

std::string bytes_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// The files of a folder with their bytes.
std::map<std::string, std::string> contents(const fs::path& folder) {
  std::map<std::string, std::string> out;
  for (const auto& entry : fs::directory_iterator(folder)) {
    out[entry.path().filename()] = sha256(bytes_of(entry.path()));
  }
  return out;
}

void execute(const fs::path& file, const std::string& sql, std::string* message = nullptr) {
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open(file.c_str(), &database), SQLITE_OK);
  char* error = nullptr;
  sqlite3_exec(database, sql.c_str(), nullptr, nullptr, &error);
  if (message != nullptr) *message = error ? error : "";
  EXPECT_TRUE(message != nullptr || error == nullptr) << error;
  sqlite3_free(error);
  sqlite3_close(database);
}

using StoreFile = StoreCase;

TEST_F(StoreFile, MakesTheFoldersThatItNeeds) {
  const fs::path deep = folder_ / "a" / "b" / "assay.db";
  begun(*std::make_unique<Store>(Store::open(deep, Access::write)));
  EXPECT_TRUE(fs::exists(deep));
}

TEST_F(StoreFile, ReadsWithoutChangingAByteOrLeavingAFile) {
  {
    Store store = Store::open(file_, Access::write);
    store.put(record_of(begun(store)));
  }
  const auto before = contents(folder_);
  ASSERT_EQ(before.size(), 1u) << "a store that was closed is one file";
  {
    const Store store = Store::open(file_, Access::read);
    EXPECT_EQ(store.records({}).size(), 1u);
  }
  EXPECT_EQ(contents(folder_), before);
}

TEST_F(StoreFile, DoesNotMakeAFileToRead) {
  EXPECT_THAT(refusal(file_, Access::read), HasSubstr("there is no such file"));
  EXPECT_TRUE(fs::is_empty(folder_));
}

TEST_F(StoreFile, LeavesWhatIsNotAStoreAsItIs) {
  const fs::path text = folder_ / "notes.txt", foreign = folder_ / "foreign.db",
                 newer = folder_ / "newer.db";
  std::ofstream(text) << "not a database, but longer than SQLite's header of a hundred bytes, "
                         "so that only its content gives it away, not its length";
  execute(foreign, "CREATE TABLE song (title TEXT)");
  { begun(*std::make_unique<Store>(Store::open(newer, Access::write))); }
  execute(newer, "PRAGMA user_version = 99");
  const auto before = contents(folder_);
  for (const Access access : {Access::read, Access::write}) {
    EXPECT_THAT(refusal(text, access), HasSubstr("notes.txt: is not a store of assay"));
    EXPECT_THAT(refusal(foreign, access), HasSubstr("another application"));
    EXPECT_THAT(refusal(newer, access),
                testing::AllOf(HasSubstr("schema 99"), HasSubstr("upgrade assay")));
    EXPECT_THAT(refusal(folder_, access), HasSubstr("is a folder"));
  }
  EXPECT_EQ(contents(folder_), before);
}

TEST_F(StoreFile, NamesTheFileWhenItsPagesAreDamaged) {
  {
    Store store = Store::open(file_, Access::write);
    const record::Run run = begun(store);
    for (int i = 0; i < 50; ++i) store.put(record_of(run));
  }
  std::string bytes = bytes_of(file_);
  std::fill(bytes.begin() + 100, bytes.end(), '\xee');
  std::ofstream(file_, std::ios::binary) << bytes;
  EXPECT_THAT(refusal(file_, Access::read),
              testing::AllOf(HasSubstr("assay.db"), HasSubstr("damaged")));
}

TEST_F(StoreFile, IsReadByteForByteAfterItsWriterWasKilled) {
  const pid_t child = fork();
  if (child == 0) {
    Store store = Store::open(file_, Access::write);
    store.put(record_of(begun(store)));
    kill(getpid(), SIGKILL);
  }
  waitpid(child, nullptr, 0);
  const auto before = contents(folder_);
  ASSERT_GT(before.size(), 1u) << "the log is in the file already";
  EXPECT_EQ(Store::open(file_, Access::read).records({}).size(), 1u);
  EXPECT_EQ(contents(folder_)["assay.db"], before.at("assay.db"));
  EXPECT_EQ(Store::open(file_, Access::write).records({}).size(), 1u);
}

TEST_F(StoreFile, OfAnotherSchemaIsRefusedAndLeftUnchanged) {
  { begun(*std::make_unique<Store>(Store::open(file_, Access::write))); }
  for (const int schema : {2, 99}) {
    execute(file_, fmt::format("PRAGMA user_version = {}", schema));
    const auto before = contents(folder_);
    for (const Access access : {Access::read, Access::write}) {
      EXPECT_THAT(refusal(file_, access),
                  HasSubstr(fmt::format("assay.db has schema {}, which this assay cannot read; "
                                        "the version that wrote it can export",
                                        schema)));
    }
    EXPECT_EQ(contents(folder_), before);
  }
}

TEST_F(StoreFile, WithoutTheTableOfSeriesIsRefusedAndLeftUnchanged) {
  { begun(*std::make_unique<Store>(Store::open(file_, Access::write))); }
  execute(file_, "DROP TABLE evidence");
  const auto before = contents(folder_);
  for (const Access access : {Access::read, Access::write}) {
    EXPECT_THAT(refusal(file_, access), HasSubstr("assay.db has no table `evidence`"));
  }
  EXPECT_EQ(contents(folder_), before);
}

}  // namespace
}  // namespace assay::results::store
