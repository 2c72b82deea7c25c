#include "harness/cli/run/rank_gathering.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <span>

#include "harness/cli/common.h"
#include "harness/cli/progress.h"
#include "harness/cli/run/plan_text.h"
#include "harness/cli/run/rank_summary.h"
#include "harness/cli/run/ranked_run.h"
#include "harness/cli/verb.h"
#include "harness/environment/environment.h"
#include "harness/ranks/briefing.h"
#include "harness/ranks/collectives.h"
#include "harness/ranks/coordinator.h"
#include "harness/ranks/meeting.h"
#include "harness/ranks/open_files.h"
#include "harness/terminal/live_line.h"
#include "harness/terminal/telling.h"
#include "harness/terminal/wrapped.h"
#include "harness/worker/child.h"
#include "kernels/error.h"
#include "results/page/text.h"
#include "results/record/json_library.h"
#include "results/store/store.h"

namespace assay::cli::run {

using harness::ranks::Coordinator;
using harness::ranks::Place;
using harness::ranks::RankReport;
using results::record::Record;
using results::store::Store;

namespace {

std::vector<std::string> own_arguments() {
  std::ifstream stream("/proc/self/cmdline", std::ios::binary);
  const std::string raw((std::istreambuf_iterator<char>(stream)), {});
  std::vector<std::string> out;
  for (std::size_t begin = 0; begin < raw.size(); begin += out.back().size() + 1) {
    out.emplace_back(raw.c_str() + begin);
  }
  out.erase(out.begin());
  return out;
}

/// Starts this process's own rank, or all ranks if there is no launcher.
std::map<std::uint32_t, harness::worker::Child> start_members(
    const Place& place, const std::string& address, const harness::ranks::Briefing& briefing) {
  std::map<std::uint32_t, harness::worker::Child> out;
  const bool all = place.launcher.empty();
  for (std::uint32_t rank = place.rank; rank < (all ? place.ranks : place.rank + 1); ++rank) {
    const auto [member, fresh] = out.emplace(
        rank,
        harness::worker::Child::start("/proc/self/exe", own_arguments(),
                                      {{"ASSAY_RANK", std::to_string(rank)},
                                       {"ASSAY_RANKS", std::to_string(place.ranks)},
                                       {"ASSAY_SLOT", std::to_string(all ? rank : place.slot)},
                                       {"ASSAY_SLOTS", std::to_string(place.slots)},
                                       {"ASSAY_JOB", place.job},
                                       {"ASSAY_RENDEZVOUS", address}}));
    brief(member->second, briefing);
  }
  return out;
}

/// Raises the limit of open files to what the connections of the ranks need, and to what those of
/// strangers may occupy until they are refused.
void allow_connections(const Place& place) {
  constexpr std::size_t kOwnFiles = 64, kStrangers = 4096;
  // Of a rank that this process starts: its channel, its output, its end.
  const std::size_t files_per_rank = place.launcher.empty() ? 4 : 1;
  const std::size_t needed = kOwnFiles + files_per_rank * place.ranks;
  harness::ranks::allow_open_files(needed, needed + kStrangers);
}

bool takes_ranks(const harness::plan::SuiteProblem& one) {
  return one.problem.operation().collective != nullptr;
}

/// One run by several ranks.
class Gathering {
 public:
  Gathering(const RunOptions& options, const Place& place, const std::string& rendezvous,
            const harness::worker::Interrupt& interrupt)
      : options_(options),
        place_(place),
        terminal_(harness::terminal::draws_status()),
        live_(terminal_),
        meeting_(rendezvous, place),
        store_(open_store(store_address(options.db), results::store::Access::write)) {
    summary_.run = results::store::new_id();
    summary_.store = store_.name();
    allow_connections(place);
    harness::ranks::Hub hub = meeting_.listen();
    const std::string address = harness::ranks::place_text(hub.endpoints().front());
    coordinator_.emplace(std::move(hub), coordinator_options(), events(), interrupt);
    // A rank of a launcher may see other devices than this one.
    std::vector<harness::worker::ModuleReport> modules;
    if (place.launcher.empty()) modules = probe_modules(options, place);
    members_ = start_members(place, address, {meeting_.secret(), std::move(modules)});
  }

  int run() {
    try {
      coordinator_->gather();
      if (!begin()) return kNothingRan;
      coordinator_->measure();
      measure_together();
    } catch (const harness::worker::Interrupted& interrupted) {
      live_.erase();
      fmt::print(stderr, "\nstopped: {} of {} ranks are in {}\n",
                 results::page::counted(summary_.records.size(), "measurement"), place_.ranks,
                 store_.name());
      return 128 + interrupted.signal;
    }
    coordinator_->end();
    live_.erase();
    store_.end(summary_.run, results::store::now_utc());
    summary_.seconds = live_.elapsed();
    summary_.ranks = coordinator_->ranks();
    if (options_.json) {
      fmt::print("{}\n", to_json(summary_).dump(2, ' ', false,
                                                nlohmann::ordered_json::error_handler_t::replace));
    } else {
      fmt::print("{}", summary_text(summary_));
    }
    return exit_code(summary_);
  }

 private:
  harness::ranks::CoordinatorOptions coordinator_options() const {
    return {.ranks = place_.ranks,
            .run = summary_.run,
            .simultaneous = options_.ranks.simultaneous,
            .gather_seconds = options_.ranks.gather_seconds,
            .silence_seconds = options_.ranks.silence_seconds};
  }

