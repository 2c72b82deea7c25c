#include "harness/worker/device_worker.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "backends/loader.h"
#include "harness/measure/clock.h"
#include "harness/measure/foreign_text.h"
#include "harness/worker/answer_check.h"
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

/// Parses an answer. Throws WrongAnswer if the line is none or is not bounded.
Answer parsed(const std::string& line) {
  try {
    Answer answer = answer_in(line);
    require_bounded(answer);
    return answer;
  } catch (const InputError& error) {
    throw WrongAnswer(measure::foreign_line(error.what()));
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
  if (child.overfull()) {
    report.failure = "probing for devices gave an answer without end";
    return report;
  }
  if (event == Child::Event::closed) {
    report.failure = "probing for devices: " + ending(child);
    return report;
  }
  try {
    Answer answer = parsed(line);
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

}  // namespace

std::map<std::string, std::string> worker_environment() {
  return {{"OMP_WAIT_POLICY", "passive"}};
}

std::vector<ModuleReport> probe_all(const WorkerSettings& settings, double timeout_seconds) {
  const auto files = backends::find_modules();
  std::vector<Child> children;
  for (const backends::ModuleFile& file : files) {
    children.push_back(Child::start(settings.executable,
                                    {"worker", "--probe", "--module", file.path.string()},
                                    worker_environment()));
    children.back().limit(kLongestAnswer);
  }
  const double deadline = seconds_now() + timeout_seconds;
  std::vector<ModuleReport> reports;
  for (std::size_t i = 0; i < files.size(); ++i) {
    reports.push_back(probe_report(children[i], files[i], deadline));
  }
  return reports;
}

ModuleReport probe_pretended(const WorkerSettings& settings, const backends::ModuleFile& module,
                             const std::vector<Published>& systems, double timeout_seconds) {
  Child child = Child::start(
      settings.executable,
      {"worker", "--probe", "--module", module.path.string(), "--pretend", to_json(systems).dump()},
      worker_environment());
  child.limit(kLongestAnswer);
  return probe_report(child, module, seconds_now() + timeout_seconds);
}

/// A worker's answer, or why there is none.
struct DeviceWorker::Reply {
  enum class Event { answer, closed, timed_out, wrong } event = Event::closed;
  Answer answer = Left();
  std::string why = {};  ///< what is wrong with it
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
      if (child_->overfull()) {
        return {Reply::Event::wrong, Left(),
                fmt::format("it has more than {} bytes", kLongestAnswer)};
      }
      return {Reply::Event::closed};
    case Child::Event::timed_out:
      return {Reply::Event::timed_out};
    case Child::Event::line:
      break;
  }
  // Before the first request only the opening of the device is answered.
  const std::optional<std::uint64_t> number = take_number(line);
  if (number.value_or(0) != number_of_request_) {
    return {Reply::Event::wrong, Left(), "it is not the answer to the last request"};
  }
  try {
    return {Reply::Event::answer, parsed(line)};
  } catch (const WrongAnswer& error) {
    return {Reply::Event::wrong, Left(), error.what()};
  }
}

std::string DeviceWorker::set_aside_for(const std::string& why) {
  child_->finish();
  std::string text =
      with_last_output(fmt::format("the worker gave a wrong answer: {}", why), *child_);
  child_.reset();
  set_aside_ = fmt::format("set aside since an earlier request: {}", text);
  return text;
}

void DeviceWorker::refuse(const std::string& why) {
  throw Error(fmt::format("{}: {}", results::record::device_key(device_), set_aside_for(why)));
}

std::string DeviceWorker::end(const Reply& reply) {
  if (reply.event == Reply::Event::wrong) return set_aside_for(reply.why);
  std::string text = ending(*child_);
  child_.reset();
  return text;
}

void DeviceWorker::send(const Request& request) {
  number_of_request_ = ++number_;
  child_->send(numbered(number_, line_of(request)));
}

void DeviceWorker::start() {
  if (!set_aside_.empty()) {
    throw Error(fmt::format("{}: {}", results::record::device_key(device_), set_aside_));
  }
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
  child_->limit(kLongestAnswer);
  number_of_request_ = 0;
  prepared_.reset();
  const Reply reply = receive(settings_.open_timeout_seconds);
  std::string why = "no answer when opening the device";
  std::string hint;
  if (reply.event == Reply::Event::answer) {
    if (const Ready* ready = std::get_if<Ready>(&reply.answer)) {
      try {
        return require_same(ready->device, device_);
      } catch (const WrongAnswer& error) {
        refuse(error.what());
      }
    }
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
  send(request);
  const double deadline = seconds_now() + timeout_seconds;
  Reply reply;
  do {
    reply = receive(std::max(0.0, deadline - seconds_now()));
    // A worker that goes on telling its phases does not prolong its time.
    if (seconds_now() > deadline && std::holds_alternative<Phase>(reply.answer)) {
      reply = {Reply::Event::timed_out};
    }
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
  refuse(fmt::format("it is of the wrong kind for the request {}", kind_of(request)));
}

std::vector<measure::Offer> DeviceWorker::implementations(const kernels::Problem& problem) {
  const Offers offers =
      ask_for<Offers>(Implementations{problem}, settings_.question_timeout_seconds);
  try {
    require_answers(offers, device_);
  } catch (const WrongAnswer& error) {
    refuse(error.what());
  }
  return offers.offers;
}

std::vector<std::byte> DeviceWorker::unique_id() {
  return ask_for<UniqueId>(GetUniqueId(), settings_.open_timeout_seconds).id;
}

void DeviceWorker::join(const std::vector<std::byte>& id, std::uint32_t ranks, std::uint32_t rank,
                        double timeout_seconds) {
  const Joined joined = ask_for<Joined>(Join{id, ranks, rank}, timeout_seconds);
  try {
    require_same(joined.device, device_);
  } catch (const WrongAnswer& error) {
    refuse(error.what());
  }
}

void DeviceWorker::leave(double timeout_seconds) {
  if (!child_) return;
  const double deadline = seconds_now() + timeout_seconds;
  send(Leave());
  while (seconds_now() < deadline &&
         receive(std::max(0.0, deadline - seconds_now())).event == Reply::Event::answer) {
  }
  child_.reset();
}

Measurement DeviceWorker::measure(const measure::Task& task, double timeout_seconds,
                                  const PhaseObserver& on_phase) {
  return await_measurement(Measure{task}, task, timeout_seconds, on_phase);
}

Measurement DeviceWorker::prepare(const measure::Task& task, double timeout_seconds) {
  Measurement out =
      await_measurement(Prepare{task}, task, timeout_seconds, [](const std::string&) {});
  if (child_ && out.status == Status::ok) prepared_ = task;
  return out;
}

Measurement DeviceWorker::check(double timeout_seconds) {
  if (!prepared_) {
    Measurement out;
    out.status = Status::error;
    out.reason = "no task is prepared";
    return out;
  }
  const measure::Task task = *prepared_;
  return await_measurement(Check(), task, timeout_seconds, [](const std::string&) {});
}

std::vector<assay_launch> DeviceWorker::launch(std::uint32_t count, results::record::Mode mode,
                                               double timeout_seconds) {
  try {
    const Launches launches = ask_for<Launches>(Launch{count, mode}, timeout_seconds);
    require_answers(launches, count);
    return launches_in(launches);
  } catch (const WrongAnswer& error) {
    refuse(error.what());
  } catch (const Error&) {
    child_.reset();
    throw;
  }
}

Answer DeviceWorker::answer(const Request& request, double timeout_seconds) {
  const auto measured = [](const measure::Task& task, Measurement result) {
    return Measured{task.problem.text(), task.implementation, std::move(result)};
  };
  if (const Measure* order = std::get_if<Measure>(&request)) {
    return measured(order->task, measure(order->task, timeout_seconds, [](const std::string&) {}));
  }
  if (const Prepare* order = std::get_if<Prepare>(&request)) {
    return measured(order->task, prepare(order->task, timeout_seconds));
  }
  if (std::holds_alternative<Check>(request)) {
    if (!prepared_) throw Error("no task is prepared");
    const measure::Task task = *prepared_;
    return measured(task, check(timeout_seconds));
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

Measurement DeviceWorker::await_measurement(const Request& request, const measure::Task& task,
                                            double timeout_seconds, const PhaseObserver& on_phase) {
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
  send(request);
  while (true) {
    Reply reply;
    const double left = begin + timeout_seconds - seconds_now();
    try {
      reply = receive(std::clamp(left, 0.0, 1.0));
    } catch (const Interrupted&) {
      child_.reset();
      throw;
    }
    const bool is_late = left <= 0 && std::holds_alternative<Phase>(reply.answer);
    if (reply.event == Reply::Event::timed_out || is_late) {
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
    if (reply.event != Reply::Event::answer) {
      const bool is_wrong = reply.event == Reply::Event::wrong;
      return without_result(is_wrong ? Status::error : Status::crashed, end(reply));
    }
    if (Measured* measured = std::get_if<Measured>(&reply.answer)) {
      try {
        require_answers(*measured, request, task, device_);
      } catch (const WrongAnswer& error) {
        return without_result(Status::error, set_aside_for(error.what()));
      }
      // Such a worker ends itself; reap it now, so that the next measurement is not blamed.
      if (measured->measurement.device_lost) child_.reset();
      return std::move(measured->measurement);
    }
    if (const Failed* failure = std::get_if<Failed>(&reply.answer)) {
      return without_result(Status::error, failure->reason);
    }
    const Phase* const begun = std::get_if<Phase>(&reply.answer);
    if (begun == nullptr) {
      return without_result(Status::error,
                            set_aside_for(fmt::format("it is of the wrong kind for the request {}",
                                                      kind_of(request))));
    }
    phase = measure::foreign_line(begun->name);
    on_phase(phase);
  }
}

}  // namespace assay::harness::worker
