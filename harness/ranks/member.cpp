#include "harness/ranks/member.h"

#include <fmt/format.h>

#include "harness/environment/environment.h"
#include "kernels/error.h"

namespace assay::harness::ranks {

namespace {

/// Parses a message of the coordinator; if the text is no message, returns the failure to answer
/// with.
std::variant<ToRank, worker::Failed> message_to_rank(const std::string& text) {
  try {
    return worker::message_in<ToRank>(text);
  } catch (const Error& error) {
    return worker::failed(error);
  }
}

template <typename... Functions>
struct Overloaded : Functions... {
  using Functions::operator()...;
};

}  // namespace

Member::Member(const Place& place, const Meeting& meeting, const worker::Interrupt& interrupt,
               double timeout_seconds)
    : interrupt_(interrupt) {
  link_ = meeting.connect(timeout_seconds, interrupt);
  tell(Hello{place.rank, place.slot, environment::host_name(), environment::version_text()});
  std::string text, why = "it did not answer", hint;
  if (link_.receive(text, timeout_seconds, &interrupt) == Link::Event::message) {
    const auto message = message_to_rank(text);
    const ToRank* const told = std::get_if<ToRank>(&message);
    if (told != nullptr && std::holds_alternative<Welcome>(*told)) {
      run_ = std::get<Welcome>(*told).run;
      return;
    }
    if (told != nullptr && std::holds_alternative<Refused>(*told)) {
      why = std::get<Refused>(*told).reason;
      hint = std::get<Refused>(*told).hint;
    }
  }
  throw Error(fmt::format("rank {}: rank 0 refused it: {}", place.rank, why), hint);
}

void Member::tell(const FromRank& message) {
  const std::string text = line_of(message);
  if (text.size() <= kMostMessageBytes) return link_.send(text);
  link_.send(line_of(FromRank(worker::Failed{
      fmt::format("a message of {} MiB is too long to send", text.size() >> 20), "", false})));
}

void Member::fail(const std::string& reason, const std::string& hint) {
  tell(Unable{reason, hint});
  std::string text;
  while (link_.receive(text, Link::kForever, &interrupt_) == Link::Event::message) {
    const auto message = message_to_rank(text);
    const ToRank* const told = std::get_if<ToRank>(&message);
    if (told != nullptr && !std::holds_alternative<Go>(*told)) return;
  }
}

void Member::serve(Equipment& equipment, const worker::SessionOptions& options,
                   const std::function<void(const std::vector<results::record::Record>&)>& rescue) {
  Planned planned{equipment.device,
                  stored_entries(equipment.plan, {equipment.device}),
                  {},
                  environment::available_memory(),
                  equipment.environment_json};
  for (const auto& [module, worker] : equipment.collective) planned.collective.push_back(module);
  tell(planned);
  bool measured = false;
  try {
    std::string text;
    while (link_.receive(text, Link::kForever, &interrupt_) == Link::Event::message) {
      const auto message = message_to_rank(text);
      if (const auto* failure = std::get_if<worker::Failed>(&message)) {
        tell(*failure);
        continue;
      }
      const ToRank& told = std::get<ToRank>(message);
      if (std::holds_alternative<End>(told)) return;
      if (std::holds_alternative<Refused>(told)) break;
      if (std::holds_alternative<Go>(told)) {
        measured = true;
        measure(equipment, options);
      } else if (const Order* order = std::get_if<Order>(&told)) {
        carry_out(equipment, *order);
      }
    }
    if (!measured) measure(equipment, options);
  } catch (const worker::Interrupted&) {
    if (!link_.open() && !records_.empty()) rescue(records_);
    throw;
  }
  if (!records_.empty()) rescue(records_);
}

void Member::measure(Equipment& equipment, worker::SessionOptions options) {
  options.run = run_;
  const worker::SessionObserver observer = {
      [&](std::size_t index, const plan::PlanEntry&) { tell(Begins{index}); },
      [&](const std::string&) { tell(Alive()); },
      [&](std::size_t, const plan::PlanEntry&, const results::record::Record&) {
        interrupt_.check();
      }};
  const auto keep = [&](const results::record::Record& record) {
    records_.push_back(record);
    tell(Made{record});
  };
  if (!equipment.plan.entries.empty()) {
    worker::carry_out(equipment.plan, *equipment.workers, options, keep, observer);
  }
  tell(Done());
}

FromRank Member::answer(worker::DeviceWorker& worker, const DeviceRequest& request,
                        double timeout_seconds) {
  return std::visit(
      Overloaded{
          [&](const worker::Implementations& one) -> FromRank {
            return worker::Offers{worker.implementations(one.problem)};
          },
          [&](const PrepareTask& one) -> FromRank {
            return worker::Measured{worker.prepare(one.task, timeout_seconds)};
          },
          [&](const worker::Launch& one) -> FromRank {
            return worker::launches_of(worker.launch(one.count, one.mode, timeout_seconds));
          },
          [&](const worker::ReadSensors&) -> FromRank {
            const auto reading = worker.read_sensors(timeout_seconds);
            return worker::SensorReading{reading.has_value(), reading.value_or(measure::Reading())};
          },
          [&](const OverwriteOutputs&) -> FromRank {
            worker.overwrite_outputs(timeout_seconds);
            return Overwritten();
          },
          [&](const LookAtOutputs& one) -> FromRank {
            return OutputsSeen{worker.look_at_outputs(one.whole, one.again, timeout_seconds)};
          },
          [&](const JudgeOutputs& one) -> FromRank {
            return worker::Measured{worker.judge_outputs(one.brief, timeout_seconds)};
          },
          [&](const CheckOutput&) -> FromRank {
            return worker::Measured{worker.check(timeout_seconds)};
          },
          [&](const worker::GetUniqueId&) -> FromRank {
            return worker::UniqueId{worker.unique_id()};
          },
          [&](const worker::Join& one) -> FromRank {
            worker.join(one.id, one.ranks, one.rank, timeout_seconds);
            return worker::Joined{worker.device()};
          },
          [&](const worker::Leave&) -> FromRank {
            worker.leave(timeout_seconds);
            return worker::Left();
          }},
      request);
}

void Member::carry_out(Equipment& equipment, const Order& order) {
  std::string text;
  if (link_.receive(text, order.timeout_seconds, &interrupt_) != Link::Event::message) return;
  try {
    const auto request = worker::message_in<DeviceRequest>(text);
    const auto worker = equipment.collective.find(order.module);
    if (worker == equipment.collective.end()) {
      throw Error(fmt::format("module {} has no device on this rank", order.module));
    }
    tell(answer(*worker->second, request, order.timeout_seconds));
  } catch (const Error& error) {
    tell(worker::failed(error));
  }
}

}  // namespace assay::harness::ranks
