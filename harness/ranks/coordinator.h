// The coordinator in rank 0: waits for the ranks, tells each when to measure, receives their
// records, and reports lost ranks.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "harness/plan/plan.h"
#include "harness/ranks/line_socket.h"
#include "harness/ranks/messages.h"
#include "harness/worker/interrupt.h"
#include "results/record/record.h"

namespace assay::harness::ranks {

struct CoordinatorOptions {
  std::uint32_t ranks = 1;
  std::string token, run;
  std::uint32_t simultaneous = 0;  ///< number of ranks that measure at the same time; 0: all
  double gather_seconds = 120;     ///< time limit for all ranks to connect and to plan
  double silence_seconds =
      60;  ///< time without a message after which a measuring rank counts as hung
};

/// The coordinator's information about a rank.
struct RankReport {
  enum class State { expected, arrived, planned, measuring, done, lost };
  std::uint32_t rank = 0, slot = 0;
  State state = State::expected;
  std::string host;
  results::record::DeviceIdentity device;
  plan::Plan plan;
  std::string environment_json;
  std::set<std::string> collective;      ///< modules on whose devices it can measure collectives
  double memory_bytes = 0;               ///< free memory on its host
  std::size_t measured = 0, failed = 0;  ///< numbers of records
  std::optional<std::size_t> under_way;  ///< index into the plan of the current measurement
  std::string lost, hint;                ///< the reason; set if the rank is lost
};
/// "rank 3 (node2, slot 1)".
std::string name(const RankReport& rank);

/// Callbacks, called in the coordinator's thread.
struct CoordinatorEvents {
  std::function<void(const results::record::Record&)> keep;  ///< must make the record durable
  std::function<void(const RankReport&)> ended;              ///< the rank is done or lost
  std::function<void()> tick;                                ///< at least every second
  /// Whether the rank's process is known to have ended.
  std::function<bool(std::uint32_t rank)> has_ended;
  /// Kills the rank's process if it still runs, and returns how it ended, if known.
  std::function<std::string(std::uint32_t rank)> ending;
};

class Coordinator {
 public:
  Coordinator(Listener listener, CoordinatorOptions options, CoordinatorEvents events,
              const worker::Interrupt& interrupt);

  /// Returns when each rank has sent its plan or is lost.
  void gather();
  /// Returns when each rank has measured or is lost.
  void measure();
  /// Sends a request to a device of each remaining rank at the same time and waits for the answers,
  /// none of which is Failed. Throws Error naming the ranks that failed, were lost or did not
  /// answer in time; a rank that did not answer counts as lost.
  std::map<std::uint32_t, RankAnswer> ask_all(
      const std::function<DeviceRequest(std::uint32_t rank)>& request, const Order& order,
      double timeout_seconds);
  /// The same for one rank.
  RankAnswer ask(std::uint32_t rank, const DeviceRequest& request, const Order& order,
                 double timeout_seconds);
  /// Ends the run on all ranks.
  void end();

  const std::vector<RankReport>& ranks() const { return ranks_; }

 private:
  using Clock = std::chrono::steady_clock;
  struct Visitor {
    LineChannel socket;
    Clock::time_point since;
  };

  /// Waits up to a second for messages of the ranks, and handles them.
  void turn();
  void greet();
  void welcome(const Hello& hello, LineChannel socket);
  void take(std::uint32_t rank, const std::string& line);
  /// Updates the rank's report from the message. If it contains a record, returns it for the caller
  /// to store.
  std::optional<results::record::Record> understand(RankReport& rank, FromRank message);
  void lose(std::uint32_t rank, const std::string& why, const std::string& hint = "");
  void lose_silent_ranks();
  void send(std::uint32_t rank, const Order& order, const DeviceRequest& request);
  void give_turns();
  bool all(bool (*predicate)(const RankReport&)) const;

  Listener listener_;
  CoordinatorOptions options_;
  CoordinatorEvents events_;
  const worker::Interrupt& interrupt_;
  std::vector<RankReport> ranks_;
  std::vector<LineChannel> sockets_;      // by rank
  std::vector<Clock::time_point> heard_;  // by rank
  std::vector<Visitor> visitors_;         // connections that have not sent Hello yet
  std::map<std::uint32_t, RankAnswer> answers_;
};

}  // namespace assay::harness::ranks
