// Decides which connections belong to the job.
#pragma once

#include <string>
#include <thread>
#include <zmq.hpp>

namespace assay::harness::ranks {

/// Answers ZeroMQ's questions about new connections of a context (RFC 27, ZAP) in a thread of its
/// own: only a peer that has proved that it has the secret of this public key may connect.
class KeyCheck {
 public:
  /// `public_key` in the form Z85. Throws zmq::error_t.
  KeyCheck(zmq::context_t& context, const std::string& public_key);
  /// The context must be shut down before.
  ~KeyCheck() { thread_.join(); }
  KeyCheck(const KeyCheck&) = delete;
  KeyCheck& operator=(const KeyCheck&) = delete;

 private:
  std::thread thread_;
};

}  // namespace assay::harness::ranks
