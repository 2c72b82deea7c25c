// From one store to another.
#include <fmt/format.h>

#include <set>
#include <unordered_set>

#include "kernels/error.h"
#include "results/store_state.h"
#include "results/store_writers.h"

namespace assay::results {

namespace {

/// What is committed at once: other writers wait that long, and that much is lost where it fails.
constexpr std::size_t kBatchRecords = 512, kBatchBytes = 8 << 20;

std::unordered_set<std::string> record_ids(const Database& database, const std::string& run) {
  Statement rows(database, "SELECT id FROM record WHERE run = ?1");
  rows.bind(1, run);
  std::unordered_set<std::string> ids;
  while (rows.step()) ids.insert(rows.text(0));
  return ids;
}

class Pusher {
 public:
  Pusher(const Store& from, const Database& source, Database& target)
      : from_(from),
        source_(source),
        target_(target),
        environments_(target),
        runs_(target, Known::left_alone),
        records_(target, Known::left_alone) {}

  /// `pushed` is told of each record that is there for certain, however it came.
  template <typename Pushed>
  void push(const Run& run, Pushed pushed) {
    const auto here = record_ids(source_, run.id), there = record_ids(target_, run.id);
    std::size_t missing = 0;
    for (const std::string& id : here) missing += there.contains(id) ? 0 : 1;
    push_head(run);
    pushed(here.size() - missing);
    if (missing == 0) return;
    Statement rows(source_,
                   "SELECT id, json, device_seconds, host_seconds FROM record WHERE run = ?1 "
                   "ORDER BY started, sequence");
    rows.bind(1, run.id);
    bool more = rows.step();
    while (more) pushed(push_batch(rows, there, more));
  }
  Added added() { return {runs_.added(), records_.added(), environments_.added()}; }

 private:
  /// The run itself.
  void push_head(const Run& run) {
    Statement row(target_, "SELECT ended FROM run WHERE id = ?1");
    const bool known = row.bind(1, run.id).step();
    if (known && (row.text(0) == run.ended || !row.text(0).empty())) return;
    row.reset();
    Transaction transaction(target_);
    need_environment(run.environment);
    runs_.write(run);
    Statement end(target_, "UPDATE run SET ended = ?1 WHERE id = ?2 AND ended = ''");
    end.bind(1, run.ended).bind(2, run.id).run();
    transaction.commit();
  }

  /// Copies what is not there yet from the present row on; `more` says whether rows are left.
  std::size_t push_batch(Statement& rows, const std::unordered_set<std::string>& there,
                         bool& more) {
    Transaction transaction(target_);
    std::size_t count = 0, bytes = 0;
    for (; more && count < kBatchRecords && bytes < kBatchBytes; more = rows.step()) {
      if (there.contains(rows.text(0))) continue;
      const std::string_view json = rows.text_view(1);
      const Record record = record_of(rows.text(0), json);
      need_environment(record.environment);
      const std::string_view device = rows.bytes_view(2), host = rows.bytes_view(3);
      records_.write(record, json, device, host);
      bytes += json.size() + device.size() + host.size();
      ++count;
    }
    transaction.commit();
    return count;
  }

  Record record_of(const std::string& id, std::string_view json) const {
    try {
      return record_from_json(json);
    } catch (const InputError& error) {
      throw InputError(fmt::format("store {}: record {}: {}", source_.name(), id, error.what()),
                       error.mend());
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

Added Store::push(std::span<const Run> runs, Store& to,
                  const std::function<void(std::size_t, std::size_t)>& progress) const {
  std::size_t all = 0, done = 0;
  for (const Run& run : runs) all += count(run.id);
  Pusher pusher(*this, state_->database, to.state_->database);
  for (const Run& run : runs) {
    pusher.push(run, [&](std::size_t records) {
      done += records;
      progress(done, all);
    });
  }
  Added added = pusher.added();
  added.known = done - added.records;
  return added;
}

}  // namespace assay::results
