#include "harness/worker/worker_process.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/measure/clock.h"
#include "harness/measure/device_access.h"
#include "harness/measure/foreign_text.h"
#include "harness/worker/answer_check.h"
#include "harness/worker/message_keys.h"
#include "kernels/secrets.h"
#include "results/page/quantity_text.h"
#include "results/record/texts.h"

namespace assay::harness::worker {
namespace {

using measure::DeviceFailure;
using measure::seconds_now;
using results::record::Status;

std::string with_last_output(std::string text, const Child& child) {
  const std::string output = without_known_secrets(child.last_output());
  if (output.empty()) return text;
  if (child.output_is_cut()) {
    return fmt::format("{}; it wrote more than the {} MiB that are kept, the last of which are: {}",
                       text, kMostOutputBytes >> 20, output);
  }
  return fmt::format("{}; its last output: {}", text, output);
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
  Child child = Child::start(settings.executable, {"worker"}, worker_environment());
  child.limit(kLongestAnswer);
  child.send(json_of(options));
  return child;
}

std::string ending(Child& child) {
  const Exit exit = child.finish();
  std::string text = fmt::format("the worker ended with {}", exit.text());
  if (exit.signal == SIGKILL) text += " (the kernel does this when memory runs out)";
  return with_last_output(text, child);
}

namespace {

/// A module or its library may quote a variable or an address. Measurements are masked when their
/// record is made.
template <typename Message>
void mask_secrets_of(Message& message) {
  using results::record::mask_secrets;
  const auto hide = [](std::string& text) { text = without_known_secrets(text); };
  if constexpr (AnyOf<Message, Failed>) {
    hide(message.reason);
    hide(message.hint);
  } else if constexpr (AnyOf<Message, Details>) {
    mask_secrets(message.details);
  } else if constexpr (AnyOf<Message, Offers>) {
    for (measure::Offer& offer : message.offers) hide(offer.reason);
  } else if constexpr (AnyOf<Message, Ready, Joined>) {
    mask_secrets(message.device);
  } else if constexpr (AnyOf<Message, ModuleReport>) {
    for (std::string* text : {&message.version, &message.description, &message.summary,
                              &message.hint, &message.failure}) {
      hide(*text);
    }
    mask_secrets(message.details);
    mask_secrets(message.refused);
    for (results::record::DeviceIdentity& device : message.devices) mask_secrets(device);
  }
}

}  // namespace

Answer parsed_answer(const std::string& line) {
  try {
    Answer answer = answer_in(line);
    require_bounded(answer);
    std::visit([](auto& message) { mask_secrets_of(message); }, answer);
    return answer;
  } catch (const InputError& error) {
    throw WrongAnswer(measure::foreign_line(error.what()));
  }
}

/// A worker's answer, or why there is none.
struct WorkerProcess::Reply {
  enum class Event { answer, closed, timed_out, wrong } event = Event::closed;
  Answer answer = Left();
  std::string why = {};  ///< what is wrong with it
};

WorkerProcess::WorkerProcess(WorkerSettings settings, results::record::DeviceIdentity device,
                             std::string module, const Interrupt* interrupt,
                             std::vector<Published> pretended)
    : settings_(std::move(settings)),
      device_(std::move(device)),
      module_(std::move(module)),
      interrupt_(interrupt),
      pretended_(std::move(pretended)) {}

WorkerProcess::Reply WorkerProcess::receive(double timeout_seconds) {
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
    return {Reply::Event::answer, parsed_answer(line)};
  } catch (const WrongAnswer& error) {
    return {Reply::Event::wrong, Left(), error.what()};
  }
}

std::string WorkerProcess::set_aside_for(const std::string& why) {
  std::string text = fmt::format("the worker gave a wrong answer: {}", why);
  if (child_) {
    child_->finish();
    text = with_last_output(std::move(text), *child_);
  }
  child_.reset();
  set_aside_ = fmt::format("set aside since an earlier request: {}", text);
  return text;
}

void WorkerProcess::refuse(const std::string& why) {
  throw DeviceFailure(Status::error, set_aside_for(why));
}

std::string WorkerProcess::wrong_kind(const Request& request) {
  return fmt::format("it is of the wrong kind for the request {}", kind_of(request));
}

void WorkerProcess::require(const std::function<void()>& requirement) {
  try {
    requirement();
  } catch (const WrongAnswer& error) {
    refuse(error.what());
  }
}

std::string WorkerProcess::end(const Reply& reply) {
  if (reply.event == Reply::Event::wrong) return set_aside_for(reply.why);
  std::string text = ending(*child_);
  child_.reset();
  return text;
}

void WorkerProcess::send(const Request& request, std::span<const int> descriptors) {
  number_of_request_ = ++number_;
  child_->send(numbered(number_, line_of(request)), descriptors);
}

void WorkerProcess::open() {
  if (!set_aside_.empty()) throw DeviceFailure(Status::error, set_aside_);
  if (child_) return;
  child_ = start_worker(settings_, {.module = module_,
                                    .device = device_.index,
                                    .threads = settings_.threads,
                                    .tune = settings_.tune,
                                    .pretended = pretended_});
  ++starts_;
  number_of_request_ = 0;
  const Reply reply = receive(settings_.open_timeout_seconds);
  std::string why = "no answer when opening the device";
  std::string hint;
  if (reply.event == Reply::Event::answer) {
    if (const Ready* ready = std::get_if<Ready>(&reply.answer)) {
      return require([&] { require_same(ready->device, device_); });
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
  throw DeviceFailure(Status::error, why, hint);
}

Answer WorkerProcess::ask(const Request& request, Patience patience,
                          const std::function<void()>& waits, std::span<const int> descriptors) {
  try {
    open();
    send(request, descriptors);
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
      if (reply.event == Reply::Event::wrong) refuse(reply.why);
      if (reply.event != Reply::Event::answer) throw DeviceFailure(Status::crashed, end(reply));
      const Failed* failure = std::get_if<Failed>(&reply.answer);
      if (failure == nullptr) return std::move(reply.answer);
      if (failure->status != Status::unsupported && failure->status != Status::out_of_memory &&
          failure->status != Status::error) {
        refuse(fmt::format("failed.status is {}", name(failure->status)));
      }
      // Such a worker ends itself; reap it now, so that the next request is not blamed.
      if (failure->device_lost) child_.reset();
      throw DeviceFailure(failure->status, failure->reason, failure->hint);
    }
  } catch (const Interrupted&) {
    child_.reset();
    throw;
  }
}

void WorkerProcess::leave(Patience patience) {
  if (!child_) return;
  send(Leave(), {});
  while (seconds_now() < patience.deadline &&
         receive(std::max(0.0, patience.deadline - seconds_now())).event == Reply::Event::answer) {
  }
  child_.reset();
}

}  // namespace assay::harness::worker
