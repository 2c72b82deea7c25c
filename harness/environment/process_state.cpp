#include "harness/environment/process_state.h"

#include <linux/mempolicy.h>
#include <sched.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
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

std::string text_of(const char* path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

using Resource = decltype(RLIMIT_CPU);  // differs between C libraries

std::optional<std::uint64_t> limit_of(Resource resource) {
  rlimit limit = {};
  const bool read = getrlimit(resource, &limit) == 0;
  if (!read || limit.rlim_cur == RLIM_INFINITY) return std::nullopt;
  return limit.rlim_cur;
}

/// struct sched_attr of sched_getattr(2), whose header names what <sched.h> names, too.
struct SchedulingAttributes {
  std::uint32_t size, policy;
  std::uint64_t flags;
  std::int32_t nice;
  std::uint32_t priority;
  std::uint64_t runtime, deadline, period;
  std::uint32_t least_utilisation, most_utilisation;
};

std::string memory_policy_text(int policy) {
  switch (policy) {
    case MPOL_PREFERRED:
      return "a preferred node";
    case MPOL_BIND:
      return "bound to nodes";
    case MPOL_INTERLEAVE:
      return "interleaved over nodes";
    case MPOL_LOCAL:
      return "";  // the node of the thread, as without a policy
    default:
      return "policy " + std::to_string(policy);
  }
}

/// "19" of "/autogroup-12 nice 19"; empty if it is 0.
std::string autogroup_nice(const std::string& text) {
  constexpr std::string_view kKey = " nice ";
  const std::size_t at = text.find(kKey);
  if (at == std::string::npos) return "";
  const std::size_t from = at + kKey.size();
  const std::string value = text.substr(from, text.find_first_of(" \n", from) - from);
  return value == "0" ? "" : value;
}

void add_scheduling(const ProcessState& process, std::map<std::string, std::string>& out) {
  if (process.policy != SCHED_OTHER) out["scheduling"] = policy_text(process.policy);
  if (process.nice != 0) out["nice"] = std::to_string(process.nice);
  if (const std::string nice = autogroup_nice(process.autogroup); !nice.empty()) {
    out["nice of its session"] = nice;
  }
  constexpr std::uint32_t kAll = 1024;
  if (process.least_utilisation > 0 || process.most_utilisation < kAll) {
    out["utilisation"] = std::to_string(process.least_utilisation) + " to " +
                         std::to_string(process.most_utilisation) + " of 1024";
  }
  if (process.timer_slack != ProcessState{}.timer_slack) {
    out["timer slack"] = std::to_string(process.timer_slack) + " ns";
  }
}

void add_memory(const ProcessState& process, std::map<std::string, std::string>& out) {
  constexpr int kExceptAdvised = 2;  // PR_THP_DISABLE_EXCEPT_ADVISED, since Linux 6.18
  if (process.huge_pages_disabled != 0) {
    const bool advised = (process.huge_pages_disabled & kExceptAdvised) != 0;
    out["transparent huge pages"] =
        advised ? "disabled for it, except where advised" : "disabled for it";
  }
  if (process.pages_merged) out["equal pages"] = "merged";
  if (process.cache_flushed) out["L1 data cache"] = "flushed when it is switched out";
  if (process.memory_policy != MPOL_DEFAULT) {
    const std::string policy = memory_policy_text(process.memory_policy);
    if (!policy.empty()) out["memory"] = policy;
  }
  if ((process.personality & ADDR_NO_RANDOMIZE) != 0) out["address space"] = "not random";
  if ((process.personality & ADDR_COMPAT_LAYOUT) != 0 || process.stack_unlimited) {
    out["address layout"] = "of old kernels, as for an unlimited stack";
  }
  if ((process.personality & READ_IMPLIES_EXEC) != 0) out["pages"] = "executable where readable";
}

void add_limits(const ProcessState& process, std::map<std::string, std::string>& out) {
  const auto add = [&](const char* name, const std::optional<std::uint64_t>& limit,
                       const char* unit) {
    if (limit) out[name] = std::to_string(*limit) + unit;
  };
  add("most address space", process.address_space, " bytes");
  add("most data", process.data, " bytes");
  add("most CPU time", process.cpu_time, " s");
}

}  // namespace

ProcessState this_process() {
  ProcessState out;
  constexpr int kResetOnFork = 0x40000000;  // SCHED_RESET_ON_FORK is no policy
  out.policy = sched_getscheduler(0) & ~kResetOnFork;
  out.nice = getpriority(PRIO_PROCESS, 0);
  if (text_of("/proc/sys/kernel/sched_autogroup_enabled").starts_with('1')) {
    out.autogroup = text_of("/proc/self/autogroup");
  }
  SchedulingAttributes attributes = {};
  // Kernels without clamps leave both at 0.
  if (syscall(SYS_sched_getattr, 0, &attributes, sizeof attributes, 0) == 0 &&
      attributes.most_utilisation > 0) {
    out.least_utilisation = attributes.least_utilisation;
    out.most_utilisation = attributes.most_utilisation;
  }
  out.huge_pages_disabled = std::max(0, prctl(PR_GET_THP_DISABLE, 0, 0, 0, 0));
  constexpr int kGetMemoryMerge = 68;  // PR_GET_MEMORY_MERGE, since Linux 6.4
  out.pages_merged = prctl(kGetMemoryMerge, 0, 0, 0, 0) == 1;
  constexpr int kFlush = 2;  // PR_SPEC_L1D_FLUSH, since Linux 5.16
  const int flush = prctl(PR_GET_SPECULATION_CTRL, kFlush, 0, 0, 0);
  out.cache_flushed = flush > 0 && (static_cast<unsigned long>(flush) & PR_SPEC_ENABLE) != 0;
  if (const int slack = prctl(PR_GET_TIMERSLACK, 0, 0, 0, 0); slack > 0) out.timer_slack = slack;
  int policy = MPOL_DEFAULT;
  if (syscall(SYS_get_mempolicy, &policy, nullptr, 0, nullptr, 0) == 0) {
    out.memory_policy = policy & ~MPOL_MODE_FLAGS;
  }
  constexpr unsigned long kAsk = 0xffffffff;
  const int persona = personality(kAsk);
  out.personality = persona == -1 ? 0 : static_cast<unsigned long>(persona);
  out.stack_unlimited = !limit_of(RLIMIT_STACK);
  out.address_space = limit_of(RLIMIT_AS);
  out.data = limit_of(RLIMIT_DATA);
  out.cpu_time = limit_of(RLIMIT_CPU);
  out.status = text_of("/proc/self/status");
  return out;
}

std::map<std::string, std::string> unusual(const ProcessState& process) {
  std::map<std::string, std::string> out;
  add_scheduling(process, out);
  add_memory(process, out);
  add_limits(process, out);
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
