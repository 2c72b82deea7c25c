#include "harness/worker/device_worker.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "backends/loader.h"
#include "harness/measure/clock.h"
#include "kernels/error.h"
#include "results/page/quantity_text.h"
#include "results/record/listing.h"

namespace assay::harness::worker {
namespace {

using measure::Measurement;
using measure::seconds_now;
using results::record::Status;

std::string with_last_output(std::string text, const Child& child) {
  const std::string output = child.last_output();
  return output.empty() ? text : fmt::format("{}; its last output: {}", text, output);
}

/// Describes how a worker ended instead of answering.
std::string ending(Child& child) {
  const Exit exit = child.finish();
  std::string text = fmt::format("the worker ended with {}", exit.text());
  if (exit.signal == SIGKILL) text += " (the kernel does this when memory runs out)";
  return with_last_output(text, child);
}

/// Parses an answer; nullopt if the line is not a valid answer, so that the process is unreliable.
std::optional<Answer> parsed(const std::string& line) {
  try {
    return answer_in(line);
  } catch (const Error&) {
    return std::nullopt;
  }
}

std::string_view kind_of(const Request& request) {
  return std::visit([](const auto& body) { return std::string_view(body.kKind); }, request);
}

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
  if (event == Child::Event::closed) {
    report.failure = "probing for devices: " + ending(child);
    return report;
  }
  const std::optional<Answer> answer = parsed(line);
  if (answer && std::holds_alternative<ModuleReport>(*answer)) {
    report = std::get<ModuleReport>(*answer);
    report.name = file.name;
  } else if (answer && std::holds_alternative<Failed>(*answer)) {
    report.failure = std::get<Failed>(*answer).reason;
    report.hint = std::get<Failed>(*answer).hint;
  } else {
    report.failure = "probing for devices gave an invalid answer";
  }
  return report;
}

std::vector<ModuleReport> probe(const std::vector<backends::ModuleFile>& files,
                                const WorkerSettings& settings, double timeout_seconds) {
  std::vector<Child> children;
  for (const backends::ModuleFile& file : files) {
    children.push_back(Child::start(settings.executable,
                                    {"worker", "--probe", "--module", file.path.string()},
                                    worker_environment()));
  }
  const double deadline = seconds_now() + timeout_seconds;
  std::vector<ModuleReport> reports;
  for (std::size_t i = 0; i < files.size(); ++i) {
    reports.push_back(probe_report(children[i], files[i], deadline));
  }
  return reports;
}

}  // namespace

std::map<std::string, std::string> worker_environment() {
  return {{"OMP_WAIT_POLICY", "passive"}};
}

std::vector<ModuleReport> probe_all(const WorkerSettings& settings, double timeout_seconds) {
  return probe(backends::find_modules(), settings, timeout_seconds);
}

std::vector<ModuleReport> probe_folder(const WorkerSettings& settings,
                                       const std::filesystem::path& folder,
                                       double timeout_seconds) {
  return probe(backends::modules_in({folder}), settings, timeout_seconds);
}

ModuleReport probe_pretended(const WorkerSettings& settings, const backends::ModuleFile& module,
                             const std::vector<Published>& systems, double timeout_seconds) {
  Child child = Child::start(
      settings.executable,
      {"worker", "--probe", "--module", module.path.string(), "--pretend", to_json(systems).dump()},
      worker_environment());
  return probe_report(child, module, seconds_now() + timeout_seconds);
}

/// A worker's answer, or why there is none.
struct DeviceWorker::Reply {
  enum class Event { answer, closed, timed_out, unreadable } event = Event::closed;
  Answer answer;
};

DeviceWorker::DeviceWorker(WorkerSettings settings, results::record::DeviceIdentity device,
                           std::string module, const Interrupt* interrupt,
                           std::vector<Published> pretended)
    : settings_(std::move(settings)),
      device_(std::move(device)),
      module_(std::move(module)),
      interrupt_(interrupt),
      pretended_(std::move(pretended)) {}

