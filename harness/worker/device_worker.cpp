#include "harness/worker/device_worker.h"

#include <fmt/format.h>

#include <algorithm>

#include "backends/loader.h"
#include "harness/measure/clock.h"
#include "harness/measure/entropy.h"
#include "harness/measure/foreign_text.h"
#include "harness/measure/machine_load.h"
#include "harness/measure/measure.h"
#include "harness/worker/answer_check.h"
#include "kernels/error.h"
#include "results/page/quantity_text.h"
#include "results/record/listing.h"

namespace assay::harness::worker {
namespace {

using measure::Measurement;
using measure::seconds_now;
using results::record::Status;

ModuleReport probe_report(Child& child, const backends::ModuleFile& file, double deadline) {
  ModuleReport report;
  report.name = file.name;
  report.path = file.path.string();
  std::string line;
  const auto event = child.receive(line, std::max(0.0, deadline - seconds_now()));
  if (event == Child::Event::timed_out) {
    report.failure = "did not answer in time when probing for devices (is its driver hung?)";
    return report;
  }
  if (child.overfull()) {
    report.failure = "probing for devices gave an answer without end";
    return report;
  }
  if (event == Child::Event::closed) {
    report.failure = "probing for devices: " + ending(child);
    return report;
  }
  try {
    Answer answer = parsed_answer(line);
    if (ModuleReport* const told = std::get_if<ModuleReport>(&answer)) {
      require_answers(*told, file);
      report = std::move(*told);
      report.path = file.path.string();
    } else if (const Failed* const failed = std::get_if<Failed>(&answer)) {
      report.failure = failed->reason;
      report.hint = failed->hint;
    } else {
      report.failure = "probing for devices gave another answer than a list of devices";
    }
  } catch (const WrongAnswer& error) {
    report.failure = fmt::format("probing for devices gave a wrong answer: {}", error.what());
  }
  return report;
}

std::vector<ModuleReport> probe(const std::vector<backends::ModuleFile>& files,
                                const WorkerSettings& settings, double timeout_seconds) {
  std::vector<Child> children;
  for (const backends::ModuleFile& file : files) {
    children.push_back(start_worker(settings, {.module = file.path.string(), .probe = true}));
  }
  const double deadline = seconds_now() + timeout_seconds;
  std::vector<ModuleReport> reports;
  for (std::size_t i = 0; i < files.size(); ++i) {
    reports.push_back(probe_report(children[i], files[i], deadline));
  }
  return reports;
}

}  // namespace

std::vector<ModuleReport> probe_all(const WorkerSettings& settings, double timeout_seconds) {
  return probe(backends::find_modules(), settings, timeout_seconds);
}

std::vector<ModuleReport> probe_named(const WorkerSettings& settings,
                                      const std::set<std::string>& names, double timeout_seconds) {
  std::vector<backends::ModuleFile> files = backends::find_modules();
  std::erase_if(files, [&](const auto& file) { return !names.contains(file.name); });
  return probe(files, settings, timeout_seconds);
}

std::vector<ModuleReport> probe_folder(const WorkerSettings& settings,
                                       const std::filesystem::path& folder,
                                       double timeout_seconds) {
  return probe(backends::modules_in({folder}), settings, timeout_seconds);
}

ModuleReport probe_pretended(const WorkerSettings& settings, const backends::ModuleFile& module,
                             const std::vector<Published>& systems, double timeout_seconds) {
  Child child =
      start_worker(settings, {.module = module.path.string(), .probe = true, .pretended = systems});
  return probe_report(child, module, seconds_now() + timeout_seconds);
}

DeviceWorker::DeviceWorker(WorkerSettings settings, results::record::DeviceIdentity device,
                           std::string module, const Interrupt* interrupt,
                           std::vector<Published> pretended)
    : device_(std::move(device)),
      process_(std::make_unique<WorkerProcess>(std::move(settings), device_, std::move(module),
                                               interrupt, std::move(pretended))),
      access_(std::make_unique<WorkerAccess>(*process_)),
      operands_(std::make_unique<measure::HostOperands>()) {}

template <typename Wanted>
Wanted DeviceWorker::ask_for(const Request& request, double timeout_seconds) {
  try {
    return process_->ask_for<Wanted>(request, patience_of(timeout_seconds));
  } catch (const Error& error) {
    throw Error(fmt::format("{}: {}", results::record::device_key(device_), error.what()),
                error.hint());
  }
}

void DeviceWorker::checked(const std::function<void()>& requirement) {
  try {
    process_->require(requirement);
  } catch (const Error& error) {
    throw Error(fmt::format("{}: {}", results::record::device_key(device_), error.what()));
  }
}

std::vector<measure::Offer> DeviceWorker::implementations(const kernels::Problem& problem) {
  const Offers offers =
      ask_for<Offers>(Implementations{problem}, process_->settings().question_timeout_seconds);
  checked([&] { require_answers(offers, device_); });
  return offers.offers;
}

std::vector<std::byte> DeviceWorker::unique_id() {
  return ask_for<UniqueId>(GetUniqueId(), process_->settings().open_timeout_seconds).id;
}

void DeviceWorker::join(const std::vector<std::byte>& id, std::uint32_t ranks, std::uint32_t rank,
                        double timeout_seconds) {
  prepared_.reset();
  access_->forget();
  const Joined joined = ask_for<Joined>(Join{id, ranks, rank}, timeout_seconds);
  checked([&] { require_same(joined.device, device_); });
  place_ = measure::Place{.ranks = ranks, .rank = rank};
}

void DeviceWorker::leave(double timeout_seconds) {
  prepared_.reset();
  access_->forget();
  place_.reset();
  process_->leave(patience_of(timeout_seconds));
}

void DeviceWorker::stop() {
  prepared_.reset();
  place_.reset();
  process_->stop();
}

measure::PreparedProblem DeviceWorker::problem_of(const measure::Task& task) {
  return {*access_, *operands_, device_, process_->runs() ? place_ : std::nullopt, task};
}

void DeviceWorker::carry_out(Measurement& out, const std::string& phase,
                             const std::function<void()>& steps) {
  try {
    measure::note_failures(out, [&] {
      process_->open();
      steps();
    });
  } catch (const Interrupted&) {
    // They may not have been generated to the end.
    operands_->forget();
    throw;
  }
  if (out.status == Status::crashed || out.status == Status::timeout) {
    out.reason += fmt::format(" (phase: {})", phase);
  }
  // After a failure the operands may have changed, or may be too large.
  if (out.status != Status::out_of_memory && out.status != Status::error) return;
  operands_->forget();
  try {
    if (process_->runs()) access_->release();
  } catch (const Error&) {
    process_->stop();
  }
}

Measurement DeviceWorker::measure(const measure::Task& task, double timeout_seconds,
                                  const PhaseObserver& on_phase) {
  prepared_.reset();
  std::string phase = "start";
  const auto begins = [&](const std::string& begun) {
    phase = begun;
    on_phase(phase);
  };
  access_->expect(timeout_seconds, [&] { on_phase(phase); });
  Measurement out;
  carry_out(out, phase, [&] {
    if (device_.modelled) {
      const Measured told = process_->ask_for<Measured>(Model{task}, patience_of(timeout_seconds));
      process_->require([&] { require_model(told); });
      out.status = told.measurement.status;
      out.reason = told.measurement.reason;
      out.details = told.measurement.details;
      out.summary = told.measurement.summary;
      out.check = told.measurement.check;
      return;
    }
    const auto load = [&] {
      measure::LoadCounters counters = measure::read_load_counters();
      const auto seconds = process_->cpu_seconds();
      if (seconds && counters.own_cpu_seconds) *counters.own_cpu_seconds += *seconds;
      if (!seconds) counters.own_cpu_seconds.reset();
      return counters;
    };
    const measure::LoadCounters before = load();
    measure::PreparedProblem target = problem_of(task);
    out = measure::measure(target, task, begins);
    out.machine_load = change(before, load());
    // carry_out() adds the whole time.
    out.phases.total = 0;
  });
  access_->expect(0);
  return out;
}

Measurement DeviceWorker::prepare(const measure::Task& task, double timeout_seconds) {
  prepared_.reset();
  access_->expect(timeout_seconds);
  Measurement out;
  std::string phase = "start";
  carry_out(out, phase, [&] {
    prepared_ = std::make_unique<measure::PreparedProblem>(problem_of(task));
    prepared_->prepare(out, [&](const std::string& begun) { phase = begun; });
  });
  if (out.status != Status::ok) prepared_.reset();
  return out;
}

measure::PreparedProblem& DeviceWorker::prepared(double timeout_seconds) {
  if (!prepared_) {
    throw Error(fmt::format("{}: no task is prepared", results::record::device_key(device_)));
  }
  access_->expect(timeout_seconds);
  return *prepared_;
}

template <typename Steps>
std::invoke_result_t<const Steps&, measure::PreparedProblem&> DeviceWorker::with_prepared(
    double timeout_seconds, const Steps& steps) {
  try {
    return steps(prepared(timeout_seconds));
  } catch (const Error&) {
    stop();
    throw;
  }
}

std::vector<assay_launch> DeviceWorker::launch(std::uint32_t count, results::record::Mode mode,
                                               double timeout_seconds) {
  return with_prepared(timeout_seconds, [&](measure::PreparedProblem& problem) {
    return problem.launch(count, measure::launch_mode(mode));
  });
}

void DeviceWorker::overwrite_outputs(double timeout_seconds) {
  with_prepared(timeout_seconds, [](measure::PreparedProblem& problem) {
    problem.challengeable()->disturb(measure::Inputs::original, measure::entropy);
  });
}

measure::Seen DeviceWorker::look_at_outputs(bool whole, bool again, double timeout_seconds) {
  return with_prepared(timeout_seconds, [&](measure::PreparedProblem& problem) {
    return whole ? problem.challengeable()->look_at_whole(again)
                 : problem.challengeable()->look_at_parts();
  });
}

Measurement DeviceWorker::judge_outputs(bool brief, double timeout_seconds) {
  Measurement out;
  carry_out(out, "verify", [&] {
    measure::Challengeable& problem = *prepared(timeout_seconds).challengeable();
    out.check = problem.judge(measure::Inputs::original, brief);
  });
  if (out.status != Status::ok) prepared_.reset();
  return out;
}

std::optional<measure::Reading> DeviceWorker::read_sensors(double timeout_seconds) {
  return prepared(timeout_seconds).read_sensors();
}

Measurement DeviceWorker::check(double timeout_seconds) {
  Measurement out;
  carry_out(out, "verify", [&] { prepared(timeout_seconds).check(out); });
  if (out.status != Status::ok) prepared_.reset();
  return out;
}

}  // namespace assay::harness::worker
