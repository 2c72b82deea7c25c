#include "harness/environment/process_state.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
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

TEST(ProcessState, IsReadOfAProcessThatInheritedIt) {
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const sched_param none = {};
    const bool asked = setpriority(PRIO_PROCESS, 0, 7) == 0 &&
                       sched_setscheduler(0, SCHED_BATCH, &none) == 0 &&
                       prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0) == 0;
    auto found = unusual(this_process());
    const bool seen = found["nice"] == "7" && found["scheduling"] == "batch" &&
                      found["transparent huge pages"] == "disabled for it";
    _exit(!asked ? 2 : seen ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

}  // namespace
}  // namespace assay::harness::environment::process_state_test
