// How the ranks of a job find the one that coordinates them.
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

/// Where the coordinator is to be reached. Whoever says `token` belongs to the job.
struct Endpoint {
  std::vector<std::string> hosts;
  std::uint16_t port = 0;
  std::string token;
};

/// A folder that all ranks see, in which the coordinator leaves its address; or the address itself.
class Meeting {
 public:
  /// `text` is a folder or HOST:PORT. Throws InputError for a port that is none.
  Meeting(const std::string& text, const Place& place);

  /// Of a named address.
  std::uint16_t port() const { return endpoint_ ? endpoint_->port : 0; }
  /// Makes the address known; it is withdrawn with this object. Returns what was made known.
  /// Throws InputError where the folder cannot be written.
  Endpoint publish(std::uint16_t port);
  /// Connects to the coordinator, as soon as it is there. Throws Error when `timeout_seconds` have
  /// passed, Interrupted when `interrupt` fires.
  LineChannel connect(double timeout_seconds, const worker::Interrupt& interrupt,
                      Endpoint& found) const;

  Meeting(const Meeting&) = delete;
  Meeting& operator=(const Meeting&) = delete;
  ~Meeting();

 private:
  std::optional<Endpoint> known() const;

  std::filesystem::path file_;
  std::optional<Endpoint> endpoint_;  ///< where an address was named
  bool published_ = false;
};

}  // namespace assay::harness::ranks
