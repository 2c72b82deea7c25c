#include "harness/worker/worker_process.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/measure/clock.h"
#include "harness/measure/device_access.h"
#include "results/page/quantity_text.h"

namespace assay::harness::worker {
namespace {

using measure::DeviceFailure;
using measure::seconds_now;
using results::record::Status;

std::string with_last_output(std::string text, const Child& child) {
  const std::string output = child.last_output();
  return output.empty() ? text : fmt::format("{}; its last output: {}", text, output);
}

std::string_view kind_of(const Request& request) {
  return std::visit([](const auto& body) { return std::string_view(body.kKind); }, request);
}

}  // namespace

Patience patience_of(double seconds) {
  return {seconds_now() + seconds, seconds};
}

std::map<std::string, std::string> worker_environment() {
  return {{"OMP_WAIT_POLICY", "passive"}};
}

Child start_worker(const WorkerSettings& settings, const WorkerOptions& options) {
  return Child::start(settings.executable, {"worker", json_of(options)}, worker_environment());
}

std::string ending(Child& child) {
  const Exit exit = child.finish();
  std::string text = fmt::format("the worker ended with {}", exit.text());
  if (exit.signal == SIGKILL) text += " (the kernel does this when memory runs out)";
  return with_last_output(text, child);
}

std::optional<Answer> parsed_answer(const std::string& line) {
  try {
    return answer_in(line);
  } catch (const Error&) {
    return std::nullopt;
  }
}

/// A worker's answer, or why there is none.
struct WorkerProcess::Reply {
  enum class Event { answer, closed, timed_out, unreadable } event = Event::closed;
  Answer answer;
};

WorkerProcess::WorkerProcess(WorkerSettings settings, std::uint32_t device, std::string module,
                             const Interrupt* interrupt, std::vector<Published> pretended)
    : settings_(std::move(settings)),
      device_(device),
      module_(std::move(module)),
      interrupt_(interrupt),
      pretended_(std::move(pretended)) {}

WorkerProcess::Reply WorkerProcess::receive(double timeout_seconds) {
  std::string line;
  switch (child_->receive(line, timeout_seconds, interrupt_)) {
    case Child::Event::closed:
      return {Reply::Event::closed, {}};
    case Child::Event::timed_out:
      return {Reply::Event::timed_out, {}};
    case Child::Event::line:
      break;
  }
  if (auto answer = parsed_answer(line)) return {Reply::Event::answer, std::move(*answer)};
  return {Reply::Event::unreadable, {}};
}

std::string WorkerProcess::end(const Reply& reply) {
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

void WorkerProcess::open() {
  if (child_) return;
  child_ = start_worker(settings_, {.module = module_,
                                    .device = device_,
                                    .threads = settings_.threads,
                                    .tune = settings_.tune,
                                    .pretended = pretended_});
  ++starts_;
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
  throw DeviceFailure(Status::error, why, hint);
}

Answer WorkerProcess::ask(const Request& request, Patience patience,
                          const std::function<void()>& waits, std::span<const int> descriptors) {
  try {
    open();
    child_->send(line_of(request), descriptors);
    while (true) {
      const double left = patience.deadline - seconds_now();
      Reply reply = receive(std::clamp(left, 0.0, 1.0));
      if (reply.event == Reply::Event::timed_out && left > 1) {
        if (waits) waits();
        continue;
      }
      if (reply.event == Reply::Event::timed_out) {
        child_->finish();
        const std::string why = with_last_output(
            fmt::format("killed after {} without an answer to the request {}",
                        results::page::duration_text(patience.total), kind_of(request)),
            *child_);
        child_.reset();
        throw DeviceFailure(Status::timeout, why);
      }
      if (reply.event != Reply::Event::answer) throw DeviceFailure(Status::crashed, end(reply));
      const Failed* failure = std::get_if<Failed>(&reply.answer);
      if (failure == nullptr) return std::move(reply.answer);
      // Such a worker ends itself; reap it now, so that the next request is not blamed.
      if (failure->device_lost) child_.reset();
      throw DeviceFailure(failure->status, failure->reason, failure->hint);
    }
  } catch (const Interrupted&) {
    child_.reset();
    throw;
  }
}

void WorkerProcess::refuse(const Request& request) {
  child_.reset();
  throw DeviceFailure(Status::crashed,
                      fmt::format("the worker gave an answer of the wrong kind to the request {}",
                                  kind_of(request)));
}

void WorkerProcess::leave(Patience patience) {
  if (!child_) return;
  child_->send(line_of(Leave()));
  while (receive(std::max(0.0, patience.deadline - seconds_now())).event == Reply::Event::answer) {
  }
  child_.reset();
}

}  // namespace assay::harness::worker
