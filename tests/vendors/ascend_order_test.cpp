// The fake CANN must be as strict about the order of calls as CANN's documentation.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <iterator>
#include <thread>

struct aclTensor;
struct aclOpExecutor;

extern "C" {
int aclInit(const char*);
int aclrtSetDevice(std::int32_t);
int aclrtResetDevice(std::int32_t);
int aclrtGetDeviceCount(std::uint32_t*);
int aclrtMalloc(void**, std::size_t, int);
int aclrtFree(void*);
int aclrtMemset(void*, std::size_t, std::int32_t, std::size_t);
int aclrtMemcpy(void*, std::size_t, const void*, std::size_t, int);
int aclrtCreateStream(void**);
int aclrtDestroyStream(void*);
int aclrtSynchronizeStream(void*);
int aclrtCreateEvent(void**);
int aclrtRecordEvent(void*, void*);
int aclrtEventElapsedTime(float*, void*, void*);
aclTensor* aclCreateTensor(const std::int64_t*, std::uint64_t, int, const std::int64_t*,
                           std::int64_t, int, const std::int64_t*, std::uint64_t, void*);
int aclDestroyTensor(const aclTensor*);
int aclSetAclOpExecutorRepeatable(aclOpExecutor*);
int aclDestroyAclOpExecutor(aclOpExecutor*);
int aclnnMmGetWorkspaceSize(const aclTensor*, const aclTensor*, aclTensor*, std::int8_t,
                            std::uint64_t*, aclOpExecutor**);
int aclnnMm(void*, std::uint64_t, aclOpExecutor*, void*);
}

namespace assay::fakes::ascend {
namespace {

constexpr int kHostToDevice = 1, kDeviceToHost = 2;

/// A product of 16 x 16 planned on device 0.
class AscendOrder : public testing::Test {
 protected:
  void SetUp() override {
    // aclnn plans no operator without it.
    setenv("ASCEND_OPP_PATH", "/", 0);
    const int status = aclInit(nullptr);
    ASSERT_TRUE(status == 0 || status == 100002) << status;
    ASSERT_EQ(aclrtSetDevice(0), 0);
    ASSERT_EQ(aclrtCreateStream(&stream_), 0);
    for (void*& address : data_) {
      ASSERT_EQ(aclrtMalloc(&address, kBytes, 0), 0);
      ASSERT_EQ(aclrtMemset(address, kBytes, 0, kBytes), 0);
    }
    ASSERT_EQ(aclrtMalloc(&workspace_, 1 << 20, 0), 0);
    for (int i = 0; i < 3; ++i) tensors_[i] = tensor(data_[i]);
    ASSERT_EQ(plan(), 0);
  }

  static aclTensor* tensor(void* data, std::int64_t rows = 16) {
    const std::int64_t extents[] = {rows, 16}, strides[] = {16, 1};
    return aclCreateTensor(extents, 2, 0, strides, 0, 2, extents, 2, data);
  }

  int plan() {
    return aclnnMmGetWorkspaceSize(tensors_[0], tensors_[1], tensors_[2], 0, &bytes_, &executor_);
  }

