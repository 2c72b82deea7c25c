// Rank 0's side: gathers the ranks, gives them their turns, takes in what they measure, and names
// those that are lost.
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
  std::uint32_t simultaneous = 0;  ///< ranks that measure at once; 0: all
  double gather_seconds = 120;     ///< for all to arrive and to plan
  double silence_seconds = 60;     ///< after which a rank that measures counts as hung
};

/// What is known of a rank.
struct RankReport {
  enum class State { expected, arrived, planned, measuring, done, lost };
  std::uint32_t rank = 0, slot = 0;
  State state = State::expected;
  std::string host;
  results::record::DeviceIdentity device;
  plan::Plan plan;
  std::string environment_json;
  std::set<std::string> collective;      ///< modules whose devices it may measure collectives on
  double memory_bytes = 0;               ///< free on its host
  std::size_t measured = 0, failed = 0;  ///< records
  std::optional<std::size_t> under_way;  ///< index into the plan
  std::string lost, hint;                ///< why; set where it is lost
};
/// "rank 3 (node2, slot 1)".
std::string name(const RankReport& rank);

/// Told as things happen, in the coordinator's own thread.
struct CoordinatorEvents {
  std::function<void(const results::record::Record&)> keep;  ///< durable when it returns
  std::function<void(const RankReport&)> ended;              ///< done, or lost
  std::function<void()> tick;                                ///< at least every second
  /// How a rank's process ended, where that is known; it is killed where it still runs.
  std::function<std::string(std::uint32_t rank)> ending;
};

class Coordinator {
 public:
  Coordinator(Listener listener, CoordinatorOptions options, CoordinatorEvents events,
              const worker::Interrupt& interrupt);

  /// Until each rank has said what it will measure, or is lost.
  void gather();
  /// Until each rank has measured, or is lost.
  void measure();
  /// Has a device of each rank that is left answer a request, all at once, and waits for the
  /// answers, none of which is Failed. Throws Error that names the ranks which failed, were lost or
  /// did not answer in time; a rank that did not answer is lost.
  std::map<std::uint32_t, worker::Answer> ask_all(
      const std::function<worker::Request(std::uint32_t rank)>& request, const Order& order,
      double timeout_seconds);
  /// The same of one rank.
  worker::Answer ask(std::uint32_t rank, const worker::Request& request, const Order& order,
                     double timeout_seconds);
  /// Lets the ranks go.
  void end();

  const std::vector<RankReport>& ranks() const { return ranks_; }

 private:
  using Clock = std::chrono::steady_clock;
  struct Visitor {
    LineChannel socket;
    Clock::time_point since;
  };

  /// Waits for what the ranks say, up to a second, and takes it in.
  void turn();
  void greet();
  void welcome(const Hello& hello, LineChannel socket);
  void take(std::uint32_t rank, const std::string& line);
  /// Notes what the message says; a record in it is the caller's to keep.
  std::optional<results::record::Record> understand(RankReport& rank, FromRank message);
  void lose(std::uint32_t rank, const std::string& why, const std::string& hint = "");
  void lose_silent_ranks();
  void send(std::uint32_t rank, const Order& order, const worker::Request& request);
  void give_turns();
  bool all(bool (*predicate)(const RankReport&)) const;

  Listener listener_;
  CoordinatorOptions options_;
  CoordinatorEvents events_;
  const worker::Interrupt& interrupt_;
  std::vector<RankReport> ranks_;
  std::vector<LineChannel> sockets_;      // by rank
  std::vector<Clock::time_point> heard_;  // by rank
  std::vector<Visitor> visitors_;         // who has not said yet which rank it is
  std::map<std::uint32_t, worker::Answer> answers_;
};

}  // namespace assay::harness::ranks
