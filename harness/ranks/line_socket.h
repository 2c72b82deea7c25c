// Lines between processes of different machines, over TCP.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/worker/line_channel.h"
#include "results/process/descriptor.h"

namespace assay::harness::ranks {

using worker::LineChannel;

/// Waits for others to connect, on all of this machine's addresses.
class Listener {
 public:
  /// `port` 0: any that is free. Throws Error.
  explicit Listener(std::uint16_t port);
  int descriptor() const { return descriptor_.get(); }
  std::uint16_t port() const { return port_; }
  /// Whoever waits; none where nobody does.
  std::optional<LineChannel> accept();

 private:
  results::process::Descriptor descriptor_;
  std::uint16_t port_ = 0;
};

/// The first of `hosts` (names or addresses) that answers at the port. None where none does.
std::optional<LineChannel> connect_to(const std::vector<std::string>& hosts, std::uint16_t port,
                                      double timeout_seconds);

/// By which others may reach this machine: its name and its addresses, loopback last.
std::vector<std::string> own_addresses();

}  // namespace assay::harness::ranks
