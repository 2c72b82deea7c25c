#include "harness/cli/duel/fight.h"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <random>
#include <thread>

#include "harness/measure/clock.h"
#include "harness/measure/machine_load.h"
#include "kernels/error.h"
#include "results/trust/trust.h"

namespace assay::cli::duel {

using harness::measure::LoadCounters;
using harness::measure::seconds_now;
using results::duel::Arm;
using results::duel::Round;

namespace {

double cpu_seconds(int who) {
  rusage usage = {};
  getrusage(who, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

/// Counters of the machine, with this process and all that it started and that has ended as our own
/// work.
LoadCounters counters() {
  LoadCounters out = harness::measure::read_load_counters();
  out.own_cpu_seconds = cpu_seconds(RUSAGE_SELF) + cpu_seconds(RUSAGE_CHILDREN);
  return out;
}

/// Over less than this, no share of the machine's load can be told.
constexpr std::chrono::milliseconds kLeastWindow(210);

/// A round that waits until the machine's load is known.
struct Pending {
  std::size_t contest = 0;
  Round round;
  std::string doubt;
};

class Fight {
 public:
  Fight(std::vector<Contest>& contests, const FightOptions& options, const FightObserver& observer,
        const harness::worker::Interrupt& interrupt)
      : contests_(contests), options_(options), observer_(observer), interrupt_(interrupt) {}

  void run() {
    try {
      while (one_of_each()) {
      }
    } catch (const harness::worker::Interrupted&) {
      settle();
      throw;
    }
    settle();
  }

 private:
  /// One round of each open contest. False if there is none, or no time for another round.
  bool one_of_each() {
    std::vector<std::size_t> open;
    for (std::size_t i = 0; i < contests_.size(); ++i) {
      if (contests_[i].open() && contests_[i].duel.rounds().size() < options_.rounds) {
        open.push_back(i);
      }
    }
    std::shuffle(open.begin(), open.end(), engine_);
    for (const std::size_t index : open) {
      Contest& contest = contests_[index];
      if (seconds_now() - start_ + contest.round_seconds > options_.seconds) return false;
      if (!contest.a && contest.round_seconds == 0 && !warmed_up(contest)) continue;
      measure_round(index);
    }
    return !open.empty();
  }

  /// Runs both commands once, so that none is the first to read its files.
  bool warmed_up(Contest& contest) {
    for (const Arm arm : {Arm::a, Arm::b}) {
      if (!accepted(contest, arm, contest.arms[static_cast<std::size_t>(arm)]())) return false;
      interrupt_.check();
    }
    return true;
  }

  void measure_round(std::size_t index) {
    Contest& contest = contests_[index];
    const double begin = seconds_now();
    const results::duel::Order order = results::duel::random_order(engine_);
    Pending pending{index, {}, ""};
    for (std::size_t i = 0; i < order.size(); ++i) {
      interrupt_.check();
      const Shot shot = contest.arms[static_cast<std::size_t>(order[i])]();
      interrupt_.check();
      if (!accepted(contest, order[i], shot)) return;
      pending.round[i] = {order[i], shot.seconds, shot.clock_hz};
      if (pending.doubt.empty() && !shot.doubt.empty()) {
        pending.doubt = fmt::format("{}: {}", is_a(order[i]) ? "A" : "B", shot.doubt);
      }
    }
    contest.round_seconds = seconds_now() - begin;
    pending_.push_back(std::move(pending));
    look_at_load();
  }

  /// Whether the measurement gave a figure for the contest's operands.
  bool accepted(Contest& contest, Arm arm, const Shot& shot) {
    const std::string side = is_a(arm) ? "A" : "B";
    if (!shot.failure.empty()) {
      contest.failure = fmt::format("{}: {}", side, shot.failure);
      const bool other_wrong = shot.wrong && gives_wrong(contest, is_a(arm) ? Arm::b : Arm::a);
      contest.a_is_wrong = is_a(arm) ? shot.wrong : other_wrong;
      contest.b_is_wrong = is_a(arm) ? other_wrong : shot.wrong;
      if (other_wrong) contest.failure = "A and B: " + shot.failure;
      return false;
    }
    std::string& operands = operands_[&contest];
    if (operands.empty()) operands = shot.operands_hash;
    if (operands != shot.operands_hash) {
      contest.failure = "the sides had different operands";
      return false;
    }
    return true;
  }

  static bool gives_wrong(Contest& contest, Arm arm) {
    return contest.arms[static_cast<std::size_t>(arm)]().wrong;
  }

  /// False if too little time has passed to tell.
  bool look_at_load() {
    const LoadCounters now = counters();
    results::record::Record during;
    during.machine_load = change(before_, now);
    if (!during.machine_load.own_cpu_share) return false;
    before_ = now;
    const auto busy = results::trust::busy(during);
    take(busy ? busy->text : "");
    return true;
  }

  /// At the end: waits until the load during the last rounds can be told, if the machine tells it.
  void settle() {
    if (pending_.empty()) return;
    std::this_thread::sleep_for(kLeastWindow);
    if (!look_at_load()) take("");
  }

  void take(const std::string& busy) {
    std::map<Contest*, bool> counted;
    for (Pending& pending : pending_) {
      Contest& contest = contests_[pending.contest];
      const std::string& doubt = pending.doubt.empty() ? busy : pending.doubt;
      const bool counts = doubt.empty() || options_.doubtful;
      if (counts) {
        if (!contest.duel.finished() && contest.duel.rounds().size() < options_.rounds) {
          contest.duel.add(pending.round);
        }
      } else {
        contest.repeated.push_back(doubt);
      }
      counted[&contest] |= counts;
      observer_({pending.contest, counts});
    }
    // Rounds that waited together share one look at the load, which is one doubt.
    for (const auto& [contest, any] : counted) {
      contest->doubtful_in_a_row = any ? 0 : contest->doubtful_in_a_row + 1;
      contest->gave_up = contest->doubtful_in_a_row >= kMostDoubtful;
    }
    pending_.clear();
  }

  std::vector<Contest>& contests_;
  const FightOptions& options_;
  const FightObserver& observer_;
  const harness::worker::Interrupt& interrupt_;
  std::mt19937_64 engine_{options_.seed};
  std::map<const Contest*, std::string> operands_;
  std::vector<Pending> pending_;
  LoadCounters before_ = counters();
  double start_ = seconds_now();
};

}  // namespace

void fight(std::vector<Contest>& contests, const FightOptions& options,
           const FightObserver& observer, const harness::worker::Interrupt& interrupt) {
  Fight(contests, options, observer, interrupt).run();
}

}  // namespace assay::cli::duel
