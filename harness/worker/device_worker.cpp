#include "harness/worker/device_worker.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>

#include "backends/loader.h"
#include "harness/terminal/quantities.h"
#include "kernels/error.h"
#include "results/record/listing.h"

namespace assay::harness::worker {
namespace {

using nlohmann::ordered_json;
using results::record::Record;
using results::record::Status;

double seconds_now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// A worker's line as JSON; a line that is none says that the process is not to be trusted.
std::optional<ordered_json> parsed(const std::string& line) {
  ordered_json message = ordered_json::parse(line, nullptr, false);
  if (!message.is_object() || !message.contains(kKind)) return std::nullopt;
  return message;
}

std::string with_last_words(std::string text, const Child& child) {
  const std::string words = child.last_words();
  return words.empty() ? text : fmt::format("{}; last words: {}", text, words);
}

/// In words, how a worker ended that should have answered.
std::string obituary(Child& child) {
  const Exit exit = child.finish();
  std::string text = fmt::format("the worker ended with {}", exit.text());
  if (exit.signal == SIGKILL) text += " (the kernel kills so when memory runs out)";
  return with_last_words(text, child);
}

ModuleReport probe_report(Child& child, const backends::ModuleFile& file, double deadline) {
  ModuleReport report;
  report.name = file.name;
  report.path = file.path.string();
  std::string line;
  const auto event = child.receive(line, std::max(0.0, deadline - seconds_now()));
  if (event == Child::Event::timed_out) {
    report.failure = "did not answer in time when looking for devices (hung driver?)";
    return report;
  }
  if (event == Child::Event::closed) {
    report.failure = "looking for devices: " + obituary(child);
    return report;
  }
  const auto message = parsed(line);
  if (!message) {
    report.failure = "looking for devices gave no answer that can be understood";
  } else if (message->at(kKind) == "probed") {
    ModuleReport found = report_from_json(message->at("report"));
    found.name = file.name;
    return found;
  } else {
    report.failure = message->at("reason");
    report.mend = message->at("mend");
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
  return probe_report(child, module, seconds_now() + timeout_seconds);
}

struct DeviceWorker::Reply {
  Child::Event event = Child::Event::closed;
  ordered_json message;
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
  Reply reply;
  std::string line;
  reply.event = child_->receive(line, timeout_seconds, interrupt_);
  if (reply.event != Child::Event::line) return reply;
  if (auto message = parsed(line)) {
    reply.message = std::move(*message);
  } else {
    reply.event = Child::Event::closed;
  }
  return reply;
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
  if (reply.event == Child::Event::line && reply.message.at(kKind) == "ready") return;
  std::string why = "no answer when opened";
  std::string mend;
  if (reply.event == Child::Event::closed) why = obituary(*child_);
  if (reply.event == Child::Event::line) {
    why = reply.message.at("reason");
    mend = reply.message.at("mend");
  }
  child_.reset();
  throw Error(fmt::format("{}: {}", results::record::device_key(device_), why), mend);
}

ordered_json DeviceWorker::demand(const ordered_json& request, const std::string& owed,
                                  double timeout_seconds) {
  start();
  child_->send(request.dump());
  const Reply reply = receive(timeout_seconds);
  if (reply.event == Child::Event::line) {
    if (reply.message.at(kKind) == owed) return reply.message;
    throw Error(fmt::format("{}: {}", results::record::device_key(device_),
                            reply.message.at("reason").get<std::string>()),
                reply.message.value("mend", ""));
  }
  const std::string asked = request.at(kKind);
  const std::string why = reply.event == Child::Event::closed
                              ? obituary(*child_)
                              : fmt::format("no answer in {} when asked: {}",
                                            terminal::duration_text(timeout_seconds), asked);
  child_.reset();
  throw Error(fmt::format("{}: {}", results::record::device_key(device_), why));
}

std::vector<measure::Offer> DeviceWorker::implementations(const std::string& problem) {
  const ordered_json reply = demand({{kKind, "implementations"}, {"problem", problem}},
                                    "implementations", settings_.question_timeout_seconds);
  return offers_from_json(reply.at("offers"));
}

std::vector<std::byte> DeviceWorker::unique_id() {
  const ordered_json reply =
      demand({{kKind, "unique_id"}}, "unique_id", settings_.open_timeout_seconds);
  return from_hex(reply.at("id"));
}

void DeviceWorker::join(const std::vector<std::byte>& id, std::uint32_t ranks, std::uint32_t rank,
                        double timeout_seconds) {
  demand({{kKind, "join"}, {"id", hex(id)}, {"ranks", ranks}, {"rank", rank}}, "joined",
         timeout_seconds);
}

void DeviceWorker::leave(double timeout_seconds) {
  if (!child_) return;
  const double deadline = seconds_now() + timeout_seconds;
  child_->send(ordered_json{{kKind, "leave"}}.dump());
  while (receive(std::max(0.0, deadline - seconds_now())).event == Child::Event::line) {
  }
  child_.reset();
}

results::record::Record DeviceWorker::measure(
    results::record::Record asked, double timeout_seconds,
    const std::function<void(const std::string&)>& on_phase) {
  const ordered_json request = {{kKind, "measure"}, {"record", results::record::to_json(asked)}};
  return ask(request, std::move(asked), timeout_seconds, on_phase);
}

results::record::Record DeviceWorker::hold(results::record::Record asked, double timeout_seconds) {
  const ordered_json request = {{kKind, "hold"}, {"record", results::record::to_json(asked)}};
  return ask(request, std::move(asked), timeout_seconds, [](const std::string&) {});
}

results::record::Record DeviceWorker::check(const results::record::Record& asked,
                                            double timeout_seconds) {
  return ask({{kKind, "check"}}, asked, timeout_seconds, [](const std::string&) {});
}

std::vector<assay_launch> DeviceWorker::launch(std::uint32_t count, results::record::Mode mode,
                                               double timeout_seconds) {
  start();
  child_->send(ordered_json{{kKind, "launch"}, {"count", count}, {"mode", name(mode)}}.dump());
  const Reply reply = receive(timeout_seconds);
  if (reply.event == Child::Event::line && reply.message.at(kKind) == "launched") {
    const auto device = reply.message.at("device_seconds").get<std::vector<double>>();
    const auto host = reply.message.at("host_seconds").get<std::vector<double>>();
    std::vector<assay_launch> out(device.size());
    for (std::size_t i = 0; i < out.size(); ++i) {
      out[i].device_seconds = device[i];
      out[i].host_seconds = host.at(i);
    }
    return out;
  }
  std::string why =
      "killed after " + terminal::duration_text(timeout_seconds) + " without a result";
  if (reply.event == Child::Event::closed) why = obituary(*child_);
  if (reply.event == Child::Event::line) why = reply.message.at("reason");
  child_.reset();
  throw Error(fmt::format("{}: {}", results::record::device_key(device_), why));
}

results::record::Record DeviceWorker::ask(const ordered_json& request,
                                          results::record::Record asked, double timeout_seconds,
                                          const std::function<void(const std::string&)>& on_phase) {
  const double begin = seconds_now();
  std::string phase = "start";
  const auto failed = [&](results::record::Status status, const std::string& why) {
    asked.status = status;
    asked.reason = fmt::format("{} (phase: {})", why, phase);
    asked.phases.total = seconds_now() - begin;
    child_.reset();
    return asked;
  };
  try {
    start();
  } catch (const Error& error) {
    return failed(Status::error, error.what());
  }
  child_->send(request.dump());
  while (true) {
    Reply reply;
    const double left = begin + timeout_seconds - seconds_now();
    try {
      reply = receive(std::clamp(left, 0.0, 1.0));
    } catch (const Interrupted&) {
      child_.reset();
      throw;
    }
    if (reply.event == Child::Event::timed_out) {
      if (left > 1) {
        on_phase(phase);
        continue;
      }
      child_->finish();
      return failed(Status::timeout,
                    with_last_words(fmt::format("killed after {} without a result",
                                                terminal::duration_text(timeout_seconds)),
                                    *child_));
    }
    if (reply.event == Child::Event::closed) return failed(Status::crashed, obituary(*child_));
    if (reply.message.at(kKind) == "measured") {
      // Such a worker ends itself, which is not the next measurement's fault.
      if (reply.message.at("device_lost")) child_.reset();
      return results::record::record_from_json(reply.message.at("record").get<std::string>());
    }
    phase = reply.message.value("phase", phase);
    on_phase(phase);
  }
}

}  // namespace assay::harness::worker
