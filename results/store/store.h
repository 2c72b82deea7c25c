// Runs, records and environments in one SQLite file (WAL) or on a PostgreSQL server. When put()
// returns, the record is durable.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "results/record/record_set.h"
#include "results/store/database/address.h"
#include "results/store/point.h"

namespace assay::results::store {

/// Empty members match everything. A text matches if the record's text contains it, ignoring case;
/// `device` is searched for in "cpu:0 AMD EPYC ...".
struct Filter {
  std::string run;  ///< id or unique prefix; "last" for the newest run, "last~1" for the one before
  std::string problem, operation, implementation, device;
  std::optional<record::Division> division;
  std::optional<record::Status> status;
  std::size_t limit = 0;  ///< maximum number of records, newest first; 0: all
};

/// Numbers of items that an import or a push added to a store.
struct Added {
  std::size_t runs = 0, records = 0, environments = 0;
  std::size_t known = 0;  ///< records that the store already had by id; they are unchanged
};

class Store {
 public:
  /// With `write`, creates the file and its folder, or the tables on the server. Throws InputError
  /// naming the store if it is unreadable, not a store, or of another schema; the store is then
  /// unchanged.
  static Store open(const StoreAddress& address, Access access);
  Store(Store&&) noexcept;
  Store& operator=(Store&&) noexcept;
  ~Store();

  /// Stores a run, before its records. Throws Error if the id is already in use.
  void begin(const record::Run& run);
  void end(const std::string& run_id, const std::string& ended);
  /// Stores an environment's canonical JSON. Returns its SHA-256, by which records name it.
  std::string put_environment(const std::string& canonical_json);
  /// The newest result of `assay conform` on a module's file, by the SHA-256 of its bytes. Empty if
  /// it was never examined, or if an older version made the store.
  void put_conformance(const std::string& module_sha256, const std::string& result);
  std::string conformance(const std::string& module_sha256) const;
  void put(const record::Record& record);
  /// Stores all of them or none, in one transaction.
  void put(std::span<const record::Record> records);
  /// Adds everything that the store does not contain yet, in one transaction. Adding the same set
  /// again adds nothing. Throws InputError if a record names a run or an environment that neither
  /// the set nor the store contains.
  Added add(const record::RecordSet& record_set);

  /// Copies runs of this store to another one, with their records and environments, unchanged.
  /// Items that the other store already has are not copied again. A run that has ended since the
  /// last copy is marked as ended in the other store. A few hundred records are committed at a
  /// time; after each commit `progress` is called with the numbers of copied and of all records.
  /// After a failure, push again to copy the rest.
  Added push(std::span<const record::Run> runs, Store& to,
             const std::function<void(std::size_t done, std::size_t all)>& progress) const;

  std::vector<record::Run> runs() const;  ///< newest first
  /// The run with this id or unique prefix, or "last" or "last~N". Throws InputError unless exactly
  /// one run matches.
  record::Run run(const std::string& id_or_prefix) const;
  std::vector<record::Record> records(const Filter& filter) const;  ///< in order of time
  /// The same records, read several times faster, without the parts that only the view of a single
  /// record needs: samples, host times, course, phases, implementation details, where the check
  /// found errors.
  std::vector<record::Record> headlines(const Filter& filter) const;
  /// Calls `visit` with the same records, whole, in order of time and some hundred at a time, so
  /// that a store of any size takes little memory. They are read on all cores.
  void for_each(const Filter& filter,
                const std::function<void(std::span<const record::Record>)>& visit) const;
  /// Calls `visit` with what a history keeps of the same records, in no certain order. Only records
  /// of another version, or of one whose rules of trust were others, are read whole.
  void points(const Filter& filter, const std::function<void(const Point&)>& visit) const;
  /// The newest good record of each device, problem, implementation and mode. Good means status ok,
  /// and the output right or the record modelled.
  std::vector<record::Record> newest() const;
  /// By which claims about a machine are judged, in order of time: of each device, problem,
  /// implementation and mode that was measured on this host, the newest record without doubts that
  /// is evidence or modelled, or else the newest of these. Whether a record is doubtful was decided
  /// when it was stored.
  std::vector<record::Record> best_evidence(const std::string& host) const;
  /// Number of a run's records, of all divisions or of one.
  std::size_t count(const std::string& run_id,
                    std::optional<record::Division> division = std::nullopt) const;
  std::optional<record::Record> record(const std::string& id_or_prefix) const;
  std::string environment(const std::string& sha256) const;
  /// The file, or the server's URL without its password.
  const std::string& name() const;

 private:
  Store();
  struct State;
  std::unique_ptr<State> state_;
};

/// A random UUIDv4, and the current time in the format of Record::started.
std::string new_id();
std::string now_utc();

}  // namespace assay::results::store
