// Copies runs from one store to another.
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "kernels/error.h"
#include "results/store/state.h"
#include "results/store/writers.h"

namespace assay::results::store {

namespace {

/// Records per transaction: other writers wait for it, and a failure loses at most this many.
constexpr std::size_t kBatchRecords = 512, kBatchBytes = 8 << 20;

/// Number of runs per query: a round trip may take as long as pushing a run.
constexpr std::size_t kRunsAtOnce = 64;

using Ids = std::unordered_set<std::string>;

/// The parts of some runs that a store already has.
struct StoredRuns {
  std::unordered_map<std::string, std::string> ended;  // by run id, for runs that the store has
  std::unordered_map<std::string, Ids> records;        // record ids by run id
};

StoredRuns stored_runs(const Database& database, std::span<const record::Run> runs) {
  std::string list;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    list += fmt::format("{}?{}", i == 0 ? "" : ", ", i + 1);
  }
  Statement ends(database, fmt::format("SELECT id, ended FROM run WHERE id IN ({})", list));
  Statement ids(database, fmt::format("SELECT run, id FROM record WHERE run IN ({})", list));
  for (std::size_t i = 0; i < runs.size(); ++i) {
    ends.bind(static_cast<int>(i + 1), runs[i].id);
    ids.bind(static_cast<int>(i + 1), runs[i].id);
  }
  StoredRuns out;
  while (ends.step()) out.ended.emplace(ends.text(0), ends.text(1));
  while (ids.step()) out.records[ids.text(0)].insert(ids.text(1));
  return out;
}

class Pusher {
 public:
  Pusher(const Store& from, const Database& source, Database& target)
      : from_(from),
        source_(source),
        target_(target),
        environments_(target),
        runs_(target, OnConflict::ignore),
        records_(target, OnConflict::ignore) {}

  /// `there` are the records of the run that the target already has. `pushed` is called with the
  /// number of further records that the target is now known to have.
  template <typename Pushed>
  void push(const record::Run& run, StoredRuns& there, Pushed pushed) {
    const Ids& known = there.records[run.id];
    std::size_t missing = 0, held = 0;
    Statement ids(source_, "SELECT id FROM record WHERE run = ?1");
    for (ids.bind(1, run.id); ids.step();) ++(known.contains(ids.text(0)) ? held : missing);
    const auto ended = there.ended.find(run.id);
    if (ended == there.ended.end() || (ended->second.empty() && !run.ended.empty())) {
      push_head(run);
    }
    pushed(held);
    if (missing == 0) return;
    Statement rows(source_,
                   "SELECT id, json, device_seconds, host_seconds FROM record WHERE run = ?1 "
                   "ORDER BY started, sequence");
    rows.bind(1, run.id);
    for (bool more = rows.step(); more;) pushed(push_batch(rows, known, more));
  }
  Added added() { return {runs_.added(), records_.added(), environments_.added()}; }

 private:
  /// Copies the run itself.
  void push_head(const record::Run& run) {
    Transaction transaction(target_);
    need_environment(run.environment);
    runs_.write(run);
    Statement end(target_, "UPDATE run SET ended = ?1 WHERE id = ?2 AND ended = ''");
    end.bind(1, run.ended).bind(2, run.id).run();
    transaction.commit();
  }

  /// Copies records that the target lacks, from the current row on. `more` says whether rows are
  /// left.
  std::size_t push_batch(Statement& rows, const Ids& known, bool& more) {
    Transaction transaction(target_);
    std::size_t count = 0, bytes = 0;
    for (; more && count < kBatchRecords && bytes < kBatchBytes; more = rows.step()) {
      if (known.contains(rows.text(0))) continue;
      const std::string_view json = rows.text_view(1);
      record::Record record = record_of(rows.text(0), json);
      record.device_seconds = rows.doubles(2);
      need_environment(record.environment);
      const std::string_view device = rows.bytes_view(2), host = rows.bytes_view(3);
      records_.write(record, json, device, host);
      bytes += json.size() + device.size() + host.size();
      ++count;
    }
    transaction.commit();
    return count;
  }

  record::Record record_of(const std::string& id, std::string_view json) const {
    try {
      return record::record_from_json(json);
    } catch (const InputError& error) {
      throw InputError(fmt::format("store {}: record {}: {}", source_.name(), id, error.what()),
                       error.hint());
    }
  }

  void need_environment(const std::string& hash) {
    if (hash.empty() || !sent_.insert(hash).second) return;
    environments_.write(hash, from_.environment(hash));
  }

  const Store& from_;
  const Database& source_;
  Database& target_;
  EnvironmentWriter environments_;
  RunWriter runs_;
  RecordWriter records_;
  std::set<std::string> sent_;  // environments
};

}  // namespace

Added Store::push(std::span<const record::Run> runs, Store& to,
                  const std::function<void(std::size_t, std::size_t)>& progress) const {
  std::size_t all = 0, done = 0;
  for (const record::Run& run : runs) all += count(run.id);
  Pusher pusher(*this, state_->database, to.state_->database);
  for (std::size_t from = 0; from < runs.size(); from += kRunsAtOnce) {
    const auto some = runs.subspan(from, std::min(kRunsAtOnce, runs.size() - from));
    StoredRuns there = stored_runs(to.state_->database, some);
    for (const record::Run& run : some) {
      pusher.push(run, there, [&](std::size_t records) {
        done += records;
        progress(done, all);
      });
    }
  }
  Added added = pusher.added();
  added.known = done - added.records;
  return added;
}

}  // namespace assay::results::store
