// Timings of launches in a device's queue, by marks that the device itself stamps.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "backends/assay_backend.h"
#include "backends/sdk/host_time.h"

namespace assay::sdk {

//   struct Mark {                                 // an event, a notifier
//     void place();                               // after what the queue holds so far
//     void wait();                                // until the queue has passed it
//     double seconds_since(const Mark& earlier);  // both waited for
//   };
template <class Mark>
class QueueTimer {
 public:
  /// `make()` gives a std::unique_ptr<Mark>.
  template <class Make>
  explicit QueueTimer(const Make& make) {
    for (std::size_t i = 0; i < kBatch; ++i) pairs_.push_back({make(), make(), {}});
  }

  /// `launch()` puts one launch into the queue, `flush()` what overwrites the caches, `align()`
  /// what comes before each launch and is not timed.
  template <class Launch, class Flush, class Align>
  void run(std::span<assay_launch> out, assay_mode mode, const Launch& launch, const Flush& flush,
           const Align& align) {
    if (mode == ASSAY_COLD) {
      for (assay_launch& one : out) {
        flush();
        run_single(one, launch, align);
      }
      return;
    }
    for (std::size_t first = 0; first < out.size(); first += kBatch) {
      run_batch(out.subspan(first, std::min(kBatch, out.size() - first)), launch, align);
    }
  }

 private:
  /// Launches in the queue at once: enough to hide the cost of submitting.
  static constexpr std::size_t kBatch = 32;

  struct Pair {
    std::unique_ptr<Mark> before, after;
    SteadyClock::time_point submitted;
  };

  /// `host_seconds` stands for a launch that is shorter than the device's clock can resolve.
  static double device_seconds(const Pair& pair, double host_seconds) {
    const double seconds = pair.after->seconds_since(*pair.before);
    return seconds > 0 ? seconds : host_seconds;
  }

  template <class Launch>
  static void submit(Pair& pair, const Launch& launch) {
    pair.submitted = SteadyClock::now();
    pair.before->place();
    launch();
    pair.after->place();
  }

  /// The host waits for the batch as a whole: several launches may have ended when it wakes up
  /// after one of them.
  template <class Launch, class Align>
  void run_batch(std::span<assay_launch> out, const Launch& launch, const Align& align) {
    for (std::size_t i = 0; i < out.size(); ++i) {
      align();
      submit(pairs_[i], launch);
    }
    for (std::size_t i = 0; i < out.size(); ++i) pairs_[i].after->wait();
    const double host = seconds_since(pairs_[0].submitted);
    const double mean = host / static_cast<double>(out.size());
    for (std::size_t i = 0; i < out.size(); ++i) {
      out[i].device_seconds = device_seconds(pairs_[i], mean);
    }
    share_host_time(out, host);
  }

  /// After a flush: the launch is queued before the flush ends, so that the device is not idle
  /// between the mark and the launch.
  template <class Launch, class Align>
  void run_single(assay_launch& out, const Launch& launch, const Align& align) {
    align();
    submit(pairs_[0], launch);
    pairs_[0].before->wait();
    const auto begin = SteadyClock::now();
    pairs_[0].after->wait();
    const double host = seconds_since(begin);
    out.device_seconds = device_seconds(pairs_[0], host);
    // The host may have woken up after the launch had begun.
    share_host_time({&out, 1}, host);
  }

  std::vector<Pair> pairs_;
};

}  // namespace assay::sdk
