// A conversation line by line with another process, over a socket.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "harness/worker/interrupt.h"
#include "results/process/descriptor.h"

namespace assay::harness::worker {

class LineChannel {
 public:
  /// Longer than anything takes.
  static constexpr double kForever = 1e9;

  LineChannel() = default;
  explicit LineChannel(results::process::Descriptor descriptor)
      : descriptor_(std::move(descriptor)) {}

  int descriptor() const { return descriptor_.get(); }
  bool open() const { return descriptor_.open(); }
  void close() { descriptor_.close(); }

  /// False where the other end is gone, or takes nothing for `timeout_seconds`; the channel is
  /// closed in the latter case.
  bool send(const std::string& line, double timeout_seconds = 30);

  enum class Event { line, closed, timed_out };
  /// Waits up to `timeout_seconds` for a line. Throws Interrupted when `interrupt` fires. A line
  /// beyond the limit closes the channel.
  Event receive(std::string& line, double timeout_seconds, const Interrupt* interrupt = nullptr);

  /// Takes in what has come, without waiting; false where the other end is gone.
  bool read_available();
  /// A whole line of what was taken in.
  std::optional<std::string> next_line();

  /// The most bytes that may wait to be taken as lines.
  void limit(std::size_t most_bytes) { most_bytes_ = most_bytes; }

 private:
  results::process::Descriptor descriptor_;
  std::string received_;
  std::size_t searched_ = 0;  ///< bytes of `received_` that have no end of a line
  std::size_t most_bytes_ = std::size_t{1} << 30;
};

}  // namespace assay::harness::worker
