// Pushes from a file to a file and to a server.
#include <algorithm>

#include "tests/unit/results/store/store_case.h"

namespace assay::results::store {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// The store at address_ is the target.
class StorePush : public StoreTest {
 protected:
  /// A run with records in a store of this machine.
  record::Run measured(Store& store, int records, const std::string& ended = "") {
    record::Run run{new_id(), now_utc(), ended, "quick", "assay run", "host", "0.1.0", "[]", ""};
    run.environment = store.put_environment(R"({"kernel":"6.1"})");
    store.begin(run);
    std::vector<record::Record> all;
    for (int i = 0; i < records; ++i) all.push_back(in(run, record_of(run)));
    store.put(all);
    return run;
  }
  static record::Record in(const record::Run& run, record::Record record) {
    record.environment = run.environment;
    return record;
  }
  static Added push_all(const Store& from, Store& to) {
    return from.push(from.runs(), to, [](std::size_t, std::size_t) {});
  }
  static std::vector<std::string> texts(const Store& store) {
    std::vector<std::string> out;
    for (const record::Record& record : store.records({})) out.push_back(to_json(record));
    std::sort(out.begin(), out.end());
    return out;
  }
};

ASSAY_FOR_EACH_PLACE(StorePush);

TEST_P(StorePush, CopiesRunsRecordsAndEnvironmentsOnce) {
  Store here = Store::open(folder_ / "here.db", Access::write);
  Store there = Store::open(address_, Access::write);
  const record::Run first = measured(here, 700), second = measured(here, 3);
  const Added added = push_all(here, there);
  EXPECT_EQ(added.runs, 2u);
  EXPECT_EQ(added.records, 703u);
  EXPECT_EQ(added.environments, 1u);
  EXPECT_EQ(added.known, 0u);
  EXPECT_EQ(texts(there), texts(here));
  EXPECT_EQ(there.newest().size(), here.newest().size());
  EXPECT_EQ(there.run(first.id).plan, "[]");
  EXPECT_EQ(there.environment(first.environment), R"({"kernel":"6.1"})");

  const Added again = push_all(here, there);
  EXPECT_EQ(again.runs + again.records + again.environments, 0u);
  EXPECT_EQ(again.known, 703u);
  EXPECT_EQ(texts(there), texts(here));
}

TEST_P(StorePush, AddsWhatIsNewAndEndsARunThatHasEnded) {
  Store here = Store::open(folder_ / "here.db", Access::write);
  Store there = Store::open(address_, Access::write);
  const record::Run run = measured(here, 2);
  push_all(here, there);
  EXPECT_EQ(there.run(run.id).ended, "");
  here.put(in(run, good(record_of(run), "copy n=1")));
  here.end(run.id, "2026-11-24T11:00:00.000Z");
  there.put(in(run, good(record_of(run), "copy n=2")));  // a record that `here` does not have
  const Added added = push_all(here, there);
  EXPECT_EQ(added.records, 1u);
  EXPECT_EQ(added.known, 2u);
  EXPECT_EQ(there.count(run.id), 4u);
  EXPECT_EQ(there.run(run.id).ended, "2026-11-24T11:00:00.000Z");
  EXPECT_EQ(there.records({.problem = "copy n=1"}).size(), 1u);
}

TEST_P(StorePush, TakesAHistoryOfManyRuns) {
  Store here = Store::open(folder_ / "here.db", Access::write);
  Store there = Store::open(address_, Access::write);
  for (int night = 0; night < 150; ++night) measured(here, 1);
  EXPECT_EQ(push_all(here, there).runs, 150u);
  measured(here, 1);
  const Added added = push_all(here, there);
  EXPECT_EQ(added.runs, 1u);
  EXPECT_EQ(added.records, 1u);
  EXPECT_EQ(added.known, 150u);
}

TEST_P(StorePush, RefusesARecordWhoseEnvironmentIsNotStored) {
  Store here = Store::open(folder_ / "here.db", Access::write);
  Store there = Store::open(address_, Access::write);
  record::Record record = record_of(measured(here, 2));
  record.environment = sha256("of no store");
  here.put(record);
  EXPECT_THROW(push_all(here, there), InputError);
  EXPECT_EQ(there.records({}).size(), 0u);
}

TEST_P(StorePush, IsRepairedByPushingAgain) {
  Store here = Store::open(folder_ / "here.db", Access::write);
  Store there = Store::open(address_, Access::write);
  const record::Run run = measured(here, 1200);
  std::vector<std::size_t> told;
  EXPECT_THROW(here.push(here.runs(), there,
                         [&](std::size_t done, std::size_t all) {
                           told.push_back(done);
                           EXPECT_EQ(all, 1200u);
                           if (done > 0) throw Error("stopped");
                         }),
               Error);
  EXPECT_THAT(told, ElementsAre(0u, 512u));
  EXPECT_EQ(there.count(run.id), 512u);
  const Added rest = push_all(here, there);
  EXPECT_EQ(rest.runs, 0u);
  EXPECT_EQ(rest.records, 688u);
  EXPECT_EQ(rest.known, 512u);
  EXPECT_EQ(texts(there), texts(here));
}

TEST_P(StorePush, KeepsTheJsonAsItIsAndNamesARecordThatCannotBeRead) {
  Store here = Store::open(folder_ / "here.db", Access::write);
  Store there = Store::open(address_, Access::write);
  const record::Run run = measured(here, 1);
  const auto json_of = [](const StoreAddress& address) {
    const Database database(address, Access::read);
    Statement row(database, "SELECT json FROM record");
    row.step();
    return row.text(0);
  };
  // In a form that another build of assay might write.
  Database(folder_ / "here.db", Access::write)
      .execute(
          "DROP TRIGGER record_stays; UPDATE record SET json = replace(json, '{\"schema\"', "
          "'{ \"schema\"')");
  push_all(here, there);
  EXPECT_THAT(json_of(folder_ / "here.db"), testing::StartsWith("{ \"schema\""));
  EXPECT_EQ(json_of(address_), json_of(folder_ / "here.db"));

  const record::Run other = measured(here, 0);
  const record::Record damaged = in(other, record_of(other));
  here.put(damaged);
  Database(folder_ / "here.db", Access::write)
      .execute("UPDATE record SET json = '{' WHERE id = '" + damaged.id + "'");
  try {
    push_all(here, there);
    FAIL();
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), testing::AllOf(HasSubstr("here.db"), HasSubstr(damaged.id)));
  }
  EXPECT_EQ(there.count(run.id), 1u);
}

}  // namespace
}  // namespace assay::results::store