DeviceWorker::Reply DeviceWorker::receive(double timeout_seconds) {
  std::string line;
  switch (child_->receive(line, timeout_seconds, interrupt_)) {
    case Child::Event::closed:
      return {Reply::Event::closed, {}};
    case Child::Event::timed_out:
      return {Reply::Event::timed_out, {}};
    case Child::Event::line:
      break;
  }
  if (auto answer = parsed(line)) return {Reply::Event::answer, std::move(*answer)};
  return {Reply::Event::unreadable, {}};
}

std::string DeviceWorker::end(const Reply& reply) {
  std::string text;
  if (reply.event == Reply::Event::closed) {
    text = ending(*child_);
  } else {
    child_->finish();
    text = with_last_output("the worker gave an invalid answer", *child_);
  }
  child_.reset();
  return text;
}

void DeviceWorker::start() {
  if (child_) return;
  std::vector<std::string> arguments = {"worker",
                                        "--module",
                                        module_,
                                        "--device",
                                        std::to_string(device_.index),
                                        "--threads",
                                        std::to_string(settings_.threads)};
  if (settings_.tune) arguments.emplace_back("--tune");
  if (!pretended_.empty()) {
    arguments.insert(arguments.end(), {"--pretend", to_json(pretended_).dump()});
  }
  child_ = Child::start(settings_.executable, arguments, worker_environment());
  const Reply reply = receive(settings_.open_timeout_seconds);
  std::string why = "no answer when opening the device";
  std::string hint;
  if (reply.event == Reply::Event::answer) {
    if (std::holds_alternative<Ready>(reply.answer)) return;
    why = "an unexpected answer when opening the device";
    if (const Failed* failure = std::get_if<Failed>(&reply.answer)) {
      why = failure->reason;
      hint = failure->hint;
    }
  } else if (reply.event != Reply::Event::timed_out) {
    why = end(reply);
  }
  child_.reset();
  throw Error(fmt::format("{}: {}", results::record::device_key(device_), why), hint);
}

Answer DeviceWorker::ask(const Request& request, double timeout_seconds) {
  start();
  child_->send(line_of(request));
  const double deadline = seconds_now() + timeout_seconds;
  Reply reply;
  do {
    reply = receive(std::max(0.0, deadline - seconds_now()));
  } while (reply.event == Reply::Event::answer && std::holds_alternative<Phase>(reply.answer));
  std::string why, hint;
  if (reply.event == Reply::Event::answer) {
    const Failed* failure = std::get_if<Failed>(&reply.answer);
    if (failure == nullptr) return std::move(reply.answer);
    if (failure->device_lost) child_.reset();
    why = failure->reason;
    hint = failure->hint;
  } else if (reply.event == Reply::Event::timed_out) {
    why = fmt::format("no answer in {} to the request {}",
                      results::page::duration_text(timeout_seconds), kind_of(request));
    child_.reset();
  } else {
    why = end(reply);
  }
  throw Error(fmt::format("{}: {}", results::record::device_key(device_), why), hint);
}

template <typename Wanted>
Wanted DeviceWorker::ask_for(const Request& request, double timeout_seconds) {
  Answer answer = ask(request, timeout_seconds);
  if (Wanted* wanted = std::get_if<Wanted>(&answer)) return std::move(*wanted);
  child_.reset();
  throw Error(fmt::format("{}: an answer of the wrong kind to the request {}",
                          results::record::device_key(device_), kind_of(request)));
}

std::vector<measure::Offer> DeviceWorker::implementations(const kernels::Problem& problem) {
  return ask_for<Offers>(Implementations{problem}, settings_.question_timeout_seconds).offers;
}

std::vector<std::byte> DeviceWorker::unique_id() {
  return ask_for<UniqueId>(GetUniqueId(), settings_.open_timeout_seconds).id;
}

