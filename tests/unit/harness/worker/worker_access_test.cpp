#include "harness/worker/worker_access.h"

#include <gtest/gtest.h>
#include <tbb/task_group.h>

#include <atomic>
#include <csignal>
#include <thread>

#include "harness/worker/interrupt.h"

namespace assay::harness::worker {
namespace {

/// An access whose worker never starts.
struct Parent {
  Interrupt interrupt;
  WorkerProcess process{{}, {}, "none", &interrupt, {}};
  WorkerAccess access{process};
};

TEST(WorkerAccess, CarriesWorkOutAndPassesItsFailureOn) {
  Parent parent;
  int done = 0;
  parent.access.carry_out([&] { ++done; });
  EXPECT_EQ(done, 1);
  EXPECT_THROW(parent.access.carry_out([] { throw Error("no memory"); }), Error);
}

TEST(WorkerAccess, EndsWorkWhenTheUserAsksToStop) {
  Parent parent;
  std::atomic<bool> ended = false;
  raise(SIGTERM);
  EXPECT_THROW(parent.access.carry_out([&] {
    while (!tbb::is_current_task_group_canceling()) std::this_thread::yield();
    ended = true;
  }),
               Interrupted);
  EXPECT_TRUE(ended) << "it refers to what its caller is about to destroy";
}

TEST(WorkerAccess, TellsThoseWhoWaitThatWorkGoesOn) {
  Parent parent;
  std::atomic<bool> told = false;
  parent.access.expect(60, [&] { told = true; });
  parent.access.carry_out([&] {
    while (!told) std::this_thread::yield();
  });
  EXPECT_TRUE(told);
}

}  // namespace
}  // namespace assay::harness::worker
