#include "harness/ranks/record_keeper.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <future>
#include <string>

#include "kernels/error.h"

namespace assay::harness::ranks {
namespace {

using results::record::Record;
using testing::ElementsAre;
using testing::SizeIs;

std::vector<Record> records(int first, int count) {
  std::vector<Record> out(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i)
    out[static_cast<std::size_t>(i)].id = fmt::format("{}", first + i);
  return out;
}

TEST(RecordKeeper, StoresAtOnceWhatCameWhileItStored) {
  std::promise<void> begun, may_go_on;
  std::vector<std::size_t> sizes;
  RecordKeeper keeper([&](std::span<const Record> some) {
    sizes.push_back(some.size());
    if (sizes.size() == 1) {
      begun.set_value();
      may_go_on.get_future().wait();
    }
    return some.size() - 1;
  });
  keeper.put({records(0, 1), {}});
  begun.get_future().wait();
  keeper.put({records(1, 2), {7}});
  keeper.put({records(3, 3), {8, 9}});
  EXPECT_THAT(keeper.take(), SizeIs(0)) << "nothing is stored yet";
  may_go_on.set_value();
  keeper.finish();
  const auto stored = keeper.take();
  EXPECT_THAT(sizes, ElementsAre(1, 5));
  ASSERT_THAT(stored, SizeIs(2));
  EXPECT_THAT(stored[0].ended, SizeIs(0));
  EXPECT_EQ(stored[1].records.front().id, "1");
  EXPECT_EQ(stored[1].records.back().id, "5");
  EXPECT_THAT(stored[1].ended, ElementsAre(7, 8, 9));
  EXPECT_EQ(stored[1].known, 4U);
  EXPECT_THAT(keeper.take(), SizeIs(0));
}

TEST(RecordKeeper, ReportsRanksThatEndWithoutRecords) {
  RecordKeeper keeper([](std::span<const Record>) -> std::size_t { throw Error("never called"); });
  keeper.put({{}, {3}});
  keeper.finish();
  const auto stored = keeper.take();
  ASSERT_THAT(stored, SizeIs(1));
  EXPECT_THAT(stored[0].ended, ElementsAre(3));
}

TEST(RecordKeeper, ThrowsWhatTheStoreThrewFromThenOn) {
  RecordKeeper keeper([](std::span<const Record>) -> std::size_t { throw Error("disk full"); });
  keeper.put({records(0, 1), {}});
  EXPECT_THROW(keeper.finish(), Error);
  EXPECT_THROW(keeper.take(), Error);
  EXPECT_THROW(keeper.put({records(1, 1), {}}), Error);
}

TEST(RecordKeeper, StoresTheRestAtItsEnd) {
  std::size_t stored = 0;
  {
    RecordKeeper keeper([&](std::span<const Record> some) {
      stored += some.size();
      return std::size_t{0};
    });
    for (int i = 0; i < 100; ++i) keeper.put({records(i, 1), {}});
  }
  EXPECT_EQ(stored, 100U);
}

TEST(RecordKeeper, LetsNoMoreWaitThanFitIntoMemory) {
  std::promise<void> may_go_on;
  const auto go = may_go_on.get_future().share();
  std::size_t most = 0;
  RecordKeeper keeper([&](std::span<const Record> some) {
    go.wait();
    most = std::max(most, some.size());
    return std::size_t{0};
  });
  auto putting = std::async(std::launch::async, [&] {
    for (int i = 0; i < 40; ++i) keeper.put({records(0, 1000), {}});
  });
  EXPECT_EQ(putting.wait_for(std::chrono::milliseconds(50)), std::future_status::timeout);
  may_go_on.set_value();
  putting.get();
  keeper.finish();
  EXPECT_LE(most, 9000U);
}

}  // namespace
}  // namespace assay::harness::ranks
