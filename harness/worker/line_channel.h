// Exchanges lines with another process over a socket.
#pragma once

#include <sys/socket.h>

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "harness/worker/interrupt.h"
#include "results/process/descriptor.h"

namespace assay::harness::worker {

class LineChannel {
 public:
  /// A timeout that never expires in practice.
  static constexpr double kForever = 1e9;
  static constexpr std::size_t kMostDescriptors = 4;

  LineChannel() = default;
  explicit LineChannel(results::process::Descriptor descriptor)
      : descriptor_(std::move(descriptor)) {}

  int descriptor() const { return descriptor_.get(); }
  bool open() const { return descriptor_.open(); }
  void close() { descriptor_.close(); }

  /// Sends a line and copies of descriptors, at most kMostDescriptors.
  /// Returns false if the other end has closed, or does not read for `timeout_seconds`; in the
  /// latter case the channel is closed.
  bool send(const std::string& line, double timeout_seconds = 30,
            std::span<const int> descriptors = {});

  enum class Event { line, closed, timed_out };
  /// Waits up to `timeout_seconds` for a line. Throws Interrupted if `interrupt` has a signal. A
  /// line longer than the limit closes the channel. `end` becomes readable when the process at the
  /// other end has ended, even if processes that it started keep the channel open.
  Event receive(std::string& line, double timeout_seconds, const Interrupt* interrupt = nullptr,
                int end = -1);
  /// Whether the channel was closed because a line was longer than the limit.
  bool overfull() const { return overfull_; }

  /// Reads available data without waiting. Returns false if the other end has closed.
  bool read_available();
  /// The next complete line of the data read.
  std::optional<std::string> next_line();

  /// Accepts descriptors from now on; without this call they are dropped.
  void accept_descriptors() { accepts_descriptors_ = true; }
  /// The descriptors that came since the last call.
  std::vector<results::process::Descriptor> take_descriptors() {
    return std::exchange(descriptors_, {});
  }

  /// Sets the maximum number of buffered bytes.
  void limit(std::size_t most_bytes) { most_bytes_ = most_bytes; }

 private:
  void keep_descriptors(msghdr& message);

  results::process::Descriptor descriptor_;
  bool accepts_descriptors_ = false;
  std::vector<results::process::Descriptor> descriptors_;  ///< received, not yet taken
  std::string received_;
  std::size_t searched_ = 0;  ///< number of leading bytes of `received_` without a line end
  std::size_t most_bytes_ = std::size_t{1} << 30;
  bool overfull_ = false;
};

}  // namespace assay::harness::worker
