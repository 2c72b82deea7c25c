#include <algorithm>
#include <array>

#include "tests/unit/backends/native_case.h"

namespace assay::backends::cpu {

namespace native_transfer {
extern const Implementation implementation;
}
namespace native_launch {
extern const Implementation implementation;
}

namespace {

TEST(NativeTransfer, MovesEveryElementInEveryDirection) {
  for (const char* direction : {"h2d", "d2h memory=pageable", "d2h", "d2d"}) {
    for (const char* type : {"f64", "tf32", "bf16", "i8"}) {
      for (const char* n : {"1", "4097", "3000001"}) {
        expect_right(native_transfer::implementation,
                     std::string("transfer direction=") + direction + " n=" + n + " type=" + type);
      }
    }
  }
}

TEST(NativeTransfer, BeginsOrEndsInMemoryOfItsOwn) {
  const auto problem = kernels::Problem::parse("transfer direction=d2h n=64 type=i8");
  GuardedBuffer b(64), a(64);
  kernels::generate(problem, 0, 0, b.bytes());
  const std::array<std::byte*, 2> pointers = {b.data(), a.data()};
  const auto executable =
      native_transfer::implementation.prepare(problem, pointers, test_machine());
  kernels::poison(kernels::DataType::i8, a.bytes());
  executable->launch();
  EXPECT_EQ(kernels::count_poisoned(kernels::DataType::i8, a.bytes()), 64);
  executable->bring_back();
  EXPECT_TRUE(std::equal(a.bytes().begin(), a.bytes().end(), b.bytes().begin()));
  // Downloaded again without a launch, the bits of the earlier transfer are gone.
  executable->bring_back();
  EXPECT_FALSE(std::equal(a.bytes().begin(), a.bytes().end(), b.bytes().begin()));
}

TEST(NativeLaunch, SetsEveryOutput) {
  for (const char* n : {"1", "15", "16", "1000"}) {
    expect_right(native_launch::implementation, std::string("launch n=") + n);
  }
}

}  // namespace
}  // namespace assay::backends::cpu