  static constexpr std::size_t kBytes = 16 * 16 * 4;
  void* stream_ = nullptr;
  void* data_[3] = {};
  void* workspace_ = nullptr;
  aclTensor* tensors_[3] = {};
  std::uint64_t bytes_ = 0;
  aclOpExecutor* executor_ = nullptr;
};

TEST(AscendStart, NothingGoesBeforeAclInit) {
  // In a process of its own, where no other test has called it.
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  std::uint32_t count = 0;
  EXPECT_EXIT(std::_Exit(aclrtGetDeviceCount(&count) == 100001 ? 0 : 1), testing::ExitedWithCode(0),
              "");
}

TEST_F(AscendOrder, AnExecutorIsUsedOnceUnlessItIsMadeRepeatable) {
  EXPECT_EQ(aclnnMm(workspace_, bytes_, executor_, stream_), 0);
  EXPECT_NE(aclnnMm(workspace_, bytes_, executor_, stream_), 0);
  ASSERT_EQ(plan(), 0);
  ASSERT_EQ(aclSetAclOpExecutorRepeatable(executor_), 0);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(aclnnMm(workspace_, bytes_, executor_, stream_), 0);
  EXPECT_NE(aclDestroyAclOpExecutor(executor_), 0) << "its launches are not done";
  EXPECT_EQ(aclrtSynchronizeStream(stream_), 0);
  EXPECT_EQ(aclDestroyAclOpExecutor(executor_), 0);
  EXPECT_NE(aclnnMm(workspace_, bytes_, executor_, stream_), 0);
}

TEST_F(AscendOrder, AWorkspaceMustBeThereAndLargeEnough) {
  ASSERT_GT(bytes_, 0u);
  EXPECT_NE(aclnnMm(nullptr, bytes_, executor_, stream_), 0);
  EXPECT_NE(aclnnMm(workspace_, bytes_ - 1, executor_, stream_), 0);
  EXPECT_EQ(aclnnMm(workspace_, bytes_, executor_, stream_), 0);
}

TEST_F(AscendOrder, AStreamBelongsToItsDevice) {
  ASSERT_EQ(aclrtSetDevice(1), 0);
  EXPECT_EQ(aclrtSynchronizeStream(stream_), 107003);
  ASSERT_EQ(aclrtSetDevice(0), 0);
  EXPECT_EQ(aclrtSynchronizeStream(stream_), 0);
  EXPECT_NE(aclrtSynchronizeStream(&stream_), 0) << "no stream at all";
}

TEST_F(AscendOrder, AThreadSetsItsDeviceFirst) {
  int status = 0;
  std::thread([&] { status = aclrtSynchronizeStream(stream_); }).join();
  EXPECT_EQ(status, 107002);
}

TEST_F(AscendOrder, FreedMemoryIsNoOperand) {
  ASSERT_EQ(aclrtFree(data_[1]), 0);
  EXPECT_NE(aclrtFree(data_[1]), 0);
  EXPECT_NE(aclnnMm(workspace_, bytes_, executor_, stream_), 0);
  EXPECT_EQ(plan(), 161002);
}

TEST_F(AscendOrder, MemoryFreedUnderALaunchShowsWhenItIsWaitedFor) {
  ASSERT_EQ(aclnnMm(workspace_, bytes_, executor_, stream_), 0);
  ASSERT_EQ(aclrtFree(data_[0]), 0);
  EXPECT_NE(aclrtSynchronizeStream(stream_), 0);
}

TEST_F(AscendOrder, TensorsMustFitTheirMemoryAndOneAnother) {
  aclTensor* const tall = tensor(data_[0], 17);
  EXPECT_EQ(aclnnMmGetWorkspaceSize(tall, tensors_[1], tensors_[2], 0, &bytes_, &executor_),
            161002);
  aclTensor* const low = tensor(data_[0], 8);
  EXPECT_EQ(aclnnMmGetWorkspaceSize(tensors_[0], low, tensors_[2], 0, &bytes_, &executor_), 161002);
  EXPECT_EQ(aclnnMmGetWorkspaceSize(tensors_[0], nullptr, tensors_[2], 0, &bytes_, &executor_),
            161001);
  EXPECT_EQ(aclDestroyTensor(low), 0);
  EXPECT_NE(aclDestroyTensor(low), 0);
  EXPECT_EQ(aclnnMmGetWorkspaceSize(low, tensors_[1], tensors_[2], 0, &bytes_, &executor_), 161002);
}

TEST_F(AscendOrder, TheHostAndTheDeviceAreNotMistakenForOneAnother) {
  float host[256] = {};
  EXPECT_EQ(aclrtMemcpy(data_[0], kBytes, host, kBytes, kHostToDevice), 0);
  EXPECT_NE(aclrtMemcpy(host, kBytes, host, kBytes, kDeviceToHost), 0);
  EXPECT_NE(aclrtMemcpy(data_[0], kBytes, data_[1], kBytes, kHostToDevice), 0);
  EXPECT_NE(aclrtMemcpy(data_[0], kBytes - 1, host, kBytes, kHostToDevice), 0);
}

TEST_F(AscendOrder, ResultsAreThereOnlyAfterWaiting) {
  float ones[256], out[256];
  std::fill(std::begin(ones), std::end(ones), 1.0f);
  for (int i = 0; i < 2; ++i) aclrtMemcpy(data_[i], kBytes, ones, kBytes, kHostToDevice);
  ASSERT_EQ(aclnnMm(workspace_, bytes_, executor_, stream_), 0);
  ASSERT_EQ(aclrtMemcpy(out, kBytes, data_[2], kBytes, kDeviceToHost), 0);
  EXPECT_EQ(out[0], 0);
  ASSERT_EQ(aclrtSynchronizeStream(stream_), 0);
  ASSERT_EQ(aclrtMemcpy(out, kBytes, data_[2], kBytes, kDeviceToHost), 0);
  EXPECT_EQ(out[0], 16);
}

TEST_F(AscendOrder, AnEventTellsNoTimeBeforeItHasComeToPass) {
  void *begin = nullptr, *end = nullptr;
  float milliseconds = -1;
  ASSERT_EQ(aclrtCreateEvent(&begin), 0);
  ASSERT_EQ(aclrtCreateEvent(&end), 0);
  ASSERT_EQ(aclrtRecordEvent(begin, stream_), 0);
  ASSERT_EQ(aclrtRecordEvent(end, stream_), 0);
  EXPECT_EQ(aclrtEventElapsedTime(&milliseconds, begin, end), 507006);
  ASSERT_EQ(aclrtSynchronizeStream(stream_), 0);
  EXPECT_EQ(aclrtEventElapsedTime(&milliseconds, begin, end), 0);
  EXPECT_GE(milliseconds, 0);
}

TEST_F(AscendOrder, AStreamWithWorkIsNotDestroyed) {
  ASSERT_EQ(aclnnMm(workspace_, bytes_, executor_, stream_), 0);
  EXPECT_NE(aclrtDestroyStream(stream_), 0);
  ASSERT_EQ(aclrtSynchronizeStream(stream_), 0);
  EXPECT_EQ(aclrtDestroyStream(stream_), 0);
  EXPECT_NE(aclrtDestroyStream(stream_), 0);
}

}  // namespace
}  // namespace assay::fakes::ascend
