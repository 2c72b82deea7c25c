// Stores records in a thread of its own, so that rank 0 listens while they are written.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

#include "results/record/record.h"

namespace assay::harness::ranks {

class RecordKeeper {
 public:
  /// Makes the records durable, or throws. Returns how many of them were known already.
  using Store = std::function<std::size_t(std::span<const results::record::Record>)>;
  struct Batch {
    std::vector<results::record::Record> records;
    std::vector<std::uint32_t> ended;  ///< ranks whose records are all stored with these
    std::size_t known = 0;
  };

  /// `store` is called in the other thread, by one call at a time and never after finish() has
  /// returned and before the next put().
  explicit RecordKeeper(Store store);
  RecordKeeper(const RecordKeeper&) = delete;
  RecordKeeper& operator=(const RecordKeeper&) = delete;
  /// Stores what is left.
  ~RecordKeeper();

  /// Batches that wait are stored at once. Waits while very many records do. Throws what the store
  /// threw; then nothing more is stored.
  void put(Batch batch);
  /// What has been stored since the last call, in the order in which it was put. Throws the same.
  std::vector<Batch> take();
  /// Waits until everything is stored. Throws the same.
  void finish();

 private:
  void write();
  void require_no_failure() const;

  const Store store_;
  std::mutex mutex_;
  std::condition_variable to_write_, written_;
  Batch waiting_;              // all that was put since the last write
  std::vector<Batch> stored_;  // and not taken
  bool writing_ = false, ends_ = false;
  std::exception_ptr failure_;
  std::thread thread_;  // runs from the first put() on
};

}  // namespace assay::harness::ranks
