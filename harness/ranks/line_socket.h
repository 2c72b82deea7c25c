// A conversation line by line between processes of different machines, over TCP.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/worker/interrupt.h"

namespace assay::harness::ranks {

/// Owns a descriptor.
class Descriptor {
 public:
  explicit Descriptor(int value = -1) : value_(value) {}
  Descriptor(Descriptor&& other) noexcept : value_(other.release()) {}
  Descriptor& operator=(Descriptor&& other) noexcept;
  ~Descriptor();
  int get() const { return value_; }
  int release() noexcept;

 private:
  int value_;
};

class LineSocket {
 public:
  LineSocket() = default;
  explicit LineSocket(Descriptor descriptor) : descriptor_(std::move(descriptor)) {}

  int descriptor() const { return descriptor_.get(); }
  bool open() const { return descriptor_.get() >= 0; }
  void close() { descriptor_ = Descriptor(); }

  /// False where the other end is gone, or takes nothing for `timeout_seconds`.
  bool send(const std::string& line, double timeout_seconds = 30);

  enum class Event { line, closed, timed_out };
  /// Throws Interrupted when `interrupt` fires. A line longer than `most_bytes` closes it.
  Event receive(std::string& line, double timeout_seconds,
                const worker::Interrupt* interrupt = nullptr);

  /// Takes in what has come, without waiting; false where the other end is gone.
  bool read_available();
  /// A whole line of what was taken in.
  std::optional<std::string> next_line();

  /// Until the other end has shown who it is, little is taken from it.
  void limit(std::size_t most_bytes) { most_bytes_ = most_bytes; }

 private:
  Descriptor descriptor_;
  std::string received_;
  std::size_t most_bytes_ = std::size_t{1} << 30;
};

/// Waits for others to connect, on all of this machine's addresses.
class Listener {
 public:
  /// `port` 0: any that is free. Throws Error.
  explicit Listener(std::uint16_t port);
  int descriptor() const { return descriptor_.get(); }
  std::uint16_t port() const { return port_; }
  /// Whoever waits; none where nobody does.
  std::optional<LineSocket> accept();

 private:
  Descriptor descriptor_;
  std::uint16_t port_ = 0;
};

/// The first of `hosts` (names or addresses) that answers at the port. None where none does.
std::optional<LineSocket> connect_to(const std::vector<std::string>& hosts, std::uint16_t port,
                                     double timeout_seconds);

/// By which others may reach this machine: its name and its addresses, loopback last.
std::vector<std::string> own_addresses();

}  // namespace assay::harness::ranks
