#include "tests/fakes/common/device_memory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fakes/common/work_queue.h"

namespace assay::fakes {
namespace {

using testing::HasSubstr;

TEST(DeviceMemory, FaultsWhenTheHostReadsIt) {
  DeviceMemory memory(1 << 20);
  auto* const address = static_cast<volatile char*>(memory.allocate(0, 64));
  ASSERT_NE(address, nullptr);
  EXPECT_DEATH(static_cast<void>(*address), "");
}

TEST(DeviceMemory, KeepsWhatIsWrittenThroughItsPlace) {
  DeviceMemory memory(1 << 20);
  auto* const address = static_cast<std::byte*>(memory.allocate(0, 64));
  EXPECT_NE(memory.find(address, 64).data[5], std::byte{7});
  memory.find(address + 5, 1).data[0] = std::byte{7};
  EXPECT_EQ(memory.find(address, 64).data[5], std::byte{7});
}

TEST(DeviceMemory, RefusesWhatLiesBeyondAnAllocation) {
  DeviceMemory memory(1 << 20);
  auto* const address = static_cast<std::byte*>(memory.allocate(0, 64));
  memory.allocate(0, 64);
  EXPECT_EQ(memory.find(address, 64).why_not, "");
  EXPECT_THAT(memory.find(address, 65).why_not, HasSubstr("beyond the end"));
  EXPECT_THAT(memory.find(address + 60, 8).why_not, HasSubstr("beyond the end"));
}

TEST(DeviceMemory, RefusesAddressesOfTheHostAndFreedOnes) {
  DeviceMemory memory(1 << 20);
  int local = 0;
  EXPECT_THAT(memory.find(&local, 4).why_not, HasSubstr("no address of a device"));
  void* const address = memory.allocate(1, 64);
  EXPECT_EQ(memory.free(address), "");
  EXPECT_THAT(memory.find(address, 1).why_not, HasSubstr("was freed"));
  EXPECT_THAT(memory.free(address), HasSubstr("freed before"));
  EXPECT_THAT(memory.free(static_cast<std::byte*>(address) + 8), HasSubstr("not the start"));
}

TEST(DeviceMemory, RunsOutOnEachDeviceByItself) {
  DeviceMemory memory(1000);
  void* const first = memory.allocate(0, 600);
  EXPECT_NE(first, nullptr);
  EXPECT_EQ(memory.allocate(0, 600), nullptr);
  EXPECT_NE(memory.allocate(1, 600), nullptr);
  EXPECT_EQ(memory.used(0), 600u);
  memory.free(first);
  EXPECT_NE(memory.allocate(0, 600), nullptr);
}

TEST(WorkQueue, DoesNothingBeforeSomebodyWaits) {
  WorkQueue queue;
  int done = 0;
  const auto mark = std::make_shared<Mark>();
  queue.push([&] { return ++done, std::string(); });
  queue.push(mark);
  queue.push([&] { return ++done, std::string("wrong"); });
  EXPECT_EQ(done, 0);
  EXPECT_EQ(queue.drain(mark.get()), "");
  EXPECT_EQ(done, 1);
  EXPECT_EQ(queue.drain(), "wrong");
  EXPECT_EQ(done, 2);
}

}  // namespace
}  // namespace assay::fakes
