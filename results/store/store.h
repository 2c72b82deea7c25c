// Runs, records and environments in one SQLite file (WAL) or on a PostgreSQL server. A record is
// safely stored when put() returns.
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

/// Empty members match everything. Texts match where they are contained, in upper or lower case;
/// `device` in "cpu:0 AMD EPYC ...".
struct Filter {
  std::string run;  ///< id or unique prefix; "last" for the newest run, "last~1" for the one before
  std::string problem, operation, implementation, device;
  std::optional<record::Division> division;
  std::optional<record::Status> status;
  std::size_t limit = 0;  ///< how many of the newest; 0: all
};

/// What an import or a push added to a store.
struct Added {
  std::size_t runs = 0, records = 0, environments = 0;
  std::size_t known = 0;  ///< records whose id the store already held; they are not changed
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

  /// Stores a run; its records come afterwards. Throws Error where the id is already in use.
  void begin(const record::Run& run);
  void end(const std::string& run_id, const std::string& ended);
  /// Stores an environment's canonical JSON. Returns its SHA-256, by which records name it.
  std::string put_environment(const std::string& canonical_json);
  void put(const record::Record& record);
  /// Stores all of them or none, in one transaction.
  void put(std::span<const record::Record> records);
  /// Adds what the store does not hold yet, all of it or nothing, in one transaction. Adding the
  /// same set again adds nothing. Throws InputError where a record names a run or an environment
  /// that neither the set nor the store holds.
  Added add(const record::RecordSet& record_set);

  /// Copies runs of this store to another one, with their records and environments, unchanged. What
  /// the other store already holds is not copied again; a run that has ended since the last copy is
  /// marked as ended there. Some hundred records are committed at a time; `progress` is then called
  /// with the number of records done and of all. After a failure, push again to copy the rest.
  Added push(std::span<const record::Run> runs, Store& to,
             const std::function<void(std::size_t done, std::size_t all)>& progress) const;

  std::vector<record::Run> runs() const;  ///< newest first
  /// The run with this id, unique prefix, "last" or "last~N". Throws InputError unless there is
  /// exactly one.
  record::Run run(const std::string& id_or_prefix) const;
  std::vector<record::Record> records(const Filter& filter) const;  ///< in order of time
  /// The same, several times as fast, without what only the view of a single record needs: samples,
  /// host times, course, phases, details of the implementation, where the check found what.
  std::vector<record::Record> headlines(const Filter& filter) const;
  /// For each device, problem, implementation and mode the newest good record (status ok; output
  /// right, or modelled).
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
