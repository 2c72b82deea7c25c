#include "results/store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <thread>

#include "kernels/error.h"
#include "kernels/sha256.h"
#include "tests/schema/random_record.h"

namespace assay::results {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using Access = Store::Access;

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

std::string refusal(const fs::path& file, Access access) {
  try {
    Store::open(file, access).runs();
  } catch (const InputError& error) {
    return std::string(error.what()) + " / " + error.mend();
  }
  return "opened without complaint";
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

class StoreTest : public testing::Test {
 protected:
  StoreTest() {
    std::string pattern = (fs::temp_directory_path() / "assay-store-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
    file_ = folder_ / "assay.db";
  }
  ~StoreTest() override { fs::remove_all(folder_); }

  /// A run that is in the store.
  static results::Run begun(Store& store, const std::string& started = "2026-11-24T10:00:00.000Z") {
    const results::Run run{new_id(), started, "", "quick", "assay run", "host", "0.1.0", "[]", ""};
    store.begin(run);
    return run;
  }

  Record record_of(const results::Run& run,
                   const std::string& started = "2026-11-24T10:00:01.000Z") {
    Record record = random_.next();
    record.id = new_id();
    record.run = run.id;
    record.started = started;
    return record;
  }

  fs::path folder_, file_;
  RandomRecords random_{3};
};

TEST_F(StoreTest, GivesBackARecordAsItWasPut) {
  Store store = Store::open(file_, Access::write);
  const results::Run run = begun(store);
  const Record record = record_of(run);
  store.put(record);
  EXPECT_EQ(to_json(store.record(record.id).value()), to_json(record));
  const Store reader = Store::open(file_, Access::read);
  ASSERT_EQ(reader.records({}).size(), 1u);
  EXPECT_EQ(to_json(reader.records({}).front()), to_json(record));
}

TEST_F(StoreTest, KeepsTenThousandSamplesToTheBit) {
  Store store = Store::open(file_, Access::write);
  Record record = record_of(begun(store));
  record.device_seconds.clear();
  for (int i = 0; i < 10000; ++i) record.device_seconds.push_back(random_.real());
  store.put(record);
  EXPECT_EQ(store.record(record.id)->device_seconds, record.device_seconds);
}

TEST_F(StoreTest, MakesTheFoldersThatItNeeds) {
  const fs::path deep = folder_ / "a" / "b" / "assay.db";
  begun(*std::make_unique<Store>(Store::open(deep, Access::write)));
  EXPECT_TRUE(fs::exists(deep));
}

TEST_F(StoreTest, KeepsARunWithItsPlanAndItsEnd) {
  Store store = Store::open(file_, Access::write);
  results::Run run{new_id(), "2026-11-24T10:00:00.000Z",    "",
                   "quick",  "assay run --suite quick",     "host",
                   "0.1.0",  R"([{"problem":"copy n=1"}])", ""};
  run.environment = store.put_environment(R"({"kernel":"6.1"})");
  store.begin(run);
  EXPECT_EQ(store.run("last").ended, "");
  store.end(run.id, "2026-11-24T10:01:00.000Z");
  const results::Run back = store.run(run.id.substr(0, 8));
  EXPECT_EQ(back.ended, "2026-11-24T10:01:00.000Z");
  EXPECT_EQ(back.plan, run.plan);
  EXPECT_EQ(back.command, run.command);
  EXPECT_EQ(store.environment(back.environment), R"({"kernel":"6.1"})");
  EXPECT_THROW(store.end(new_id(), "2026-11-24T10:01:00.000Z"), Error);
}

TEST_F(StoreTest, KeepsEqualEnvironmentsOnce) {
  Store store = Store::open(file_, Access::write);
  EXPECT_EQ(store.put_environment("{}"), store.put_environment("{}"));
  EXPECT_THROW(store.environment(sha256("other")), InputError);
}

TEST_F(StoreTest, ListsRunsNewestFirstAndFindsTheLast) {
  Store store = Store::open(file_, Access::write);
  EXPECT_THROW(store.run("last"), InputError);
  const results::Run newer = begun(store, "2026-11-24T12:00:00.000Z");
  const results::Run older = begun(store, "2026-11-24T11:00:00.000Z");
  ASSERT_EQ(store.runs().size(), 2u);
  EXPECT_EQ(store.runs().front().id, newer.id);
  EXPECT_EQ(store.run("last").id, newer.id);
  EXPECT_EQ(store.run("last~0").id, newer.id);
  EXPECT_EQ(store.run("last~1").id, older.id);
  for (const char* none : {"last~2", "last~", "last~-1", "last~1x", "last1"}) {
    EXPECT_THROW(store.run(none), InputError) << none;
  }
}

TEST_F(StoreTest, FindsAPretendedDeviceByTheSystemThatItIs) {
  Store store = Store::open(file_, Access::write);
  const results::Run run = begun(store, "2026-11-24T10:00:00.000Z");
  Record record = record_of(run, "2026-11-24T10:00:01.000Z");
  record.device.backend = "datasheet";
  record.device.unique_id = "h200-sxm";
  record.device.modelled = true;
  record.origin = results::Origin::modelled;
  store.put(record);
  EXPECT_EQ(store.records({.device = "datasheet:H200-SXM"}).size(), 1u);
  EXPECT_EQ(store.records({.device = "datasheet:0"}).size(), 0u);
}

TEST_F(StoreTest, RefusesAPrefixThatNamesNoRunOrSeveral) {
  Store store = Store::open(file_, Access::write);
  for (const char* id : {"aa11", "aa22"}) {
    store.begin({id, "2026-11-24T10:00:00.000Z", "", "", "", "", "", "", ""});
  }
  EXPECT_EQ(store.run("aa1").id, "aa11");
  EXPECT_EQ(store.run("AA1").id, "aa11");
  EXPECT_THROW(store.run("aa"), InputError);
  EXPECT_THROW(store.run("bb"), InputError);
  EXPECT_THROW(store.run(""), InputError);
  EXPECT_THROW(store.run("%"), InputError);
}

TEST_F(StoreTest, FiltersByContainedTextWithoutRegardToCase) {
  Store store = Store::open(file_, Access::write);
  const results::Run run = begun(store), other = begun(store, "2026-11-24T13:00:00.000Z");
  Record matmul = record_of(run), copy = record_of(other);
  matmul.problem = "matmul m=64 n=64 k=64";
  matmul.operation = "matmul";
  matmul.implementation = {"library/onednn", "library", {}};
  matmul.device.name = "AMD EPYC";
  matmul.device.backend = "cpu";
  matmul.device.index = 0;
  matmul.status = Status::ok;
  copy.problem = "copy n=4096";
  copy.operation = "copy";
  copy.implementation = {"native/copy", "native", {}};
  copy.device.name = "Radeon";
  copy.device.backend = "hip";
  copy.status = Status::out_of_memory;
  store.put(matmul);
  store.put(copy);
  const auto ids = [&](const Filter& filter) {
    std::vector<std::string> out;
    for (const Record& record : store.records(filter)) out.push_back(record.id);
    return out;
  };
  EXPECT_THAT(ids({}), ElementsAre(matmul.id, copy.id));
  EXPECT_THAT(ids({.run = "last"}), ElementsAre(copy.id));
  EXPECT_EQ(store.count(run.id), 1u);
  EXPECT_THAT(ids({.problem = "N=64"}), ElementsAre(matmul.id));
  EXPECT_THAT(ids({.operation = "COPY"}), ElementsAre(copy.id));
  EXPECT_THAT(ids({.implementation = "oneDNN"}), ElementsAre(matmul.id));
  EXPECT_THAT(ids({.division = "native"}), ElementsAre(copy.id));
  EXPECT_THAT(ids({.device = "cpu:0"}), ElementsAre(matmul.id));
  EXPECT_THAT(ids({.device = "radeon"}), ElementsAre(copy.id));
  EXPECT_THAT(ids({.status = "out-of"}), ElementsAre(copy.id));
  EXPECT_THAT(ids({.problem = "copy", .status = "ok"}), ElementsAre());
  EXPECT_THAT(ids({.problem = "'; DROP TABLE record"}), ElementsAre());
}

TEST_F(StoreTest, LimitsToTheNewestInOrderOfTime) {
  Store store = Store::open(file_, Access::write);
  const results::Run run = begun(store);
  const Record last = record_of(run, "2026-11-24T10:00:03.000Z");
  const Record first = record_of(run, "2026-11-24T10:00:01.000Z");
  const Record middle = record_of(run, "2026-11-24T10:00:02.000Z");
  for (const Record& record : {last, first, middle}) store.put(record);
  const auto newest = store.records({.limit = 2});
  ASSERT_EQ(newest.size(), 2u);
  EXPECT_EQ(newest[0].id, middle.id);
  EXPECT_EQ(newest[1].id, last.id);
}

TEST_F(StoreTest, RefusesToChangeOrDeleteARecord) {
  {
    Store store = Store::open(file_, Access::write);
    store.put(record_of(begun(store)));
  }
  for (const char* sql : {"UPDATE record SET status = 'ok'", "DELETE FROM record"}) {
    std::string message;
    execute(file_, sql, &message);
    EXPECT_THAT(message, HasSubstr("immutable")) << sql;
  }
}

TEST_F(StoreTest, RefusesTheSameRecordTwiceAndOneWithoutItsRun) {
  Store store = Store::open(file_, Access::write);
  const Record record = record_of(begun(store));
  store.put(record);
  EXPECT_THROW(store.put(record), Error);
  Record stray = record_of(results::Run{.id = new_id()});
  EXPECT_THROW(store.put(stray), Error);
  EXPECT_EQ(store.records({}).size(), 1u);
}

TEST_F(StoreTest, ReadsWithoutChangingAByteOrLeavingAFile) {
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

TEST_F(StoreTest, OpenedForReadingCannotBeWritten) {
  begun(*std::make_unique<Store>(Store::open(file_, Access::write)));
  Store store = Store::open(file_, Access::read);
  EXPECT_THROW(begun(store), Error);
  EXPECT_THROW(store.put_environment("{}"), Error);
}

/// A record that is good: its result right.
Record good(Record record, const std::string& problem) {
  record.origin = Origin::measured;
  record.device.modelled = false;
  record.status = Status::ok;
  record.check.outcome = kernels::Outcome::right;
  record.problem = problem;
  record.device.name = "one device";
  record.device.backend = "cpu";
  record.device.unique_id = record.device.bus_id = "";
  record.device.index = 0;
  record.implementation.name = "library/one";
  record.settings.mode = "cold";
  return record;
}

TEST_F(StoreTest, GivesTheNewestGoodRecordOfEachSeries) {
  Store store = Store::open(file_, Access::write);
  const results::Run run = begun(store);
  const auto put = [&](Record record) {
    store.put(record);
    return record.id;
  };
  put(good(record_of(run, "2026-11-24T10:00:01.000Z"), "copy n=1"));
  const std::string newest = put(good(record_of(run, "2026-11-24T10:00:03.000Z"), "copy n=1"));
  put(good(record_of(run, "2026-11-24T10:00:02.000Z"), "copy n=1"));  // came late
  Record wrong = good(record_of(run, "2026-11-24T10:00:04.000Z"), "copy n=1");
  wrong.status = Status::wrong;
  wrong.check.outcome = kernels::Outcome::wrong;
  put(wrong);
  const std::string other = put(good(record_of(run, "2026-11-24T10:00:05.000Z"), "copy n=2"));
  Record hot = good(record_of(run, "2026-11-24T10:00:06.000Z"), "copy n=1");
  hot.settings.mode = "hot";
  put(hot);
  std::vector<std::string> ids;
  for (const Record& record : Store::open(file_, Access::read).newest()) ids.push_back(record.id);
  EXPECT_THAT(ids, ElementsAre(newest, other, hot.id));
}

TEST_F(StoreTest, PutsAllRecordsOrNone) {
  Store store = Store::open(file_, Access::write);
  const results::Run run = begun(store);
  std::vector<Record> records = {record_of(run), record_of(run), record_of(run)};
  store.put(records);
  EXPECT_EQ(store.count(run.id), 3u);
  for (Record& record : records) record.id = new_id();
  records.push_back(records.front());  // an id twice
  EXPECT_THROW(store.put(records), Error);
  EXPECT_EQ(store.count(run.id), 3u);
  store.put(record_of(run));
  EXPECT_EQ(store.count(run.id), 4u);
}

TEST_F(StoreTest, BringsAnOlderStoreForwardAndKeepsACopyOfIt) {
  std::string id;
  {
    Store store = Store::open(file_, Access::write);
    const Record record = good(record_of(begun(store)), "copy n=1");
    id = record.id;
    store.put(record);
  }
  execute(file_, "DROP TABLE series; PRAGMA user_version = 1;");
  // Reading changes nothing and finds the record all the same.
  ASSERT_EQ(Store::open(file_, Access::read).newest().size(), 1u);
  EXPECT_FALSE(fs::exists(file_.string() + ".schema1"));
  EXPECT_EQ(Store::open(file_, Access::write).newest().at(0).id, id);
  EXPECT_EQ(Store::open(file_, Access::read).newest().at(0).id, id);
  ASSERT_TRUE(fs::exists(file_.string() + ".schema1"));
  EXPECT_EQ(Store::open(file_.string() + ".schema1", Access::read).records({}).at(0).id, id);
}

TEST_F(StoreTest, DoesNotMakeAFileToRead) {
  EXPECT_THAT(refusal(file_, Access::read), HasSubstr("there is no such file"));
  EXPECT_TRUE(fs::is_empty(folder_));
}

TEST_F(StoreTest, LeavesWhatIsNotAStoreAsItIs) {
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

TEST_F(StoreTest, NamesTheFileWhenItsPagesAreDamaged) {
  {
    Store store = Store::open(file_, Access::write);
    const results::Run run = begun(store);
    for (int i = 0; i < 50; ++i) store.put(record_of(run));
  }
  std::string bytes = bytes_of(file_);
  std::fill(bytes.begin() + 100, bytes.end(), '\xee');
  std::ofstream(file_, std::ios::binary) << bytes;
  EXPECT_THAT(refusal(file_, Access::read),
              testing::AllOf(HasSubstr("assay.db"), HasSubstr("damaged")));
}

TEST_F(StoreTest, IsReadWhileItIsWritten) {
  Store writer = Store::open(file_, Access::write);
  const results::Run run = begun(writer);
  writer.put(record_of(run));
  std::jthread reader([&] {
    std::size_t seen = 0;
    while (seen < 50) {
      const std::size_t now = Store::open(file_, Access::read).records({}).size();
      ASSERT_GE(now, seen) << "a record that was seen has gone";
      seen = now;
    }
  });
  for (int i = 1; i < 50; ++i) writer.put(record_of(run));
}

TEST_F(StoreTest, TakesRecordsFromSeveralProcesses) {
  std::vector<pid_t> children;
  for (int i = 0; i < 4; ++i) {
    children.push_back(fork());
    if (children.back() != 0) continue;
    try {
      Store store = Store::open(file_, Access::write);
      const results::Run run = begun(store);
      for (int n = 0; n < 10; ++n) store.put(record_of(run));
      _exit(0);
    } catch (const std::exception& error) {
      fprintf(stderr, "%s\n", error.what());
      _exit(1);
    }
  }
  for (const pid_t child : children) {
    int status = 1;
    waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
  }
  const Store store = Store::open(file_, Access::read);
  EXPECT_EQ(store.runs().size(), 4u);
  EXPECT_EQ(store.records({}).size(), 40u);
}

TEST_F(StoreTest, KeepsAllThatPutReturnedForWhenTheProcessIsKilled) {
  int pipe_ends[2];
  ASSERT_EQ(pipe(pipe_ends), 0);
  const pid_t child = fork();
  if (child == 0) {
    Store store = Store::open(file_, Access::write);
    const results::Run run = begun(store);
    while (true) {
      const Record record = record_of(run);
      store.put(record);
      if (write(pipe_ends[1], record.id.data(), 36) != 36) _exit(1);
    }
  }
  close(pipe_ends[1]);
  std::set<std::string> returned;
  std::string id(36, ' ');
  while (returned.size() < 25 && read(pipe_ends[0], id.data(), 36) == 36) returned.insert(id);
  kill(child, SIGKILL);
  while (read(pipe_ends[0], id.data(), 36) == 36) returned.insert(id);
  waitpid(child, nullptr, 0);
  close(pipe_ends[0]);
  ASSERT_GE(returned.size(), 25u);

  const std::string before = bytes_of(file_);
  std::set<std::string> kept;
  {
    const Store store = Store::open(file_, Access::read);
    for (const Record& record : store.records({})) kept.insert(record.id);
    EXPECT_EQ(store.run("last").ended, "");
  }
  EXPECT_TRUE(std::includes(kept.begin(), kept.end(), returned.begin(), returned.end()));
  EXPECT_EQ(bytes_of(file_), before) << "reading moved the log into the file";
  EXPECT_EQ(Store::open(file_, Access::write).records({}).size(), kept.size());
}

TEST(NewId, IsAUuidOfVersionFourAndEachTimeAnother) {
  std::set<std::string> ids;
  for (int i = 0; i < 1000; ++i) {
    const std::string id = new_id();
    ASSERT_THAT(id, testing::MatchesRegex("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-"
                                          "[0-9a-f]{12}"));
    ids.insert(id);
  }
  EXPECT_EQ(ids.size(), 1000u);
}

TEST(NowUtc, IsAnIsoMomentToTheMillisecond) {
  EXPECT_THAT(
      now_utc(),
      testing::MatchesRegex("20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}Z"));
}

TEST(Sha256, IsThatOfTheStandard) {
  // FIPS 180-4's example "abc".
  EXPECT_EQ(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(DefaultStore, FollowsAssayDbThenXdgThenHome) {
  const auto with = [](const char* assay, const char* xdg) {
    assay ? setenv("ASSAY_DB", assay, 1) : unsetenv("ASSAY_DB");
    xdg ? setenv("XDG_DATA_HOME", xdg, 1) : unsetenv("XDG_DATA_HOME");
    return default_store().text();
  };
  setenv("HOME", "/home/ada", 1);
  EXPECT_EQ(with("/tmp/my.db", "/data"), "/tmp/my.db");
  EXPECT_EQ(with(nullptr, "/data"), "/data/assay/assay.db");
  EXPECT_EQ(with(nullptr, "relative"), "/home/ada/.local/share/assay/assay.db");
  EXPECT_EQ(with(nullptr, nullptr), "/home/ada/.local/share/assay/assay.db");
}

}  // namespace
}  // namespace assay::results
