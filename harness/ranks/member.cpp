#include "harness/ranks/member.h"

#include <fmt/format.h>

#include "harness/environment/environment.h"
#include "kernels/error.h"

namespace assay::harness::ranks {

namespace {

using worker::LineChannel;

/// Parses a message of the coordinator; if the line is not a message, returns the failure to answer
/// with.
std::variant<ToRank, worker::Failed> message_to_rank(const std::string& line) {
  try {
    return worker::message_in<ToRank>(line);
  } catch (const Error& error) {
    return worker::failed(error);
  }
}

/// Converts a worker's answer to a message of the rank. Ready and Phase messages are not forwarded.
FromRank passed_on(worker::Answer answer) {
  return std::visit(
      [](auto& body) -> FromRank {
        if constexpr (std::is_constructible_v<FromRank, decltype(std::move(body))>) {
          return std::move(body);
        } else {
          return worker::Failed{fmt::format("\"{}\" is not an answer", body.kKind), "", false};
        }
      },
      answer);
}

}  // namespace

Member::Member(const Place& place, const Meeting& meeting, const worker::Interrupt& interrupt,
               double timeout_seconds)
    : interrupt_(interrupt) {
  Endpoint endpoint;
  socket_ = meeting.connect(timeout_seconds, interrupt, endpoint);
  tell(Hello{endpoint.token, place.rank, place.slot, environment::host_name(),
             environment::version_text()});
  std::string line;
  if (socket_.receive(line, timeout_seconds, &interrupt) == LineChannel::Event::line) {
    const auto message = message_to_rank(line);
    if (const ToRank* told = std::get_if<ToRank>(&message)) {
      if (const Welcome* welcome = std::get_if<Welcome>(told)) {
        run_ = welcome->run;
        return;
      }
    }
  }
  throw Error(fmt::format("rank {}: rank 0 refused it", place.rank),
              "all ranks must run the same version of assay, started by one launcher");
}

void Member::tell(const FromRank& message) {
  socket_.send(line_of(message));
}

void Member::fail(const std::string& reason, const std::string& hint) {
  tell(Unable{reason, hint});
  std::string line;
  while (socket_.receive(line, LineChannel::kForever, &interrupt_) == LineChannel::Event::line) {
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
    std::string line;
    while (socket_.receive(line, LineChannel::kForever, &interrupt_) == LineChannel::Event::line) {
      const auto message = message_to_rank(line);
      if (const auto* failure = std::get_if<worker::Failed>(&message)) {
        tell(*failure);
        continue;
      }
      const ToRank& told = std::get<ToRank>(message);
      if (std::holds_alternative<End>(told)) return;
      if (std::holds_alternative<Go>(told)) {
        measured = true;
        measure(equipment, options);
      } else if (const Order* order = std::get_if<Order>(&told)) {
        carry_out(equipment, *order);
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

void Member::carry_out(Equipment& equipment, const Order& order) {
  std::string line;
  if (socket_.receive(line, order.timeout_seconds, &interrupt_) != LineChannel::Event::line) return;
  try {
    const worker::Request request = worker::request_in(line);
    const auto worker = equipment.collective.find(order.module);
    if (worker == equipment.collective.end()) {
      throw Error(fmt::format("module {} has no device on this rank", order.module));
    }
    tell(passed_on(worker->second->answer(request, order.timeout_seconds)));
  } catch (const Error& error) {
    tell(worker::failed(error));
  }
}

}  // namespace assay::harness::ranks
