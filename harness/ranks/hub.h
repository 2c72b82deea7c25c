// Rank 0's end of the connections of all ranks: encrypted, and only for those that have the job's
// secret (ZeroMQ with CURVE).
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/ranks/job_secret.h"
#include "harness/worker/interrupt.h"

namespace assay::harness::ranks {

/// Names a connection; given by the hub, and never used again.
using Peer = std::string;

/// Longer messages are dropped.
inline constexpr std::size_t kMostMessageBytes = std::size_t{256} << 20;

class Hub {
 public:
  struct Message {
    Peer peer;
    std::string text;
    std::size_t bytes = 0;  ///< of the text as it was sent; if it was too long, the text is empty
  };

  /// Listens on these endpoints (address.h). A local one closes the connections of other users at
  /// once. Throws Error if it can listen on none of them.
  Hub(const JobSecret& secret, const std::vector<std::string>& endpoints,
      std::size_t most_bytes = kMostMessageBytes);
  Hub(Hub&&) noexcept;
  ~Hub();

  /// Where it listens, with the ports that were chosen: "tcp://10.0.0.5:4242".
  const std::vector<std::string>& endpoints() const;

  /// Waits until there is something to receive, at most this long. Throws Interrupted if
  /// `interrupt` has a signal.
  void wait(const worker::Interrupt& interrupt, long milliseconds);
  /// The next message; nullopt if none has been read from the network yet. An empty message only
  /// tests the connection and is not returned.
  std::optional<Message> receive();
  /// Returns false if the peer's connection has closed.
  bool send(const Peer& peer, const std::string& text);

  /// The peers whose connections have closed since the last call, and of which receive() has
  /// returned everything. Call it when receive() has returned nullopt.
  std::vector<Peer> take_closed();

  /// Sends a message to the hub itself on the way of all messages. Once it has returned and
  /// receive() has returned nullopt, every message that had arrived before it was sent has been
  /// returned, whether this process was slow or stood still.
  void send_echo();
  bool echo_has_returned() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace assay::harness::ranks
