// The coordinator in rank 0: waits for the ranks, tells each when to measure, receives their
// records, and reports lost ranks.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "harness/plan/plan.h"
#include "harness/ranks/hub.h"
#include "harness/ranks/messages.h"
#include "harness/ranks/record_keeper.h"
#include "harness/worker/interrupt.h"
#include "results/record/record.h"

namespace assay::harness::ranks {

struct CoordinatorOptions {
  std::uint32_t ranks = 1;
  std::string run;                 ///< id
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
  std::size_t refused = 0;               ///< number of its messages that were not taken
  std::string lost, hint;                ///< the reason; set if the rank is lost
};
/// "rank 3 (node2, slot 1)".
std::string name(const RankReport& rank);

/// Callbacks; all but the first are called in the coordinator's thread.
struct CoordinatorEvents {
  /// Called in another thread, but never when no function of the coordinator runs.
  RecordKeeper::Store store;
  /// Records that are stored now, and how many of them the store had already.
  std::function<void(std::span<const results::record::Record>, std::size_t known)> kept;
  std::function<void(const RankReport&)> ended;  ///< the rank is done or lost
  std::function<void()> tick;                    ///< at least every second
  /// Whether the rank's process is known to have ended.
  std::function<bool(std::uint32_t rank)> has_ended;
  /// Kills the rank's process if it still runs, and returns how it ended, if known.
  std::function<std::string(std::uint32_t rank)> ending;
  /// Tells the user that a message was refused, in one line.
  std::function<void(const std::string& line)> note;
};

class Coordinator {
 public:
  Coordinator(Hub hub, CoordinatorOptions options, CoordinatorEvents events,
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

  /// Waits up to half a second for messages of the ranks, and handles them.
  void turn();
  /// Handles the messages that have come. Returns false if it stopped before the last one, so that
  /// their records are stored.
  bool take_messages();
  void take(const Hub::Message& message);
  void greet(const Hub::Message& message);
  /// Updates the rank's report from the message. Throws Error if it has no sense now.
  void understand(RankReport& rank, FromRank message);
  void understand(RankReport& rank, Planned planned);
  void understand(RankReport& rank, Made made);
  /// Ignores a message, and tells so the first times.
  void refuse(const std::string& sender, std::size_t& times, const std::string& why);
  void lose(std::uint32_t rank, const std::string& why, const std::string& hint = "");
  void lose_ended_ranks();
  void lose_silent_ranks();
  /// Has the records stored that have come, and reports what was stored since: the records, and
  /// then the ranks that have ended.
  void settle();
  /// The same, and waits until all is stored.
  void settle_all();
  void send(std::uint32_t rank, const std::string& text);
  void send(std::uint32_t rank, const Order& order, const DeviceRequest& request);
  void give_turns();
  bool all(bool (*predicate)(const RankReport&)) const;

  Hub hub_;
  CoordinatorOptions options_;
  CoordinatorEvents events_;
  const worker::Interrupt& interrupt_;
  std::vector<RankReport> ranks_;
  std::vector<Peer> peers_;  // by rank; empty: it is not connected
  std::unordered_map<Peer, std::uint32_t> rank_of_;
  std::vector<Clock::time_point> heard_;        // by rank
  std::optional<Clock::time_point> echo_sent_;  // while silence is looked into
  std::size_t strange_ = 0;                     // refused messages of no rank
  RecordKeeper::Batch came_;                    // in this turn
  std::unordered_set<std::string> ids_;         // of all records of the ranks
  std::map<std::uint32_t, RankAnswer> answers_;
  RecordKeeper keeper_;
};

}  // namespace assay::harness::ranks
