#include "harness/ranks/collectives.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <set>

#include "harness/measure/sampler.h"
#include "kernels/collective.h"
#include "kernels/error.h"

namespace assay::harness::ranks {

namespace {

using nlohmann::ordered_json;
using results::record::Record;
using results::record::Status;

constexpr double kJoinSeconds = 120, kLeaveSeconds = 20, kQuestionSeconds = 30;
/// For one order of a collective, where nothing else is asked for: ranks may share cores, and wait
/// for each other.
constexpr double kOrderSeconds = 120;

double seconds_now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// Modules that every rank has, in order of name.
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

/// The ranks of one module, joined for as long as this lives.
class Together {
 public:
  /// `id` as rank 0's device gave it; an order is given up after `patience` seconds.
  Together(Coordinator& coordinator, std::string module, const ordered_json& id, double patience)
      : coordinator_(coordinator), module_(std::move(module)), patience_(patience) {
    const auto ranks = coordinator_.ranks().size();
    const auto answers = coordinator_.ask_all(
        [&](std::uint32_t rank) {
          return addressed({{"kind", "join"},
                            {"id", id},
                            {"ranks", ranks},
                            {"rank", rank},
                            {"timeout", kJoinSeconds}});
        },
        kJoinSeconds + kQuestionSeconds);
    device_ = worker::device_from_json(answers.at(0).at("device"));
  }
  ~Together() {
    try {
      ask_all({{"kind", "leave"}, {"timeout", kLeaveSeconds}}, 2 * kLeaveSeconds);
    } catch (const Error&) {
      // Who does not leave is ended with its rank.
    } catch (const worker::Interrupted&) {
    }
  }
  Together(const Together&) = delete;
  Together& operator=(const Together&) = delete;

  const results::record::DeviceIdentity& device() const { return device_; }

  std::vector<measure::Offer> implementations(const std::string& problem) {
    return worker::offers_from_json(
        ask_first({{"kind", "implementations"}, {"problem", problem}}, kQuestionSeconds)
            .at("offers"));
  }

  /// The record of rank 0, with the worst that any rank says of its own.
  results::record::Record hold_or_check(const char* kind, const results::record::Record& asked) {
    const auto answers =
        ask_all({{"kind", kind}, {"record", to_json(asked)}, {"timeout", patience_}},
                patience_ + kQuestionSeconds);
    results::record::Record out =
        results::record::record_from_json(answers.at(0).at("record").get<std::string>());
    for (const auto& [rank, answer] : answers) {
      const results::record::Record one =
          results::record::record_from_json(answer.at("record").get<std::string>());
      if (one.status == Status::ok || out.status != Status::ok) continue;
      out.status = one.status;
      out.check = one.check;
      out.reason = fmt::format("{}: {}", name(coordinator_.ranks()[rank]), one.reason);
    }
    return out;
  }

  /// Of each launch the time on the rank that ended last.
  std::vector<assay_launch> launch(std::uint32_t count, results::record::Mode mode) {
    const auto answers = ask_all(
        {{"kind", "launch"}, {"count", count}, {"mode", name(mode)}, {"timeout", patience_}},
        patience_ + kQuestionSeconds);
    std::vector<assay_launch> out(count);
    for (const auto& [rank, answer] : answers) {
      for (std::uint32_t i = 0; i < count; ++i) {
        const double device = answer.at("device_seconds").at(i),
                     host = answer.at("host_seconds").at(i);
        out[i].device_seconds = std::max(out[i].device_seconds, device);
        out[i].host_seconds = std::max(out[i].host_seconds, host);
      }
    }
    return out;
  }

 private:
  ordered_json addressed(ordered_json order) const {
    order["module"] = module_;
    return order;
  }
  ordered_json ask_first(const ordered_json& order, double timeout_seconds) {
    return coordinator_.ask(0, addressed(order), timeout_seconds);
  }
  std::map<std::uint32_t, ordered_json> ask_all(const ordered_json& order, double timeout_seconds) {
    const ordered_json sent = addressed(order);
    return coordinator_.ask_all([&](std::uint32_t) { return sent; }, timeout_seconds);
  }

