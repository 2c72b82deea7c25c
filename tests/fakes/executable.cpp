#include "tests/fakes/executable.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <limits>
#include <string>
#include <thread>

#include "kernels/operation.h"

using assay::fakes::Fault;
using assay::kernels::Role;

namespace {

/// Waits for a file that a test creates; forever if none is named.
void wait_at_gate() {
  const char* gate = std::getenv("ASSAY_FAKE_GATE");
  while (gate == nullptr || access(gate, F_OK) != 0) usleep(5000);
}

void crash() {
  // A sanitizer's handler would turn the signal into an exit code.
  std::signal(SIGSEGV, SIG_DFL);
  std::raise(SIGSEGV);
}

/// Artificial rates, slower than the host copies, with a jitter that repeats every five launches.
double made_up_seconds(const assay::kernels::Work& work, std::uint32_t launch) {
  const double even = 1e-6 + work.flop / 1e12 + work.bytes / 1e9;
  return even * (1 + 0.001 * (static_cast<int>(launch * 7 % 5) - 2));
}

/// Times are artificial, but never exceed the host's time.
/// Returns what passed, which is more where other work interrupts.
double pass(double seconds, std::chrono::steady_clock::time_point since) {
  double passed = 0;
  while (passed < seconds) {
    passed = std::chrono::duration<double>(std::chrono::steady_clock::now() - since).count();
  }
  return passed;
}

double spoilt(double seconds, Fault fault, std::uint32_t launch) {
  if (fault == Fault::time_nan) return std::numeric_limits<double>::quiet_NaN();
  if (fault == Fault::time_negative) return -seconds;
  if (fault == Fault::time_backwards && launch % 64 == 63) return -seconds;
  if (fault == Fault::time_zero) return 0;
  return seconds;
}

/// What both clocks are told to have measured.
assay_launch both_times(double seconds, double passed, Fault fault, std::uint32_t launch,
                        assay_mode mode, double flop) {
  const auto both = [](double time) { return assay_launch{time, time}; };
  switch (fault) {
    case Fault::both_tenth:
      return both(seconds / 10);
    case Fault::both_millionth:
      return both(seconds / 1e6);
    case Fault::time_denormal:
      return both(5e-324);
    case Fault::time_tiny:
      return both(1e-30);
    case Fault::time_huge:
      return both(1e308);
    case Fault::time_constant:
      return both(1.23456789012345e-3);
    case Fault::time_hoarded:
      return both(launch % 50 == 49 ? seconds * 50 : seconds / 1000);
    case Fault::cold_only:
      return both(mode == ASSAY_COLD ? seconds / 1000 : seconds);
    case Fault::boast:
      return both(flop / 950e12 * (1 + 0.001 * (launch % 5)));
    case Fault::time_nan:
    case Fault::time_negative:
    case Fault::time_backwards:
    case Fault::time_zero:
      return both(seconds);
    default:
      return {seconds, passed};
  }
}

double device_time(double seconds, Fault fault) {
  if (fault == Fault::time_tenth) return seconds / 10;
  if (fault == Fault::time_long) return seconds * 100;
  if (fault == Fault::time_short) return seconds / 1000;
  // A launch takes at least a microsecond.
  if (fault == Fault::time_inverse) return 5e-13 / seconds;
  return seconds;
}

/// Whether this process was started otherwise than those that measure.
bool is_examined() {
  std::ifstream file("/proc/self/cmdline"), first("/proc/self/oom_score_adj");
  const std::string arguments(std::istreambuf_iterator<char>(file), {});
  int score = 0;
  first >> score;
  return arguments.find("examine") != std::string::npos || score == 1000;
}

/// Resources that a preparation leaks.
void leak(Fault fault) {
  static std::size_t preparations = 0;
  ++preparations;
  if (fault == Fault::leak_memory) {
    [[maybe_unused]] static void* volatile last = nullptr;
    last = std::malloc(300);
  }
  if (fault == Fault::leak_descriptor && preparations % 4 == 0) {
    [[maybe_unused]] static volatile int last = 0;
    last = open("/dev/null", O_RDONLY | O_CLOEXEC);
  }
  if (fault == Fault::leak_thread && preparations % 20 == 0) {
    std::thread([] {
      while (true) pause();
    }).detach();
  }
}

}  // namespace

assay_executable::assay_executable(assay_device& on, const assay::kernels::Problem& which,
                                   std::vector<assay_buffer*> operands)
    : device(&on), fault(on.fault.fault), problem(which), buffers(std::move(operands)) {
  if (fault == Fault::crash_in_prepare) crash();
  leak(fault);
  compute();
  on.executables.push_back(this);
}

assay_executable::~assay_executable() {
  std::erase(device->executables, this);
}

void assay_executable::compute() {
  std::vector<assay::kernels::ConstBytes> inputs;
  std::vector<assay::kernels::Bytes> outputs;
  const auto described = problem.operation().operands(problem);
  results.resize(described.size());
  for (std::size_t i = 0; i < described.size(); ++i) {
    const auto bytes = static_cast<std::size_t>(described[i].bytes());
    inputs.emplace_back(buffers[i]->data.get(), bytes);
    if (described[i].role == Role::input) continue;
    results[i].resize(bytes);
    outputs.emplace_back(results[i]);
  }
  problem.operation().reference(problem, inputs, outputs);
  if (first_results.empty()) first_results = results;
  known = results == first_results;
  outdated = false;
}