void DeviceWorker::join(const std::vector<std::byte>& id, std::uint32_t ranks, std::uint32_t rank,
                        double timeout_seconds) {
  ask_for<Joined>(Join{id, ranks, rank}, timeout_seconds);
}

void DeviceWorker::leave(double timeout_seconds) {
  if (!child_) return;
  const double deadline = seconds_now() + timeout_seconds;
  child_->send(line_of(Leave()));
  while (receive(std::max(0.0, deadline - seconds_now())).event == Reply::Event::answer) {
  }
  child_.reset();
}

Measurement DeviceWorker::measure(const measure::Task& task, double timeout_seconds,
                                  const PhaseObserver& on_phase) {
  return await_measurement(Measure{task}, timeout_seconds, on_phase);
}

Measurement DeviceWorker::prepare(const measure::Task& task, double timeout_seconds) {
  return await_measurement(Prepare{task}, timeout_seconds, [](const std::string&) {});
}

Measurement DeviceWorker::check(double timeout_seconds) {
  return await_measurement(Check(), timeout_seconds, [](const std::string&) {});
}

std::vector<assay_launch> DeviceWorker::launch(std::uint32_t count, results::record::Mode mode,
                                               double timeout_seconds) {
  try {
    return launches_in(ask_for<Launches>(Launch{count, mode}, timeout_seconds));
  } catch (const Error&) {
    child_.reset();
    throw;
  }
}

Answer DeviceWorker::answer(const Request& request, double timeout_seconds) {
  if (std::holds_alternative<Measure>(request) || std::holds_alternative<Prepare>(request) ||
      std::holds_alternative<Check>(request)) {
    return Measured{await_measurement(request, timeout_seconds, [](const std::string&) {})};
  }
  if (const Launch* order = std::get_if<Launch>(&request)) {
    return launches_of(launch(order->count, order->mode, timeout_seconds));
  }
  if (const Join* order = std::get_if<Join>(&request)) {
    join(order->id, order->ranks, order->rank, timeout_seconds);
    return Joined{device_};
  }
  if (std::holds_alternative<Leave>(request)) {
    leave(timeout_seconds);
    return Left();
  }
  return ask(request, timeout_seconds);
}

Measurement DeviceWorker::await_measurement(const Request& request, double timeout_seconds,
                                            const PhaseObserver& on_phase) {
  const double begin = seconds_now();
  std::string phase = "start";
  const auto without_result = [&](Status status, const std::string& why) {
    Measurement out;
    out.status = status;
    out.reason = fmt::format("{} (phase: {})", why, phase);
    out.phases.total = seconds_now() - begin;
    child_.reset();
    return out;
  };
  try {
    start();
  } catch (const Error& error) {
    return without_result(Status::error, error.what());
  }
  child_->send(line_of(request));
  while (true) {
    Reply reply;
    const double left = begin + timeout_seconds - seconds_now();
    try {
      reply = receive(std::clamp(left, 0.0, 1.0));
    } catch (const Interrupted&) {
      child_.reset();
      throw;
    }
    if (reply.event == Reply::Event::timed_out) {
      if (left > 1) {
        on_phase(phase);
        continue;
      }
      child_->finish();
      return without_result(
          Status::timeout,
          with_last_output(fmt::format("killed after {} without a result",
                                       results::page::duration_text(timeout_seconds)),
                           *child_));
    }
    if (reply.event != Reply::Event::answer) return without_result(Status::crashed, end(reply));
    if (Measured* measured = std::get_if<Measured>(&reply.answer)) {
      // Such a worker ends itself; reap it now, so that the next measurement is not blamed.
      if (measured->measurement.device_lost) child_.reset();
      return std::move(measured->measurement);
    }
    if (const Failed* failure = std::get_if<Failed>(&reply.answer)) {
      return without_result(Status::error, failure->reason);
    }
    if (const Phase* begun = std::get_if<Phase>(&reply.answer)) phase = begun->name;
    on_phase(phase);
  }
}

}  // namespace assay::harness::worker
