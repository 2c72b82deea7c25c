#include "harness/worker/worker_access.h"

#include <tbb/task_group.h>

#include <array>
#include <chrono>
#include <future>

#include "harness/measure/clock.h"
#include "harness/measure/device_description.h"
#include "harness/worker/answer_check.h"

namespace assay::harness::worker {

namespace {

/// How often those who wait hear that this process still works.
constexpr std::chrono::seconds kAnswersEvery{1};

}  // namespace

template <typename Wanted>
Wanted WorkerAccess::ask_with_buffers(const Request& request) {
  if (lost()) {
    throw measure::DeviceFailure(results::record::Status::crashed,
                                 "the worker with the operands has ended");
  }
  try {
    return ask<Wanted>(request);
  } catch (const measure::DeviceFailure& failure) {
    // What was prepared is supported: otherwise a wrong result could be hidden.
    if (!prepared_ || failure.status() != results::record::Status::unsupported) throw;
    throw measure::DeviceFailure(results::record::Status::error, failure.what(), failure.hint());
  }
}

void WorkerAccess::allocate(const measure::HostOperands& operands) {
  if (number_ != 0 && number_ == operands.number() && !lost()) return;
  number_ = 0;
  prepared_ = false;
  const std::array descriptors = {operands.inputs().descriptor(), operands.outputs().descriptor()};
  process_.ask_for<Done>(Allocate{operands.problem().value()}, patience_, waits_, descriptors);
  start_ = process_.starts();
  number_ = operands.number();
}

std::uint64_t WorkerAccess::upload_inputs() {
  return ask_with_buffers<Uploaded>(UploadInputs()).hash;
}

void WorkerAccess::upload(std::span<const measure::OperandPart> parts) {
  ask_with_buffers<Done>(Upload{{parts.begin(), parts.end()}});
}

void WorkerAccess::download(std::span<const measure::OperandPart> parts) {
  ask_with_buffers<Done>(Download{{parts.begin(), parts.end()}});
}

void WorkerAccess::prepare(const measure::Task& task) {
  prepared_ = false;
  ask_with_buffers<Done>(Prepare{task});
  prepared_ = true;
}

results::record::Properties WorkerAccess::details() {
  return ask_with_buffers<Details>(Describe()).details;
}

measure::Launched WorkerAccess::launch(std::uint32_t count, assay_mode mode) {
  const double begin = measure::seconds_now();
  const auto told = ask_with_buffers<Launches>(Launch{count, measure::mode_of(mode)});
  measure::Launched out;
  // By this process's clock, which no module can reach.
  out.call_seconds = measure::seconds_now() - begin;
  process_.require([&] { require_answers(told, count); });
  out.launches = launches_in(told);
  return out;
}

std::optional<measure::Reading> WorkerAccess::read_sensors() {
  const auto answer = ask_with_buffers<SensorReading>(ReadSensors());
  process_.require([&] { require_answers(answer); });
  return answer.present ? std::optional(answer.reading) : std::nullopt;
}

void WorkerAccess::carry_out(const std::function<void()>& work) {
  tbb::task_group_context context;
  // A thread of its own, so that all cores work while this one waits.
  std::future<void> done = std::async(std::launch::async, [&] {
    tbb::task_group group(context);
    group.run_and_wait(work);
  });
  try {
    while (done.wait_for(kAnswersEvery) != std::future_status::ready) {
      if (waits_) waits_();
      if (const Interrupt* interrupt = process_.interrupt()) interrupt->check();
    }
  } catch (...) {
    // What is left of the work ends early, with results that nobody reads.
    context.cancel_group_execution();
    done.wait();
    process_.stop();
    throw;
  }
  done.get();
}

void WorkerAccess::release() {
  number_ = 0;
  if (!lost()) ask<Done>(Release());
}

}  // namespace assay::harness::worker