  harness::ranks::CoordinatorEvents events() {
    return {.store = [this](std::span<const Record> records) { return store(records); },
            .kept = [this](std::span<const Record> records,
                           std::size_t known) { kept(records, known); },
            .ended = [this](const RankReport& rank) { ended(rank); },
            .tick = [this] { draw(); },
            .has_ended = [this](std::uint32_t rank) { return has_ended(rank); },
            .ending = [this](std::uint32_t rank) { return ending(rank); },
            .note =
                [this](const std::string& text) {
                  live_.erase();
                  fmt::print(stderr, "note: {}\n", text);
                }};
  }

  std::size_t store(std::span<const Record> records) {
    results::record::RecordSet set;
    set.records.assign(records.begin(), records.end());
    return store_.add(set).known;
  }

  void kept(std::span<const Record> records, std::size_t known) {
    if (known > 0) {
      live_.erase();
      fmt::print(stderr, "note: {} had the id of one that is in {} already, and {} not stored\n",
                 results::page::counted(known, "measurement"), store_.name(),
                 known == 1 ? "was" : "were");
    }
    for (const Record& record : records) {
      summary_.records.push_back(record);
      if (!failed(record)) continue;
      live_.erase();
      line(record_line(record, true));
    }
  }

  void ended(const RankReport& rank) {
    if (rank.plan.entries.empty() && rank.lost.empty()) return;
    live_.erase();
    line(rank_line(rank));
  }

  void line(const std::string& text) const {
    fmt::print(options_.json ? stderr : stdout, "{}", harness::terminal::wrapped(text, 0));
    std::fflush(options_.json ? stderr : stdout);
  }

  void draw() {
    if (!together_.empty())
      return live_.show(together_ + "  " + results::page::duration_text(live_.elapsed()));
    std::size_t planned = 0, at_work = 0, lost = 0;
    for (const RankReport& rank : coordinator_->ranks()) {
      planned += rank.plan.entries.size();
      at_work += rank.state == RankReport::State::measuring ? 1 : 0;
      lost += rank.state == RankReport::State::lost ? 1 : 0;
    }
    live_.show(fmt::format("{} of {} measured  {} of {} ranks measuring{}  {}",
                           summary_.records.size(), planned, at_work, place_.ranks,
                           lost > 0 ? fmt::format(", {} lost", lost) : "",
                           results::page::duration_text(live_.elapsed())));
  }

  /// Measures the problems that need all ranks, after each rank has measured its own.
  void measure_together() {
    harness::worker::SessionOptions session = session_options(options_);
    session.run = summary_.run;
    session.environment = environment_;
    const harness::ranks::CollectiveObserver observer = {
        [this](std::size_t index, std::size_t count, const harness::plan::PlanEntry& entry) {
          together_ = fmt::format("{} of {} together  {}", index, count, entry.problem.text());
        },
        [this](const Record& record) {
          kept({&record, 1}, store({&record, 1}));
          if (terminal_ || failed(record)) return;
          line(record_line(record, true));
        }};
    summary_.skipped =
        measure_collectives(*coordinator_, problems_of_many(problems_of(options_, place_.ranks)),
                            plan_options(options_), session, observer);
  }

  bool has_ended(std::uint32_t rank) const {
    const auto member = members_.find(rank);
    return member != members_.end() && member->second.has_ended();
  }

  std::string ending(std::uint32_t rank) {
    const auto member = members_.find(rank);
    if (member == members_.end()) return "";
    const harness::worker::Exit exit = member->second.finish();
    const std::string output = member->second.last_output();
    return "ended with " + exit.text() + (output.empty() ? "" : "; its last output: " + output);
  }

  /// Adds the run to the store. If no rank has anything to measure, prints why and returns false.
  bool begin() {
    const RankReport* first = nullptr;
    for (const RankReport& rank : coordinator_->ranks()) {
      if (rank.state != RankReport::State::planned) continue;
      store_.put_environment(rank.environment_json);
      if (first == nullptr || first->plan.entries.empty()) first = &rank;
    }
    const bool together = !problems_of_many(problems_of(options_, place_.ranks)).empty();
    if (first == nullptr || (first->plan.entries.empty() && !together)) {
      live_.erase();
      std::string why = "no rank has anything to measure";
      if (first != nullptr) why += "\n" + skipped_text(first->plan);
      print_error(why, "`assay run --dry-run --alone` shows the plan of one rank");
      return false;
    }
    results::record::Run run;
    run.id = summary_.run;
    run.started = results::store::now_utc();
    run.suite = options_.what.suite;
    run.command = command_line();
    run.host = harness::environment::host_name();
    run.assay_version = harness::environment::version_text();
    run.plan = plan_to_json(first->plan, {first->device});
    run.environment = environment_ = store_.put_environment(first->environment_json);
    store_.begin(run);
    return true;
  }

  const RunOptions& options_;
  const Place place_;
  bool terminal_;
  harness::terminal::LiveLine live_;
  harness::ranks::Meeting meeting_;
  Store store_;
  RankSummary summary_;
  std::string environment_;  ///< hash, of the first rank with a plan
  std::string together_;     ///< what all ranks measure now; empty: each its own
  std::map<std::uint32_t, harness::worker::Child> members_;
  std::optional<Coordinator> coordinator_;
};

}  // namespace

std::vector<harness::plan::SuiteProblem> problems_of_one(
    std::vector<harness::plan::SuiteProblem> problems) {
  std::erase_if(problems, takes_ranks);
  return problems;
}

std::vector<harness::plan::SuiteProblem> problems_of_many(
    std::vector<harness::plan::SuiteProblem> problems) {
  std::erase_if(problems, [](const harness::plan::SuiteProblem& one) { return !takes_ranks(one); });
  return problems;
}

int gather_ranks(const RunOptions& options, const Place& place, const std::string& rendezvous,
                 const harness::worker::Interrupt& interrupt) {
  problems_of(options, place.ranks);
  Gathering gathering(options, place, rendezvous, interrupt);
  return gathering.run();
}

}  // namespace assay::cli::run
