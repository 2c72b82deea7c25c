// What this process inherited from whoever started it, and what no other part of the environment
// shows: it changes times, and neither the machine nor a variable tells it.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace assay::harness::environment {

/// What was read of a process.
struct ProcessState {
  int policy = 0;                         ///< of sched_getscheduler(2); 0: the usual one
  int nice = 0;                           ///< of getpriority(2)
  bool huge_pages_disabled = false;       ///< PR_SET_THP_DISABLE of prctl(2)
  bool address_space_not_random = false;  ///< ADDR_NO_RANDOMIZE of personality(2)
  std::string status;                     ///< text of /proc/self/status
};
ProcessState this_process();

/// What is not as usual, by name: {"nice", "19"}, {"scheduling", "idle"}. Empty where all is.
std::map<std::string, std::string> unusual(const ProcessState& process);

}  // namespace assay::harness::environment
