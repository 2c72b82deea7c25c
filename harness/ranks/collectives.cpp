#include "harness/ranks/collectives.h"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <limits>
#include <set>
#include <type_traits>

#include "harness/measure/account.h"
#include "harness/measure/clock.h"
#include "harness/measure/device_access.h"
#include "harness/measure/measure.h"
#include "kernels/checking.h"
#include "kernels/collective.h"
#include "kernels/error.h"
#include "results/record/device.h"

namespace assay::harness::ranks {

namespace {

using measure::Measurement;
using results::record::Status;

constexpr double kJoinSeconds = 120, kLeaveSeconds = 20, kQuestionSeconds = 30;
/// Timeout of one order of a collective, unless the user sets another one. Ranks may share cores
/// and wait for each other.
constexpr double kOrderSeconds = 120;

/// Modules that all ranks have, in order of name.
std::vector<std::string> common_modules(const std::vector<RankReport>& ranks) {
  std::vector<std::string> out;
  for (const std::string& module : ranks.front().collective) {
    if (std::all_of(ranks.begin(), ranks.end(),
                    [&](const RankReport& rank) { return rank.collective.contains(module); })) {
      out.push_back(module);
    }
  }
  return out;
}

/// The answer as the expected kind. A rank of the same version gives no other kind.
template <typename Wanted>
const Wanted& as(const RankAnswer& answer) {
  if (const Wanted* wanted = std::get_if<Wanted>(&answer)) return *wanted;
  throw Error(fmt::format("a rank did not answer with \"{}\"", Wanted::kKind));
}

/// The devices of one module on all ranks, joined for the lifetime of this object.
class JoinedRanks {
 public:
  /// `id` is the unique id of rank 0's device. An order fails after `patience` seconds.
  JoinedRanks(Coordinator& coordinator, std::string module, const std::vector<std::byte>& id,
              double patience)
      : coordinator_(coordinator), module_(std::move(module)), patience_(patience) {
    const auto ranks = static_cast<std::uint32_t>(coordinator_.ranks().size());
    const auto answers = coordinator_.ask_all(
        [&](std::uint32_t rank) {
          return worker::Join{id, ranks, rank};
        },
        Order{module_, kJoinSeconds}, kJoinSeconds + kQuestionSeconds);
    device_ = as<worker::Joined>(answers.at(0)).device;
  }
  ~JoinedRanks() {
    try {
      ask_all(worker::Leave(), kLeaveSeconds, kLeaveSeconds);
    } catch (const Error&) {
      // If a device does not leave, it ends together with its rank.
    } catch (const worker::Interrupted& stop) {
      // It is blocked, so it is pending again for the next wait.
      std::raise(stop.signal);
    }
  }
  JoinedRanks(const JoinedRanks&) = delete;
  JoinedRanks& operator=(const JoinedRanks&) = delete;

  /// The device of rank 0.
  const results::record::DeviceIdentity& device() const { return device_; }

  std::vector<measure::Offer> implementations(const kernels::Problem& problem) {
    return as<worker::Offers>(ask_first(worker::Implementations{problem})).offers;
  }

  RankAnswer ask_first(const DeviceRequest& request) {
    return coordinator_.ask(0, request, Order{module_, patience_}, kQuestionSeconds);
  }
  std::map<std::uint32_t, RankAnswer> ask_all(const DeviceRequest& request) {
    return ask_all(request, patience_, kQuestionSeconds);
  }

  std::string name_of(std::uint32_t rank) const { return name(coordinator_.ranks()[rank]); }

  /// The measurement of rank 0, with the first failure that any rank reports.
  Measurement measurement(const DeviceRequest& request) {
    const auto answers = ask_all(request);
    Measurement out = as<worker::Measured>(answers.at(0)).measurement;
    for (const auto& [rank, answer] : answers) {
      const Measurement& one = as<worker::Measured>(answer).measurement;
      if (one.status == Status::ok && out.status == Status::ok) {
        out.check = kernels::worst(out.check, one.check);
      }
      if (one.status == Status::ok || out.status != Status::ok) continue;
      out.status = one.status;
      out.check = one.check;
      out.reason = fmt::format("{}: {}", name_of(rank), one.reason);
    }
    return out;
  }

 private:
  std::map<std::uint32_t, RankAnswer> ask_all(const DeviceRequest& request, double patience,
                                              double beyond) {
    return coordinator_.ask_all([&](std::uint32_t) { return request; }, Order{module_, patience},
                                patience + beyond);
  }

  Coordinator& coordinator_;
  std::string module_;
  double patience_;
  results::record::DeviceIdentity device_;
};

/// A collective on all ranks. The time of a launch is that of the rank that finishes last; sensors
/// and clock are those of rank 0's device.
class RanksTarget : public measure::Target, private measure::Challengeable {
 public:
  RanksTarget(JoinedRanks& ranks, measure::Task task) : ranks_(ranks), task_(std::move(task)) {}

