// A rank's end of its connection to rank 0 (ZeroMQ with CURVE).
#pragma once

#include <memory>
#include <string>

#include "harness/ranks/job_secret.h"
#include "harness/worker/interrupt.h"

namespace assay::harness::ranks {

/// Connections of one process; each has a thread that moves their bytes. Ended by the last link.
class LinkContext;
std::shared_ptr<LinkContext> make_link_context();

class Link {
 public:
  /// A timeout that never expires in practice.
  static constexpr double kForever = 1e9;
  enum class Event { message, closed, timed_out };

  Link();  ///< closed
  /// Begins to connect to "tcp://ADDRESS:PORT". Throws Error.
  Link(const std::string& endpoint, const JobSecret& secret,
       std::shared_ptr<LinkContext> context = make_link_context());
  Link(Link&&) noexcept;
  Link& operator=(Link&&) noexcept;
  ~Link();

  /// Waits until rank 0 and this rank have proved to each other that they have the job's secret.
  /// Returns false if that fails, and closes the link; `why` then says what happened. Throws
  /// Interrupted.
  bool connected(double timeout_seconds, const worker::Interrupt* interrupt, std::string& why);

  /// Whether rank 0 is still there, as far as this process has heard.
  bool open();
  void close();
  /// Hands the message to the thread that sends it, without waiting. What is sent on a closed link
  /// is lost.
  void send(const std::string& text);
  /// Waits up to `timeout_seconds` for a message. All that rank 0 sent before it ended comes before
  /// `closed`. Throws Interrupted if `interrupt` has a signal.
  Event receive(std::string& text, double timeout_seconds,
                const worker::Interrupt* interrupt = nullptr);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace assay::harness::ranks
