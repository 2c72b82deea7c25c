// Runs, records and environments in one SQLite file (WAL) or on a PostgreSQL server. A record is
// durable when put() returns.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "results/record/record_set.h"
#include "results/store/database/address.h"

namespace assay::results::store {

/// Empty members match everything. Text members match when they are contained, case-insensitive;
/// `device` in "cpu:0 AMD EPYC ...".
struct Filter {
  std::string run;  ///< id or unique prefix; "last" for the newest run, "last~1" for the one before
  std::string problem, operation, implementation, division, device, status;
  std::size_t limit = 0;  ///< the newest so many; 0: all
};

/// What an import or a push added to a store.
struct Added {
  std::size_t runs = 0, records = 0, environments = 0;
  std::size_t known = 0;  ///< records whose id was there already; they stay as they were
};

class Store {
 public:
  /// For `write`, makes the file and its folder, or the tables on the server. Throws InputError
  /// naming the store where it is unreadable, not a store, or of another schema; the store is then
  /// left unchanged.
  static Store open(const StoreAddress& address, Access access);
  Store(Store&&) noexcept;
  Store& operator=(Store&&) noexcept;
  ~Store();

  /// A run comes before its records. Throws Error where there is one of that id.
  void begin(const record::Run& run);
  void end(const std::string& run_id, const std::string& ended);
  /// Returns the SHA-256 under which the environment's canonical JSON is kept.
  std::string put_environment(const std::string& canonical_json);
  void put(const record::Record& record);
  /// All or none, in one transaction.
  void put(std::span<const record::Record> records);
  /// Adds what is not there yet, all or none, in one transaction: adding twice is adding once.
  /// Throws InputError where a record names a run or an environment that neither the record_set nor
  /// the store holds.
  Added add(const record::RecordSet& record_set);

  /// Copies runs of this store to another, with their records and environments and as they are.
  /// What is there already stays; a run that has ended since is ended there too. Some hundred
  /// records are committed at a time, after which `progress` is told how many records are done, of
  /// how many: what it throws, or any failure, leaves the rest to be copied by doing it again.
  Added push(std::span<const record::Run> runs, Store& to,
             const std::function<void(std::size_t done, std::size_t all)>& progress) const;

  std::vector<record::Run> runs() const;  ///< newest first
  /// The run with this id, unique prefix, "last" or "last~N". Throws InputError where there is none
  /// or many.
  record::Run run(const std::string& id_or_prefix) const;
  std::vector<record::Record> records(const Filter& filter) const;  ///< in order of time
  /// The same, several times as fast, without what only a single record's reader wants: samples,
  /// host times, course, phases, details of the implementation, what the check found where.
  std::vector<record::Record> headlines(const Filter& filter) const;
  /// Of every device, problem, implementation and mode the newest good record (status ok; output
  /// right, or modelled), however many there are.
  std::vector<record::Record> newest() const;
  std::size_t count(const std::string& run_id) const;  ///< of a run's records
  std::optional<record::Record> record(const std::string& id_or_prefix) const;
  std::string environment(const std::string& sha256) const;
  /// The file, or the server's URL without its password.
  const std::string& name() const;

 private:
  Store();
  struct State;
  std::unique_ptr<State> state_;
};

/// A random UUIDv4, and the present moment as Record::started has it.
std::string new_id();
std::string now_utc();

}  // namespace assay::results::store