  void prepare(Measurement& out, const measure::PhaseObserver& begins) override {
    begins("prepare");
    out = guarded([&] { return ranks_.measurement(PrepareTask{task_}); });
    // The caller measures the time of the whole call.
    out.phases.total = 0;
  }

  std::vector<assay_launch> launch(std::uint32_t count, assay_mode mode) override {
    return guarded([&] {
      std::vector<assay_launch> out(count);
      const double begin = measure::seconds_now();
      const auto answers = ranks_.ask_all(worker::Launch{count, measure::mode_of(mode)});
      const double wall = measure::seconds_now() - begin;
      measure::ToldSeconds most;
      for (const auto& [rank, answer] : answers) {
        const auto launches = launches_in(as<worker::Launches>(answer));
        if (launches.size() != count)
          throw Error(fmt::format("rank {}: returned too few launches", rank));
        for (std::uint32_t i = 0; i < count; ++i) {
          out[i].device_seconds = std::max(out[i].device_seconds, launches[i].device_seconds);
          out[i].host_seconds = std::max(out[i].host_seconds, launches[i].host_seconds);
        }
        const measure::ToldSeconds told = measure::told_by(launches);
        most = {std::max(most.device, told.device), std::max(most.host, told.host)};
      }
      account_.add(mode, count, most, wall);
      return out;
    });
  }

  /// Of the rank that tells the most: each one's launches must fit into the calls.
  void begin_account() override { account_.begin(); }
  results::record::ClockSums account(assay_mode mode) const override { return account_.of(mode); }

  std::optional<measure::Reading> read_sensors() override {
    return guarded([&]() -> std::optional<measure::Reading> {
      const RankAnswer answer = ranks_.ask_first(worker::ReadSensors());
      const auto& sensors = as<worker::SensorReading>(answer);
      return sensors.present ? std::optional(sensors.reading) : std::nullopt;
    });
  }

  std::string vendor() const override { return ranks_.device().vendor; }
  std::string power_scope() const override { return results::record::power_scope(ranks_.device()); }
  double sustained_clock_hz() const override {
    return results::record::sustained_clock_hz(ranks_.device());
  }

  measure::Challengeable* challengeable() override { return this; }

  void check(Measurement& out) override {
    const Measurement found = guarded([&] { return ranks_.measurement(CheckOutput()); });
    out.phases.verify += found.phases.verify;
    out.notes.insert(out.notes.end(), found.notes.begin(), found.notes.end());
    if (!found.details.empty()) out.details = found.details;
    if (found.status == Status::ok) {
      if (found.check.outcome != kernels::Outcome::unchecked) {
        out.check = kernels::worst(out.check, found.check);
      }
      return;
    }
    out.status = found.status;
    out.reason = found.reason;
    out.check = found.check;
  }

  /// Whether the ranks can no longer work together.
  bool lost() const { return lost_; }

 private:
  /// What one rank would have to change, all others would have to know.
  bool inputs_may_change() const override { return false; }
  /// Each rank draws the places for itself.
  double disturb(measure::Inputs, const measure::Entropy&) override {
    guarded([&] { ranks_.ask_all(OverwriteOutputs()); });
    return 0;
  }
  measure::Seen look_at_parts() override { return look({.whole = false, .again = true}); }
  measure::Seen look_at_whole(bool again) override { return look({.whole = true, .again = again}); }
  kernels::Check judge(measure::Inputs, bool brief) override {
    return guarded([&] {
      const Measurement found = ranks_.measurement(JudgeOutputs{brief});
      if (found.status != Status::ok) throw measure::DeviceFailure(found.status, found.reason);
      return found.check;
    });
  }

  /// The times are those of the rank whose first download took the most beyond the repeated one.
  measure::Seen look(const LookAtOutputs& request) {
    return guarded([&] {
      measure::Seen out;
      double most = -std::numeric_limits<double>::infinity();
      for (const auto& [rank, answer] : ranks_.ask_all(request)) {
        const measure::Seen& seen = as<OutputsSeen>(answer).seen;
        if (!seen.wrong.empty()) out.wrong = ranks_.name_of(rank) + ": " + seen.wrong;
        out.as_verified = out.as_verified && seen.as_verified;
        if (seen.first_seconds - seen.again_seconds <= most) continue;
        most = seen.first_seconds - seen.again_seconds;
        out.first_seconds = seen.first_seconds;
        out.again_seconds = seen.again_seconds;
      }
      return out;
    });
  }

  /// If one rank has not carried out a common order, the ranks can no longer work together.
  template <typename Steps>
  std::invoke_result_t<const Steps&> guarded(const Steps& steps) {
    try {
      return steps();
    } catch (const Error&) {
      lost_ = true;
      throw;
    }
  }

