#include "results/store/store.h"

#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <set>
#include <thread>
#include <vector>

#include "kernels/error.h"
#include "results/exchange/format.h"
#include "results/record/confirmation.h"
#include "tests/unit/results/store/store_case.h"

namespace assay::results::store {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

ASSAY_FOR_EACH_PLACE(StoreTest);

/// Runs a function in several processes at the same time. Returns the number of failures.
template <typename Work>
int in_processes(int count, Work work) {
  std::vector<pid_t> children;
  for (int i = 0; i < count; ++i) {
    children.push_back(fork());
    if (children.back() != 0) continue;
    try {
      work(i);
      _exit(0);
    } catch (const std::exception& error) {
      fmt::print(stderr, "{}\n", error.what());
      _exit(1);
    }
  }
  int failed = 0;
  for (const pid_t child : children) {
    int status = 1;
    waitpid(child, &status, 0);
    failed += status == 0 ? 0 : 1;
  }
  return failed;
}

TEST_P(StoreTest, GivesBackARecordAsItWasPut) {
  Store store = Store::open(address_, Access::write);
  const record::Run run = begun(store);
  const record::Record record = record_of(run);
  store.put(record);
  EXPECT_EQ(to_json(store.record(record.id).value()), to_json(record));
  const Store reader = Store::open(address_, Access::read);
  ASSERT_EQ(reader.records({}).size(), 1u);
  EXPECT_EQ(to_json(reader.records({}).front()), to_json(record));
}

TEST_P(StoreTest, KeepsTenThousandSamplesToTheBit) {
  Store store = Store::open(address_, Access::write);
  record::Record record = record_of(begun(store));
  record.device_seconds.clear();
  for (int i = 0; i < 10000; ++i) record.device_seconds.push_back(random_.real());
  store.put(record);
  EXPECT_EQ(store.record(record.id)->device_seconds, record.device_seconds);
}

TEST_P(StoreTest, KeepsARunWithItsPlanAndItsEnd) {
  Store store = Store::open(address_, Access::write);
  record::Run run{new_id(), "2026-11-24T10:00:00.000Z",    "",
                  "quick",  "assay run --suite quick",     "host",
                  "0.1.0",  R"([{"problem":"copy n=1"}])", ""};
  run.environment = store.put_environment(R"({"kernel":"6.1"})");
  store.begin(run);
  EXPECT_EQ(store.run("last").ended, "");
  store.end(run.id, "2026-11-24T10:01:00.000Z");
  const record::Run back = store.run(run.id.substr(0, 8));
  EXPECT_EQ(back.ended, "2026-11-24T10:01:00.000Z");
  EXPECT_EQ(back.plan, run.plan);
  EXPECT_EQ(back.command, run.command);
  EXPECT_EQ(store.environment(back.environment), R"({"kernel":"6.1"})");
  EXPECT_THROW(store.end(new_id(), "2026-11-24T10:01:00.000Z"), Error);
}

TEST_P(StoreTest, KeepsEqualEnvironmentsOnce) {
  Store store = Store::open(address_, Access::write);
  EXPECT_EQ(store.put_environment("{}"), store.put_environment("{}"));
  EXPECT_THROW(store.environment(sha256("other")), InputError);
}

TEST_P(StoreTest, ListsRunsNewestFirstAndFindsTheLast) {
  Store store = Store::open(address_, Access::write);
  EXPECT_THROW(store.run("last"), InputError);
  const record::Run newer = begun(store, "2026-11-24T12:00:00.000Z");
  const record::Run older = begun(store, "2026-11-24T11:00:00.000Z");
  ASSERT_EQ(store.runs().size(), 2u);
  EXPECT_EQ(store.runs().front().id, newer.id);
  EXPECT_EQ(store.run("last").id, newer.id);
  EXPECT_EQ(store.run("last~0").id, newer.id);
  EXPECT_EQ(store.run("last~1").id, older.id);
  for (const char* none : {"last~2", "last~", "last~-1", "last~1x", "last1"}) {
    EXPECT_THROW(store.run(none), InputError) << none;
  }
  record::Run again;
  again.id = new_id();
  again.started = "2026-11-24T13:00:00.000Z";
  again.suite = record::kConfirmationSuite;
  store.begin(again);
  EXPECT_EQ(store.runs().front().id, again.id);
  EXPECT_EQ(store.run("last").id, newer.id);
  EXPECT_EQ(store.run("last~1").id, older.id);
}

TEST_P(StoreTest, FindsAModelledDeviceByItsSystem) {
  Store store = Store::open(address_, Access::write);
  const record::Run run = begun(store, "2026-11-24T10:00:00.000Z");
  record::Record record = record_of(run, "2026-11-24T10:00:01.000Z");
  record.device.backend = "datasheet";
  record.device.unique_id = "h200-sxm";
  record.device.modelled = true;
  record.origin = record::Origin::modelled;
  store.put(record);
  EXPECT_EQ(store.records({.device = "datasheet:H200-SXM"}).size(), 1u);
  EXPECT_EQ(store.records({.device = "datasheet:0"}).size(), 0u);
}

TEST_P(StoreTest, RefusesAPrefixThatNamesNoRunOrSeveral) {
  Store store = Store::open(address_, Access::write);
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

TEST_P(StoreTest, TakesAnIdThatOthersBeginWithForThatOne) {
  Store store = Store::open(address_, Access::write);
  for (const char* id : {"aa11-2", "aa11", "aa10"}) {
    store.begin({id, "2026-11-24T10:00:00.000Z", "", "", "", "", "", "", ""});
  }
  EXPECT_EQ(store.run("aa11").id, "aa11");
  EXPECT_EQ(store.run("aa11-").id, "aa11-2");
  EXPECT_THROW(store.run("aa1"), InputError);
}

TEST_P(StoreTest, VisitsAllRecordsWithTheirSamplesInOrderOfTime) {
  Store store = Store::open(address_, Access::write);
  const record::Run run = begun(store), other = begun(store);
  std::vector<record::Record> records;
  // More than it reads at a time, the newest first.
  for (int i = 1100; i-- > 0;) {
    records.push_back(
        record_of(i % 3 == 0 ? other : run,
                  fmt::format("2026-11-24T10:{:02}:{:02}.{:03}Z", i / 600, i / 10 % 60, i % 10)));
  }
  store.put(records);
  const auto visited = [&](const Filter& filter) {
    std::vector<std::string> texts;
    store.for_each(filter, [&](std::span<const record::Record> some) {
      for (const record::Record& one : some) texts.push_back(to_json(one));
    });
    return texts;
  };
  std::vector<std::string> all, of_run;
  for (auto one = records.rbegin(); one != records.rend(); ++one) {
    all.push_back(to_json(*one));
    if (one->run == run.id) of_run.push_back(all.back());
  }
  EXPECT_EQ(visited({}), all);
  EXPECT_EQ(visited({.run = run.id}), of_run);
  EXPECT_EQ(visited({.limit = 7}), std::vector<std::string>(all.end() - 7, all.end()));
}

TEST_P(StoreTest, CountsTheRecordsOfARunAndOfADivision) {
  Store store = Store::open(address_, Access::write);
  const record::Run run = begun(store), other = begun(store);
  for (int i = 0; i < 6; ++i) {
    record::Record record = record_of(i == 5 ? other : run);
    record.implementation.division =
        i % 2 == 0 ? record::Division::modelled : record::Division::native;
    store.put(record);
  }
  EXPECT_EQ(store.count(run.id), 5U);
  EXPECT_EQ(store.count(run.id, record::Division::modelled), 3U);
  EXPECT_EQ(store.count(other.id, record::Division::modelled), 0U);
}

TEST_P(StoreTest, FiltersByContainedTextWithoutRegardToCase) {
  Store store = Store::open(address_, Access::write);
  const record::Run run = begun(store), other = begun(store, "2026-11-24T13:00:00.000Z");
  record::Record matmul = record_of(run), copy = record_of(other);
  matmul.problem = "matmul m=64 n=64 k=64";
  matmul.operation = "matmul";
  matmul.implementation = {"library/onednn", results::record::Division::library, {}};
  matmul.device.name = "AMD EPYC";
  matmul.device.backend = "cpu";
  matmul.device.index = 0;
  matmul.status = record::Status::ok;
  copy.problem = "copy n=4096";
  copy.operation = "copy";
  copy.implementation = {"native/copy", results::record::Division::native, {}};
  copy.device.name = "Radeon";
  copy.device.backend = "hip";
  copy.status = record::Status::out_of_memory;
  store.put(matmul);
  store.put(copy);
  const auto ids = [&](const Filter& filter) {
    std::vector<std::string> out;
    for (const record::Record& record : store.records(filter)) out.push_back(record.id);
    return out;
  };
  EXPECT_THAT(ids({}), ElementsAre(matmul.id, copy.id));
  EXPECT_THAT(ids({.run = "last"}), ElementsAre(copy.id));
  EXPECT_EQ(store.count(run.id), 1u);
  EXPECT_THAT(ids({.problem = "N=64"}), ElementsAre(matmul.id));
  EXPECT_THAT(ids({.problem = std::string(10'000, 'x')}), testing::IsEmpty());
  EXPECT_THROW(ids({.problem = std::string(60'000, 'x')}), InputError);
  EXPECT_THAT(ids({.operation = "COPY"}), ElementsAre(copy.id));
  EXPECT_THAT(ids({.implementation = "oneDNN"}), ElementsAre(matmul.id));
  EXPECT_THAT(ids({.division = results::record::Division::native}), ElementsAre(copy.id));
  EXPECT_THAT(ids({.device = "cpu:0"}), ElementsAre(matmul.id));
  EXPECT_THAT(ids({.device = "radeon"}), ElementsAre(copy.id));
  EXPECT_THAT(ids({.status = record::Status::out_of_memory}), ElementsAre(copy.id));
  EXPECT_THAT(ids({.problem = "copy", .status = record::Status::ok}), ElementsAre());
  EXPECT_THAT(ids({.problem = "'; DROP TABLE record"}), ElementsAre());
}

TEST_P(StoreTest, LimitsToTheNewestInOrderOfTime) {
  Store store = Store::open(address_, Access::write);
  const record::Run run = begun(store);
  const record::Record last = record_of(run, "2026-11-24T10:00:03.000Z");
  const record::Record first = record_of(run, "2026-11-24T10:00:01.000Z");
  const record::Record middle = record_of(run, "2026-11-24T10:00:02.000Z");
  for (const record::Record& record : {last, first, middle}) store.put(record);
  const auto newest = store.records({.limit = 2});
  ASSERT_EQ(newest.size(), 2u);
  EXPECT_EQ(newest[0].id, middle.id);
  EXPECT_EQ(newest[1].id, last.id);
}

TEST_P(StoreTest, RefusesToChangeOrDeleteARecord) {
  {
    Store store = Store::open(address_, Access::write);
    store.put(record_of(begun(store)));
    store.put_environment("{}");
  }
  for (const char* sql : {"UPDATE record SET status = 'ok'", "DELETE FROM record",
                          "UPDATE environment SET json = '[]'", "DELETE FROM environment"}) {
    EXPECT_THAT(execute(sql), HasSubstr("immutable")) << sql;
  }
}

TEST_P(StoreTest, RefusesTheSameRecordTwiceAndOneWithoutItsRun) {
  Store store = Store::open(address_, Access::write);
  const record::Record record = record_of(begun(store));
  store.put(record);
  EXPECT_THROW(store.put(record), Error);
  record::Record stray = record_of(record::Run{.id = new_id()});
  EXPECT_THROW(store.put(stray), Error);
  EXPECT_EQ(store.records({}).size(), 1u);
}

TEST_P(StoreTest, OpenedForReadingCannotBeWritten) {
  begun(*std::make_unique<Store>(Store::open(address_, Access::write)));
  Store store = Store::open(address_, Access::read);
  EXPECT_THROW(begun(store), Error);
  EXPECT_THROW(store.put_environment("{}"), Error);
}

TEST_P(StoreTest, GivesTheNewestGoodRecordOfEachSeries) {
  Store store = Store::open(address_, Access::write);
  const record::Run run = begun(store);
  const auto put = [&](record::Record record) {
    store.put(record);
    return record.id;
  };
  put(good(record_of(run, "2026-11-24T10:00:01.000Z"), "copy n=1"));
  const std::string newest = put(good(record_of(run, "2026-11-24T10:00:03.000Z"), "copy n=1"));
  put(good(record_of(run, "2026-11-24T10:00:02.000Z"), "copy n=1"));  // came late
  record::Record wrong = good(record_of(run, "2026-11-24T10:00:04.000Z"), "copy n=1");
  wrong.status = record::Status::wrong;
  wrong.check.outcome = kernels::Outcome::wrong;
  put(wrong);
  const std::string other = put(good(record_of(run, "2026-11-24T10:00:05.000Z"), "copy n=2"));
  record::Record hot = good(record_of(run, "2026-11-24T10:00:06.000Z"), "copy n=1");
  hot.settings.mode = results::record::Mode::hot;
  put(hot);
  std::vector<std::string> ids;
  for (const record::Record& record : Store::open(address_, Access::read).newest())
    ids.push_back(record.id);
  EXPECT_THAT(ids, ElementsAre(newest, other, hot.id));
}

/// A record that may refute a claim.
record::Record trusted(record::Record record) {
  record.implementation.division = record::Division::library;
  record.device_seconds.assign(40, 1e-3);
  record.host_seconds.assign(40, 2e-3);
  record.summary = statistics::summarize(record.device_seconds);
  record.settings.target = 0.05;
  record.settings.confidence = 0.95;
  record.settings.minimum_samples = 10;
  record.steady = record.target_met = true;
  record.sensors = {};
  record.throttling = {};
  record.machine_load = {};
  record.phases = {};
  record.clocks = {};
  record.challenges = {};
  return record;
}

TEST_P(StoreTest, GivesTheNewestRecordWithoutDoubtsOfEachHost) {
  Store store = Store::open(address_, Access::write);
  const record::Run run = begun(store);
  record::Run elsewhere = run;
  elsewhere.id = new_id();
  elsewhere.host = "another host";
  store.begin(elsewhere);
  const auto put = [&](const record::Record& record) {
    store.put(record);
    return record.id;
  };
  const auto at = [&](const record::Run& of, const std::string& second,
                      const std::string& problem) {
    return trusted(good(record_of(of, "2026-11-24T10:00:" + second + ".000Z"), problem));
  };
  const std::string best = put(at(run, "02", "copy n=1"));
  put(at(run, "01", "copy n=1"));  // older
  record::Record busy = at(run, "03", "copy n=1");
  busy.machine_load.own_cpu_share = 0.5;
  busy.machine_load.idle_share = 0;
  put(busy);
  record::Record drifting = at(run, "04", "copy n=1");
  for (std::size_t i = 0; i < drifting.device_seconds.size(); ++i) {
    drifting.device_seconds[i] *= 1 + 0.01 * static_cast<double>(i);
  }
  put(drifting);
  record::Record imported = at(run, "05", "copy n=1");
  imported.origin = record::Origin::imported;
  put(imported);
  const std::string there = put(at(elsewhere, "06", "copy n=1"));
  // Without a better one, the newest that is doubtful.
  busy = at(run, "07", "copy n=2");
  busy.steady = false;
  const std::string doubtful = put(busy);
  // Newer, but its times cannot be true.
  busy.id = new_id();
  busy.started = "2026-11-24T10:00:08.000Z";
  busy.phases.warm_up = 1;
  busy.phases.launches = 9;
  put(busy);
  const auto ids = [&](const std::string& host) {
    std::vector<std::string> out;
    for (const record::Record& record : store.best_evidence(host)) out.push_back(record.id);
    return out;
  };
  EXPECT_THAT(ids("host"), ElementsAre(best, doubtful));
  EXPECT_THAT(ids("another host"), ElementsAre(there));
  EXPECT_THAT(ids("unknown"), ElementsAre());
}

TEST_P(StoreTest, PutsAllRecordsOrNone) {
  Store store = Store::open(address_, Access::write);
  const record::Run run = begun(store);
  std::vector<record::Record> records = {record_of(run), record_of(run), record_of(run)};
  store.put(records);
  EXPECT_EQ(store.count(run.id), 3u);
  for (record::Record& record : records) record.id = new_id();
  records.push_back(records.front());  // an id twice
  EXPECT_THROW(store.put(records), Error);
  EXPECT_EQ(store.count(run.id), 3u);
  store.put(record_of(run));
  EXPECT_EQ(store.count(run.id), 4u);
}

TEST_P(StoreTest, OfAnotherSchemaIsRefused) {
  begun(*std::make_unique<Store>(Store::open(address_, Access::write)));
  Database(address_, Access::write).connection().set_schema(99);
  for (const Access access : {Access::read, Access::write}) {
    EXPECT_THAT(refusal(address_, access),
                testing::AllOf(HasSubstr("has schema 99, which this assay cannot read"),
                               HasSubstr("upgrade assay")));
  }
}

TEST_P(StoreTest, IsReadWhileItIsWritten) {
  Store writer = Store::open(address_, Access::write);
  const record::Run run = begun(writer);
  writer.put(record_of(run));
  std::jthread reader([&] {
    std::size_t seen = 0;
    while (seen < 50) {
      const std::size_t now = Store::open(address_, Access::read).records({}).size();
      ASSERT_GE(now, seen) << "a record that was seen has gone";
      seen = now;
    }
  });
  for (int i = 1; i < 50; ++i) writer.put(record_of(run));
}

TEST_P(StoreTest, TakesRecordsFromSeveralProcesses) {
  EXPECT_EQ(in_processes(4,
                         [&](int) {
                           Store store = Store::open(address_, Access::write);
                           const record::Run run = begun(store);
                           for (int n = 0; n < 10; ++n) store.put(record_of(run));
                         }),
            0);
  const Store store = Store::open(address_, Access::read);
  EXPECT_EQ(store.runs().size(), 4u);
  EXPECT_EQ(store.records({}).size(), 40u);
}

TEST_P(StoreTest, TakesTheSameSeriesFromSeveralProcessesInAnyOrder) {
  EXPECT_EQ(in_processes(4,
                         [&](int child) {
                           Store store = Store::open(address_, Access::write);
                           const record::Run run = begun(store);
                           store.put_environment("{}");
                           for (int turn = 0; turn < 5; ++turn) {
                             std::vector<record::Record> records;
                             for (int n = 0; n < 20; ++n) {
                               records.push_back(good(record_of(run), fmt::format("copy n={}", n)));
                             }
                             if (child % 2 == 1) std::reverse(records.begin(), records.end());
                             store.put(records);
                           }
                         }),
            0);
  const Store store = Store::open(address_, Access::read);
  EXPECT_EQ(store.records({}).size(), 400u);
  EXPECT_EQ(store.newest().size(), 20u);
}

TEST_P(StoreTest, KeepsAllThatPutReturnedForWhenTheProcessIsKilled) {
  int pipe_ends[2];
  ASSERT_EQ(pipe(pipe_ends), 0);
  const pid_t child = fork();
  if (child == 0) {
    Store store = Store::open(address_, Access::write);
    const record::Run run = begun(store);
    while (true) {
      const record::Record record = record_of(run);
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

  std::set<std::string> kept;
  {
    const Store store = Store::open(address_, Access::read);
    for (const record::Record& record : store.records({})) kept.insert(record.id);
    EXPECT_EQ(store.run("last").ended, "");
  }
  EXPECT_TRUE(std::includes(kept.begin(), kept.end(), returned.begin(), returned.end()));
  EXPECT_EQ(Store::open(address_, Access::write).records({}).size(), kept.size());
}

TEST_P(StoreTest, FiltersByWhatIsWrittenWhateverItMeansElsewhere) {
  Store store = Store::open(address_, Access::write);
  const record::Run run = begun(store);
  record::Record record = record_of(run);
  record.problem = "copy 100% n_1 \\ ! Ωmega 'q' \"d\"";
  store.put(record);
  for (const char* found : {"100%", "N_1", "\\", "!", "Ωmega", "ΩMEGA", "'q'", "\"d\""}) {
    EXPECT_EQ(store.records({.problem = found}).size(), 1u) << found;
  }
  // Letters beyond ASCII have no case here, independent of the server's language.
  for (const char* absent : {"10%%", "n%1", "n__1", "ωmega", "%%%", "!!"}) {
    EXPECT_EQ(store.records({.problem = absent}).size(), 0u) << absent;
  }
}

TEST_P(StoreTest, ReadsOneThingWhileRowsOfAnotherStillCome) {
  Store store = Store::open(address_, Access::write);
  const record::Run run = begun(store);
  for (int i = 0; i < 30; ++i) store.put(record_of(run));
  const Database database(address_, Access::read);
  Statement outer(database, "SELECT id FROM record ORDER BY sequence");
  Statement inner(database, "SELECT id FROM record WHERE id = ?1");
  std::size_t count = 0;
  for (; outer.step(); ++count) {
    ASSERT_TRUE(inner.bind(1, outer.text(0)).step());
    EXPECT_EQ(inner.text(0), outer.text(0));
    inner.reset();
  }
  EXPECT_EQ(count, 30u);
}

TEST_P(StoreTest, AddsARecordSetOnceAndOnlyAsAWhole) {
  Store store = Store::open(address_, Access::write);
  record::RecordSet record_set;
  record_set.environments[sha256("{}")] = "{}";
  record_set.runs.push_back({.id = new_id(), .started = now_utc(), .environment = sha256("{}")});
  for (int i = 0; i < 3; ++i) {
    record_set.records.push_back(record_of(record_set.runs[0]));
    record_set.records.back().environment = sha256("{}");
  }
  const Added added = store.add(record_set);
  EXPECT_EQ(added.runs, 1u);
  EXPECT_EQ(added.environments, 1u);
  EXPECT_EQ(added.records, 3u);
  EXPECT_EQ(added.known, 0u);
  record_set.records.push_back(record_set.records.front());
  record_set.records.back().id = new_id();
  const Added again = store.add(record_set);
  EXPECT_EQ(again.runs + again.environments, 0u);
  EXPECT_EQ(again.records, 1u);
  EXPECT_EQ(again.known, 3u);
  record_set.records.push_back(record_of(record::Run{.id = new_id()}));
  record_set.runs.push_back({.id = new_id(), .started = now_utc()});
  EXPECT_THROW(store.add(record_set), InputError);
  EXPECT_EQ(store.runs().size(), 1u);
  EXPECT_EQ(store.records({}).size(), 4u);
}

TEST_P(StoreTest, WorksAfterAFailureInTheMiddle) {
  Store store = Store::open(address_, Access::write);
  const record::Run run = begun(store);
  std::vector<record::Record> records;
  for (int i = 0; i < 1500; ++i) records.push_back(good(record_of(run), "copy n=1"));
  records.back().run = new_id();  // of no run
  EXPECT_THROW(store.put(records), Error);
  EXPECT_EQ(store.count(run.id), 0u);
  records.pop_back();
  store.put(records);
  EXPECT_EQ(store.count(run.id), 1499u);
}

}  // namespace
}  // namespace assay::results::store
