#include "harness/environment/process_state.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/mempolicy.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace assay::harness::environment::process_state_test {
namespace {

using testing::ElementsAre;
using testing::Pair;

TEST(ProcessState, SaysNothingOfAUsualProcess) {
  EXPECT_THAT(unusual({}), testing::IsEmpty());
  EXPECT_THAT(unusual({.status = "Name:\tx\nTracerPid:\t0\n"
                                 "Speculation_Store_Bypass:\tthread vulnerable\n"
                                 "SpeculationIndirectBranch:\tconditional enabled\n"}),
              testing::IsEmpty());
  // These are of the machine, which the environment has as its mitigations.
  EXPECT_THAT(unusual({.status = "Speculation_Store_Bypass:\tglobally mitigated\n"
                                 "SpeculationIndirectBranch:\talways disabled\n"}),
              testing::IsEmpty());
}

TEST(ProcessState, NamesWhatTheKernelWasAskedForThisProcess) {
  EXPECT_THAT(unusual({.status = "Speculation_Store_Bypass:\tthread force mitigated\n"
                                 "SpeculationIndirectBranch:\tconditional disabled\n"
                                 "TracerPid:\t77\n"}),
              ElementsAre(Pair("indirect branches", "conditional disabled"),
                          Pair("store bypass", "thread force mitigated"),
                          Pair("traced", "by another process")));
}

TEST(ProcessState, NamesWhatChangesTimesOfThisProcessAlone) {
  const auto text = [](const ProcessState& state) {
    std::string out;
    for (const auto& [name, value] : unusual(state)) out += name + ": " + value + ";";
    return out;
  };
  EXPECT_EQ(text({.autogroup = "/autogroup-12 nice 10\n"}), "nice of its session: 10;");
  EXPECT_EQ(text({.autogroup = "/autogroup-12 nice 0\n"}), "");
  EXPECT_EQ(text({.most_utilisation = 300}), "utilisation: 0 to 300 of 1024;");
  EXPECT_EQ(text({.huge_pages_disabled = 1}), "transparent huge pages: disabled for it;");
  EXPECT_EQ(text({.huge_pages_disabled = 3}),
            "transparent huge pages: disabled for it, except where advised;");
  EXPECT_EQ(text({.pages_merged = true}), "equal pages: merged;");
  EXPECT_EQ(text({.timer_slack = 1}), "timer slack: 1 ns;");
  EXPECT_EQ(text({.memory_policy = 3}), "memory: interleaved over nodes;");
  EXPECT_EQ(text({.memory_policy = 4}), "");
  EXPECT_EQ(text({.personality = 0x0040000}), "address space: not random;");
  EXPECT_EQ(text({.stack_unlimited = true}),
            "address layout: of old kernels, as for an unlimited stack;");
  EXPECT_EQ(text({.address_space = 4096, .cpu_time = 60}),
            "most CPU time: 60 s;most address space: 4096 bytes;");
}

TEST(ProcessState, IsReadOfAProcessThatInheritedIt) {
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const sched_param none = {};
    const unsigned long node = 1;
    const rlimit minute = {60, 60};
    const bool asked = setpriority(PRIO_PROCESS, 0, 7) == 0 &&
                       sched_setscheduler(0, SCHED_BATCH, &none) == 0 &&
                       prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0) == 0 &&
                       prctl(PR_SET_TIMERSLACK, 7'000'000, 0, 0, 0) == 0 &&
                       syscall(SYS_set_mempolicy, MPOL_INTERLEAVE, &node, 8 * sizeof node) == 0 &&
                       setrlimit(RLIMIT_CPU, &minute) == 0;
    auto found = unusual(this_process());
    const bool seen = found["nice"] == "7" && found["scheduling"] == "batch" &&
                      found["transparent huge pages"] == "disabled for it" &&
                      found["timer slack"] == "7000000 ns" &&
                      found["memory"] == "interleaved over nodes" &&
                      found["most CPU time"] == "60 s";
    _exit(!asked ? 2 : seen ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

}  // namespace
}  // namespace assay::harness::environment::process_state_test