  JoinedRanks& ranks_;
  const measure::Task task_;
  measure::Account account_;
  bool lost_ = false;
};

std::vector<plan::Skip> left_out(const std::vector<plan::SuiteProblem>& problems,
                                 const std::string& device, const std::string& why) {
  std::vector<plan::Skip> out;
  for (const plan::SuiteProblem& one : problems) {
    out.push_back({one.problem, one.label, device, "", why});
  }
  return out;
}

std::string lost_ranks(const std::vector<RankReport>& ranks) {
  for (const RankReport& rank : ranks) {
    if (rank.state == RankReport::State::lost) return name(rank) + " was lost";
  }
  return "";
}

void append(std::vector<plan::Skip>& to, std::vector<plan::Skip> from) {
  std::move(from.begin(), from.end(), std::back_inserter(to));
}

/// A module that supports collectives, with the id by which its devices find each other.
struct CollectiveModule {
  std::string name;
  std::vector<std::byte> id;
};

/// Finds the modules that support collectives; most do not, and `reasons` says why.
std::vector<CollectiveModule> collective_modules(Coordinator& coordinator, std::string& reasons) {
  std::vector<CollectiveModule> out;
  for (const std::string& module : common_modules(coordinator.ranks())) {
    try {
      const RankAnswer answer = coordinator.ask(0, worker::GetUniqueId(),
                                                Order{module, kQuestionSeconds}, kQuestionSeconds);
      out.push_back({module, as<worker::UniqueId>(answer).id});
    } catch (const Error& error) {
      reasons += (reasons.empty() ? "" : "; ") + std::string(error.what());
    }
  }
  return out;
}

/// Measures all problems on one module's devices.
std::vector<plan::Skip> measure_module(Coordinator& coordinator, const CollectiveModule& module,
                                       const std::vector<plan::SuiteProblem>& problems,
                                       const plan::PlanOptions& options,
                                       const worker::SessionOptions& session,
                                       const CollectiveObserver& observer) {
  std::optional<JoinedRanks> joined;
  try {
    joined.emplace(coordinator, module.name, module.id,
                   session.timeout_seconds.value_or(kOrderSeconds));
  } catch (const Error& error) {
    return left_out(problems, module.name, error.what());
  }
  plan::PlanOptions roomy = options;
  // Estimates are for the whole problem, which is distributed over all hosts.
  std::set<std::string> hosts;
  for (const RankReport& rank : coordinator.ranks()) {
    hosts.insert(rank.host);
    roomy.host_memory_bytes = std::min(roomy.host_memory_bytes, rank.memory_bytes);
  }
  roomy.host_memory_bytes *= static_cast<double>(hosts.size());
  const plan::Plan plan = make_plan(problems, {joined->device()}, roomy,
                                    [&](std::size_t, const kernels::Problem& problem) {
                                      return joined->implementations(problem);
                                    });
  std::vector<plan::Skip> skipped = plan.skipped;
  bool broken = false;
  for (std::size_t i = 0; i < plan.entries.size(); ++i) {
    const plan::PlanEntry& entry = plan.entries[i];
    if (broken) {
      skipped.push_back(
          {entry.problem, entry.label, module.name, entry.implementation,
           "the ranks no longer work together, because an earlier measurement failed"});
      continue;
    }
    observer.begins(i, plan.entries.size(), entry);
    const measure::Task task = worker::task_of(entry);
    results::record::Record blank = blank_record(entry, joined->device(), session);
    RanksTarget target(*joined, task);
    observer.keep(worker::record_of(std::move(blank),
                                    measure::measure(target, task, [](const std::string&) {})));
    broken = target.lost();
  }
  return skipped;
}

}  // namespace

std::vector<plan::Skip> measure_collectives(Coordinator& coordinator,
                                            const std::vector<plan::SuiteProblem>& problems,
                                            const plan::PlanOptions& plan,
                                            const worker::SessionOptions& session,
                                            const CollectiveObserver& observer) {
  std::vector<plan::Skip> skipped;
  if (problems.empty()) return skipped;
  if (const std::string lost = lost_ranks(coordinator.ranks()); !lost.empty()) {
    return left_out(problems, "all ranks", lost);
  }
  std::string reasons;
  const std::vector<CollectiveModule> modules = collective_modules(coordinator, reasons);
  if (modules.empty()) {
    return left_out(problems, "all ranks",
                    fmt::format("the devices of these ranks do not support collectives ({}); MPI "
                                "does, if mpirun or srun starts assay",
                                reasons));
  }
  for (const CollectiveModule& module : modules) {
    const std::string lost = lost_ranks(coordinator.ranks());
    append(skipped, lost.empty()
                        ? measure_module(coordinator, module, problems, plan, session, observer)
                        : left_out(problems, module.name, lost));
  }
  return skipped;
}

}  // namespace assay::harness::ranks
