#include "harness/ranks/member.h"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <nlohmann/json.hpp>

#include "harness/environment/environment.h"
#include "harness/ranks/messages.h"
#include "kernels/error.h"

namespace assay::harness::ranks {

namespace {

using nlohmann::ordered_json;
using results::record::Record;

constexpr double kForever = 1e9;

/// Carries out one order of a collective on this rank's device.
ordered_json carry_out(worker::DeviceWorker& worker, const ordered_json& order) {
  const std::string what = order.at("kind");
  const double timeout = order.value("timeout", 60.0);
  ordered_json out = {{"kind", "answer"}, {"ok", true}};
  if (what == "unique_id") {
    out["id"] = worker::hex(worker.unique_id());
  } else if (what == "join") {
    worker.join(worker::from_hex(order.at("id")), order.at("ranks"), order.at("rank"), timeout);
    out["device"] = worker::to_json(worker.device());
  } else if (what == "leave") {
    worker.leave(timeout);
  } else if (what == "implementations") {
    out["offers"] = worker::to_json(worker.implementations(order.at("problem")));
  } else if (what == "launch") {
    ordered_json seconds = ordered_json::array(), host = ordered_json::array();
    for (const assay_launch& one : worker.launch(order.at("count"), order.at("mode"), timeout)) {
      seconds.push_back(one.device_seconds);
      host.push_back(one.host_seconds);
    }
    out["device_seconds"] = seconds;
    out["host_seconds"] = host;
  } else {
    results::record::Record record =
        results::record::record_from_json(order.at("record").get<std::string>());
    record.device = worker.device();
    record = what == "hold" ? worker.hold(record, timeout) : worker.check(record, timeout);
    out["record"] = results::record::to_json(record);
  }
  return out;
}

}  // namespace

Member::Member(const Place& place, const Meeting& meeting, const worker::Interrupt& interrupt,
               double timeout_seconds)
    : interrupt_(interrupt) {
  Endpoint endpoint;
  socket_ = meeting.connect(timeout_seconds, interrupt, endpoint);
  tell({{"kind", "hello"},
        {"token", endpoint.token},
        {"rank", place.rank},
        {"slot", place.slot},
        {"host", environment::host_name()},
        {"process", getpid()},
        {"version", environment::version_text()}});
  std::string line;
  if (socket_.receive(line, timeout_seconds, &interrupt) == LineSocket::Event::line) {
    if (const auto message = message_in(line); message && message->at("kind") == "welcome") {
      run_ = message->at("run");
      return;
    }
  }
  throw Error(fmt::format("rank {}: rank 0 does not take it in", place.rank),
              "all ranks must run the same assay, started by one launcher");
}

void Member::tell(const ordered_json& message) {
  socket_.send(line_of(message));
}

void Member::fail(const std::string& reason, const std::string& mend) {
  tell({{"kind", "failed"}, {"reason", reason}, {"mend", mend}});
  std::string line;
  while (socket_.receive(line, kForever, &interrupt_) == LineSocket::Event::line) {
  }
}

void Member::serve(Equipment& equipment, const worker::SessionOptions& options,
                   const std::function<void(const std::vector<results::record::Record>&)>& rescue) {
  ordered_json collective = ordered_json::array();
  for (const auto& [module, worker] : equipment.collective) collective.push_back(module);
  tell({{"kind", "planned"},
        {"device", worker::to_json(equipment.device)},
        {"plan", plan_to_json(equipment.plan, {equipment.device})},
        {"collective", collective},
        {"memory", environment::available_memory()},
        {"environment", equipment.environment_json}});
  bool measured = false;
  try {
    std::string line;
    while (socket_.receive(line, kForever, &interrupt_) == LineSocket::Event::line) {
      const auto message = message_in(line);
      if (!message) break;
      const std::string kind = message->at("kind");
      if (kind == "end") return;
      if (kind == "go") {
        measured = true;
        measure(equipment, options);
      } else {
        answer(equipment, *message);
      }
    }
    if (!measured) measure(equipment, options);
  } catch (const worker::Interrupted&) {
    if (!socket_.open() && !records_.empty()) rescue(records_);
    throw;
  }
  if (!records_.empty()) rescue(records_);
}

void Member::measure(Equipment& equipment, worker::SessionOptions options) {
  options.run = run_;
  const worker::SessionObserver observer = {
      [&](std::size_t index, const plan::PlanEntry&) {
        tell({{"kind", "begins"}, {"index", index}});
      },
      [&](const std::string&) {
        tell({{"kind", "alive"}});
      },
      [&](std::size_t, const plan::PlanEntry&, const results::record::Record&) {
        interrupt_.check();
      }};
  const auto keep = [&](const results::record::Record& record) {
    records_.push_back(record);
    tell({{"kind", "record"}, {"record", results::record::to_json(record)}});
  };
  worker::carry_out(equipment.plan, *equipment.workers, options, keep, observer);
  tell({{"kind", "done"}});
}

void Member::answer(Equipment& equipment, const ordered_json& order) {
  const auto worker = equipment.collective.find(order.value("module", ""));
  try {
    if (worker == equipment.collective.end()) {
      throw Error(fmt::format("module {} has no device here", order.value("module", "")));
    }
    tell(carry_out(*worker->second, order));
  } catch (const Error& error) {
    tell({{"kind", "answer"}, {"ok", false}, {"reason", error.what()}});
  }
}

}  // namespace assay::harness::ranks
