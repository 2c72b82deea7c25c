#include "harness/ranks/open_files.h"

#include <gmock/gmock.h>
#include <sys/resource.h>

#include "kernels/error.h"

namespace assay::harness::ranks {
namespace {

class OpenFiles : public testing::Test {
 protected:
  OpenFiles() {
    getrlimit(RLIMIT_NOFILE, &before_);
    rlimit low = before_;
    low.rlim_cur = 256;
    setrlimit(RLIMIT_NOFILE, &low);
  }
  ~OpenFiles() override { setrlimit(RLIMIT_NOFILE, &before_); }

  static rlim_t soft() {
    rlimit limit = {};
    getrlimit(RLIMIT_NOFILE, &limit);
    return limit.rlim_cur;
  }

  rlimit before_ = {};
};

TEST_F(OpenFiles, TheLimitIsRaisedAsFarAsWanted) {
  allow_open_files(300, 400);
  EXPECT_EQ(soft(), 400U);
  // And not lowered.
  allow_open_files(10, 20);
  EXPECT_EQ(soft(), 400U);
}

TEST_F(OpenFiles, AHardLimitThatIsTooLowIsNamed) {
  if (before_.rlim_max == RLIM_INFINITY) GTEST_SKIP() << "there is no hard limit";
  try {
    allow_open_files(before_.rlim_max + 1, before_.rlim_max + 1);
    FAIL();
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr(std::to_string(before_.rlim_max)));
    EXPECT_THAT(error.hint(), testing::HasSubstr("ulimit -n"));
  }
}

}  // namespace
}  // namespace assay::harness::ranks
