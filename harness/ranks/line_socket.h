// Exchanges lines between processes on different machines over TCP.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/worker/line_channel.h"
#include "results/process/descriptor.h"

namespace assay::harness::ranks {

using worker::LineChannel;

/// Accepts connections on all of this machine's addresses.
class Listener {
 public:
  /// `port` 0 selects any free port. Throws Error.
  explicit Listener(std::uint16_t port);
  int descriptor() const { return descriptor_.get(); }
  std::uint16_t port() const { return port_; }
  /// The next waiting connection; nullopt if there is none.
  std::optional<LineChannel> accept();

 private:
  results::process::Descriptor descriptor_;
  std::uint16_t port_ = 0;
};

/// Connects to the first of `hosts` (names or addresses) that answers at the port; nullopt if none
/// does.
std::optional<LineChannel> connect_to(const std::vector<std::string>& hosts, std::uint16_t port,
                                      double timeout_seconds);

/// The names by which other machines may reach this one: its host name and its addresses, loopback
/// last.
std::vector<std::string> own_addresses();

}  // namespace assay::harness::ranks