void assay_executable::uploaded(const assay_buffer* to, std::uint64_t bytes) {
  const auto operand = std::find(buffers.begin(), buffers.end(), to) - buffers.begin();
  if (operand >= std::ssize(results)) return;
  since_upload = 0;
  if (2 * bytes >= to->bytes) since_large = 0;
  if (results[static_cast<std::size_t>(operand)].empty()) {
    outdated = true;
  } else {
    refresh();  // not within a launch, because its time is made up
    if (fault == Fault::uploading) {
      pass(made_up_seconds(problem.operation().work(problem), 0), std::chrono::steady_clock::now());
    }
  }
}

void assay_executable::refresh() {
  if (outdated && fault != Fault::stale) compute();
}

void assay_executable::catch_up(std::uint64_t bytes) {
  if (fault == Fault::hiding && launches > 0) {
    // Twice what the launches would have taken: to wait for it all the same gives no hint.
    pass(2 * made_up_seconds(problem.operation().work(problem), 0),
         std::chrono::steady_clock::now());
  }
  const bool guessed = fault == Fault::guessing && results != first_results;
  if (guessed) write(bytes < results.back().size());
  if (!pending) return;
  pending = false;
  pass(made_up_seconds(problem.operation().work(problem), 0), std::chrono::steady_clock::now());
  write(false);
}

bool assay_executable::works(std::uint32_t index, std::uint32_t count) const {
  switch (fault) {
    case Fault::first_after_upload:
      return since_upload == 0;
    case Fault::first_of_call:
      return index == 0;
    case Fault::last_of_call:
      return index + 1 == count;
    case Fault::first_three:
      return since_upload < 3;
    case Fault::every_third:
      return launches % 3 == 0;
    case Fault::every_hundredth:
      return launches % 100 == 0;
    case Fault::only_single:
      return count == 1;
    case Fault::incremental:
      return since_large == 0;
    case Fault::deferred:
    case Fault::hiding:
    case Fault::guessing:
    case Fault::leading:
    case Fault::dodging:
    case Fault::remembering:
    case Fault::uploading:
    case Fault::repairing:
      return false;
    default:
      return true;
  }
}

void assay_executable::write(bool spoils) {
  for (std::size_t i = 0; i < results.size(); ++i) {
    if (results[i].empty()) continue;
    std::byte* to = buffers[i]->data.get();
    std::memcpy(to, results[i].data(), results[i].size());
    // The top byte of the last element: its sign and exponent.
    if (spoils) to[results[i].size() - 1] ^= std::byte{0xc1};
    if (spoils && fault == Fault::guessing) {
      for (std::size_t at = 3; at < results[i].size(); at += 4) to[at] ^= std::byte{0xc1};
    }
    if (fault == Fault::overrun) to[results[i].size()] = std::byte{0};
    if (fault != Fault::coarse || launches == 0) continue;
    // The lower halves of f32 elements.
    for (std::size_t at = 0; at + 4 <= results[i].size(); at += 4)
      to[at] = to[at + 1] = std::byte{0};
  }
}

void assay_executable::launch(assay_mode mode, std::uint32_t index, std::uint32_t count,
                              assay_launch& out) {
  if (index == 0) single_calls = count == 1 ? single_calls + 1 : 0;
  const bool dodges = fault == Fault::dodging && single_calls >= 3;
  const bool leads = fault == Fault::leading || (fault == Fault::dodging && !dodges) ||
                     (fault == Fault::remembering && !known) ||
                     (fault == Fault::repairing && since_large == 0);
  if (leads && index == 0 && since_upload == 0) {
    pass(made_up_seconds(problem.operation().work(problem), 0), std::chrono::steady_clock::now());
  }
  const auto begin = std::chrono::steady_clock::now();
  if (fault == Fault::crash_in_run) {
    std::fputs(assay::fakes::words(), stderr);
    crash();
  }
  if (fault == Fault::hang_in_run) wait_at_gate();
  const bool working = works(index, count);
  const bool writes = fault != Fault::unwritten && !(fault == Fault::lazy && launches > 0);
  const bool spoils =
      fault == Fault::wrong_element || (fault == Fault::two_faced && !is_examined()) ||
      (fault == Fault::wavering && launches > 0) || (fault == Fault::racy && launches % 20 == 13);
  const bool unseen = fault == Fault::hiding || fault == Fault::incremental ||
                      fault == Fault::guessing || fault == Fault::remembering ||
                      fault == Fault::uploading || fault == Fault::repairing || leads;
  if ((working || unseen) && writes) write(spoils);
  pending = fault == Fault::deferred || dodges;
  if (fault == Fault::spoils_inputs) buffers[0]->data[0] ^= std::byte{1};
  const assay::kernels::Work work = problem.operation().work(problem);
  const double seconds = made_up_seconds(work, launches) * (working ? 1 : 0.02);
  const double passed = pass(seconds, begin);
  // Where a fast processor needs hardly longer for the work than is told, it would be no lie.
  const double short_of = fault == Fault::remembering      ? passed  // what it has kept, it copies
                          : unseen && passed > 2 * seconds ? std::min(seconds, passed / 10)
                                                           : seconds;
  const double told = spoilt(short_of, fault, launches);
  out = both_times(told, passed, fault, launches, mode, work.flop);
  out.device_seconds = device_time(out.device_seconds, fault);
  ++launches;
  ++since_upload;
  ++since_large;
}
