// How the ranks of a job find their coordinator.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "harness/ranks/line_socket.h"
#include "harness/ranks/place.h"
#include "harness/worker/interrupt.h"

namespace assay::harness::ranks {

/// The coordinator's address. A process that sends `token` belongs to the job.
struct Endpoint {
  std::vector<std::string> hosts;
  std::uint16_t port = 0;
  std::string token;
};

/// Either a folder that all ranks can access, into which the coordinator writes its address, or the
/// address itself.
class Meeting {
 public:
  /// `text` is a folder or HOST:PORT. Throws InputError for an invalid port.
  Meeting(const std::string& text, const Place& place);

  /// The port of a named address; 0 if a folder was named.
  std::uint16_t port() const { return endpoint_ ? endpoint_->port : 0; }
  /// Publishes the address and returns it; the destructor withdraws it. Throws InputError if the
  /// folder cannot be written.
  Endpoint publish(std::uint16_t port);
  /// Connects to the coordinator as soon as it is available. Throws Error after `timeout_seconds`,
  /// Interrupted if `interrupt` has a signal.
  LineChannel connect(double timeout_seconds, const worker::Interrupt& interrupt,
                      Endpoint& found) const;

  Meeting(const Meeting&) = delete;
  Meeting& operator=(const Meeting&) = delete;
  ~Meeting();

 private:
  std::optional<Endpoint> known() const;

  std::filesystem::path file_;
  std::optional<Endpoint> endpoint_;  ///< set if an address was named
  bool published_ = false;
};

}  // namespace assay::harness::ranks
