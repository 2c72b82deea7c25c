#include "harness/ranks/record_keeper.h"

#include <pthread.h>

#include <csignal>
#include <iterator>
#include <utility>

namespace assay::harness::ranks {

namespace {

/// More records than these do not wait: the memory of rank 0 stays flat however slow the store is.
constexpr std::size_t kMostWaiting = 8000;

/// Starts a thread that gets no signals: they are the other thread's.
template <typename Work>
std::thread without_signals(Work work) {
  sigset_t all{}, before{};
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  std::thread thread(std::move(work));
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return thread;
}

}  // namespace

RecordKeeper::RecordKeeper(Store store) : store_(std::move(store)) {}

RecordKeeper::~RecordKeeper() {
  {
    const std::lock_guard lock(mutex_);
    ends_ = true;
  }
  to_write_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void RecordKeeper::require_no_failure() const {
  if (failure_) std::rethrow_exception(failure_);
}

void RecordKeeper::put(Batch batch) {
  std::unique_lock lock(mutex_);
  written_.wait(lock, [&] { return failure_ || waiting_.records.size() < kMostWaiting; });
  require_no_failure();
  std::move(batch.records.begin(), batch.records.end(), std::back_inserter(waiting_.records));
  waiting_.ended.insert(waiting_.ended.end(), batch.ended.begin(), batch.ended.end());
  if (!thread_.joinable()) thread_ = without_signals([this] { write(); });
  to_write_.notify_one();
}

std::vector<RecordKeeper::Batch> RecordKeeper::take() {
  const std::lock_guard lock(mutex_);
  require_no_failure();
  return std::exchange(stored_, {});
}

void RecordKeeper::finish() {
  std::unique_lock lock(mutex_);
  written_.wait(lock, [&] {
    return failure_ || (!writing_ && waiting_.records.empty() && waiting_.ended.empty());
  });
  require_no_failure();
}

void RecordKeeper::write() {
  std::unique_lock lock(mutex_);
  while (true) {
    to_write_.wait(lock,
                   [&] { return ends_ || !waiting_.records.empty() || !waiting_.ended.empty(); });
    if (waiting_.records.empty() && waiting_.ended.empty()) return;
    Batch batch = std::exchange(waiting_, {});
    writing_ = true;
    lock.unlock();
    std::exception_ptr failure;
    try {
      if (!batch.records.empty()) batch.known = store_(batch.records);
    } catch (...) {
      failure = std::current_exception();
    }
    lock.lock();
    writing_ = false;
    if (failure) {
      failure_ = failure;
      written_.notify_all();
      return;
    }
    stored_.push_back(std::move(batch));
    written_.notify_all();
  }
}

}  // namespace assay::harness::ranks