  Coordinator& coordinator_;
  std::string module_;
  double patience_;
  results::record::DeviceIdentity device_;
};

void take_samples(Together& together, results::record::Record& record) {
  const measure::Launcher launch = [&](std::uint32_t count) {
    return together.launch(count, record.settings.mode);
  };
  const double begin = seconds_now();
  const measure::WarmUp warm = measure::warm_up(record.settings, launch, seconds_now);
  record.phases.warm_up = seconds_now() - begin;
  record.warm_up_launches = warm.launches;
  record.steady = warm.steady;
  const double left = std::max(record.settings.budget_seconds - record.phases.warm_up,
                               record.settings.budget_seconds / 2);
  measure::Sampled sampled = sample(record.settings, left, warm, launch, seconds_now);
  record.phases.sample = seconds_now() - begin - record.phases.warm_up;
  record.summary = sampled.summary;
  record.target_met = sampled.target_met;
  if (sampled.missed) record.notes.push_back(*std::move(sampled.missed));
  record.device_seconds = std::move(sampled.device_seconds);
  record.host_seconds = std::move(sampled.host_seconds);
  record.phases.launches = warm.launch_seconds;
  for (const double one : record.host_seconds) record.phases.launches += one;
}

/// What a check says is added to what the samples said.
results::record::Record checked(Together& together, const results::record::Record& record) {
  const results::record::Record after = together.hold_or_check("check", record);
  results::record::Record out = record;
  out.implementation.details = after.implementation.details;
  out.notes.insert(out.notes.end(), after.notes.begin(), after.notes.end());
  if (after.status != Status::ok) {
    out.status = after.status;
    out.reason = after.reason;
    out.check = after.check;
  }
  return out;
}

/// Sets `broken` where the ranks no longer work together.
results::record::Record measure(Together& together, const plan::PlanEntry& entry,
                                const worker::SessionOptions& session, bool& broken) {
  results::record::Record record = blank_record(entry, together.device(), session);
  const double begin = seconds_now();
  try {
    record = together.hold_or_check("hold", record);
    if (record.status == Status::ok) {
      take_samples(together, record);
      record = checked(together, record);
    }
  } catch (const Error& error) {
    record.status = Status::error;
    record.reason = error.what();
    broken = true;
  }
  record.phases.total = seconds_now() - begin;
  return record;
}

std::vector<plan::Skip> left_out(const std::vector<plan::SuiteProblem>& problems,
                                 const std::string& device, const std::string& why) {
  std::vector<plan::Skip> out;
  for (const plan::SuiteProblem& one : problems) {
    out.push_back({one.problem.text(), one.label, device, "", why});
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

/// A module whose devices can work together, with the id that they find each other by.
struct Able {
  std::string module;
  ordered_json id;
};

/// Most modules' devices cannot, which is no more than `reasons` tell.
std::vector<Able> able_modules(Coordinator& coordinator, std::string& reasons) {
  std::vector<Able> out;
  for (const std::string& module : common_modules(coordinator.ranks())) {
    try {
      const ordered_json answer =
          coordinator.ask(0, {{"kind", "unique_id"}, {"module", module}}, kQuestionSeconds);
      out.push_back({module, answer.at("id")});
    } catch (const Error& error) {
      reasons += (reasons.empty() ? "" : "; ") + std::string(error.what());
    }
  }
  return out;
}

/// All problems on one module's devices.
std::vector<plan::Skip> measure_module(Coordinator& coordinator, const Able& able,
                                       const std::vector<plan::SuiteProblem>& problems,
                                       const plan::PlanOptions& options,
                                       const worker::SessionOptions& session,
                                       const CollectiveObserver& observer) {
  std::optional<Together> together;
  try {
    together.emplace(coordinator, able.module, able.id,
                     session.timeout_seconds.value_or(kOrderSeconds));
  } catch (const Error& error) {
    return left_out(problems, able.module, error.what());
  }
  plan::PlanOptions roomy = options;
  // Estimates are of the whole, which lies on all hosts.
  std::set<std::string> hosts;
  for (const RankReport& rank : coordinator.ranks()) {
    hosts.insert(rank.host);
    roomy.host_memory_bytes = std::min(roomy.host_memory_bytes, rank.memory_bytes);
  }
  roomy.host_memory_bytes *= static_cast<double>(hosts.size());
  const plan::Plan plan = make_plan(
      problems, {together->device()}, roomy,
      [&](std::size_t, const std::string& problem) { return together->implementations(problem); });
  std::vector<plan::Skip> skipped = plan.skipped;
  bool broken = false;
  for (std::size_t i = 0; i < plan.entries.size(); ++i) {
    const plan::PlanEntry& entry = plan.entries[i];
    if (broken) {
      skipped.push_back({entry.problem, entry.label, able.module, entry.implementation,
                         "the ranks no longer work together: one before it failed"});
      continue;
    }
    observer.begins(i, plan.entries.size(), entry);
    observer.keep(measure(*together, entry, session, broken));
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
  const std::vector<Able> modules = able_modules(coordinator, reasons);
  if (modules.empty()) {
    return left_out(problems, "all ranks",
                    fmt::format("no devices of these ranks work together ({}); MPI's do, where "
                                "mpirun or srun starts assay",
                                reasons));
  }
  for (const Able& able : modules) {
    const std::string lost = lost_ranks(coordinator.ranks());
    append(skipped, lost.empty()
                        ? measure_module(coordinator, able, problems, plan, session, observer)
                        : left_out(problems, able.module, lost));
  }
  return skipped;
}

}  // namespace assay::harness::ranks
