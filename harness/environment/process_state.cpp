#include "harness/environment/process_state.h"

#include <sched.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include <fstream>
#include <sstream>

namespace assay::harness::environment {
namespace {

std::string policy_text(int policy) {
  switch (policy) {
    case SCHED_BATCH:
      return "batch";
    case SCHED_IDLE:
      return "idle";
    case SCHED_FIFO:
      return "first in, first out, in real time";
    case SCHED_RR:
      return "round robin, in real time";
    default:
      return "policy " + std::to_string(policy);
  }
}

/// The value of a line "Key:\tvalue"; empty if there is none.
std::string value_of(const std::string& status, const std::string& key) {
  std::istringstream lines(status);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with(key + ":")) continue;
    const std::size_t from = line.find_first_not_of(" \t", key.size() + 1);
    return from == std::string::npos ? "" : line.substr(from);
  }
  return "";
}

}  // namespace

ProcessState this_process() {
  ProcessState out;
  constexpr int kResetOnFork = 0x40000000;  // SCHED_RESET_ON_FORK is no policy
  out.policy = sched_getscheduler(0) & ~kResetOnFork;
  out.nice = getpriority(PRIO_PROCESS, 0);
  out.huge_pages_disabled = prctl(PR_GET_THP_DISABLE, 0, 0, 0, 0) == 1;
  constexpr unsigned long kAsk = 0xffffffff;
  const int persona = personality(kAsk);
  out.address_space_not_random = persona != -1 && (persona & ADDR_NO_RANDOMIZE) != 0;
  std::ifstream file("/proc/self/status");
  std::ostringstream text;
  text << file.rdbuf();
  out.status = text.str();
  return out;
}

std::map<std::string, std::string> unusual(const ProcessState& process) {
  std::map<std::string, std::string> out;
  if (process.policy != SCHED_OTHER) out["scheduling"] = policy_text(process.policy);
  if (process.nice != 0) out["nice"] = std::to_string(process.nice);
  if (process.huge_pages_disabled) out["transparent huge pages"] = "disabled for it";
  if (process.address_space_not_random) out["address space"] = "not random";
  // The words of the kernel (Documentation/userspace-api/spec_ctrl.rst): "thread ... mitigated" and
  // "conditional ... disabled" were asked for this process; other words are of the whole machine.
  const std::string bypass = value_of(process.status, "Speculation_Store_Bypass");
  if (bypass.starts_with("thread") && bypass.ends_with("mitigated")) {
    out["store bypass"] = bypass;
  }
  const std::string branches = value_of(process.status, "SpeculationIndirectBranch");
  if (branches.starts_with("conditional") && branches.ends_with("disabled")) {
    out["indirect branches"] = branches;
  }
  const std::string tracer = value_of(process.status, "TracerPid");
  if (!tracer.empty() && tracer != "0") out["traced"] = "by another process";
  return out;
}

}  // namespace assay::harness::environment
