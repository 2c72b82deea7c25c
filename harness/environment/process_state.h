// What this process inherited from whoever started it, and what no other part of the environment
// shows: it changes times, and neither the machine nor a variable tells it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace assay::harness::environment {

/// What was read of a process. The values that stand here are the usual ones.
struct ProcessState {
  int policy = 0;                         ///< of sched_getscheduler(2)
  int nice = 0;                           ///< of getpriority(2)
  std::string autogroup;                  ///< text of /proc/self/autogroup where the kernel uses it
  std::uint32_t least_utilisation = 0;    ///< of sched_getattr(2), of 1024
  std::uint32_t most_utilisation = 1024;  ///< the same; below it, the frequency is held down
  int huge_pages_disabled = 0;            ///< PR_GET_THP_DISABLE of prctl(2)
  bool pages_merged = false;              ///< PR_GET_MEMORY_MERGE of prctl(2)
  bool cache_flushed = false;             ///< PR_SPEC_L1D_FLUSH of prctl(2)
  long timer_slack = 50'000;              ///< nanoseconds; PR_GET_TIMERSLACK of prctl(2)
  int memory_policy = 0;                  ///< of get_mempolicy(2), without flags
  unsigned long personality = 0;          ///< of personality(2)
  bool stack_unlimited = false;           ///< RLIMIT_STACK of getrlimit(2)
  /// Of getrlimit(2), where there is a limit: bytes, bytes, and seconds.
  std::optional<std::uint64_t> address_space, data, cpu_time;
  std::string status;  ///< text of /proc/self/status
};
ProcessState this_process();

/// What is not as usual, by name: {"nice", "19"}, {"scheduling", "idle"}. Empty where all is.
std::map<std::string, std::string> unusual(const ProcessState& process);

}  // namespace assay::harness::environment
