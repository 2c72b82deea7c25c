#include "kernels/problem.h"
#include "tests/unit/backends/native_case.h"

namespace assay::backends::cpu {
namespace native_skinny {
extern const Implementation implementation;
}
}  // namespace assay::backends::cpu

namespace assay::backends::cpu::native_skinny_test {
namespace {

struct Types {
  const char *operands, *result;
};
constexpr Types kTypes[] = {{"f32", "f32"}, {"f64", "f64"}, {"bf16", "f32"}, {"bf16", "bf16"},
                            {"f16", "f32"}, {"f16", "f16"}, {"i8", "i32"}};

std::string matmul(int m, int n, int k, const Types& types, const std::string& rest) {
  return "matmul m=" + std::to_string(m) + " n=" + std::to_string(n) + " k=" + std::to_string(k) +
         " a=" + types.operands + " c=" + types.result + " " + rest;
}

TEST(NativeSkinny, IsRightOnEveryTargetTypeAndLayout) {
  for (const std::int64_t target : native_targets()) {
    const OnTarget on(target);
    for (const Types& types : kTypes) {
      for (const char* layout : {"nn", "nt", "tn", "tt"}) {
        for (const int m : {1, 3, 8, 16}) {
          expect_right(native_skinny::implementation,
                       matmul(m, 130, 77, types, std::string("layout=") + layout));
        }
      }
    }
  }
}

TEST(NativeSkinny, IsExactWithIntegersWhereverRowsAndColumnsEnd) {
  for (const std::int64_t target : native_targets()) {
    const OnTarget on(target);
    for (const Types& types : kTypes) {
      for (const char* layout : {"nn", "nt"}) {
        for (const int n : {1, 5, 64, 67}) {
          for (const int k : {1, 2, 31, 64, 259}) {
            expect_right(native_skinny::implementation,
                         matmul(5, n, k, types, std::string("dist=integer layout=") + layout));
          }
        }
      }
    }
  }
}

TEST(NativeSkinny, SplitsALongSumOverThreads) {
  for (const Types& types : kTypes) {
    for (const char* layout : {"nn", "nt"}) {
      for (const int n : {1, 7, 48}) {
        expect_right(native_skinny::implementation,
                     matmul(2, n, 9001, types, std::string("layout=") + layout));
      }
    }
  }
}

TEST(NativeSkinny, MultipliesBatches) {
  for (const Types& types : kTypes) {
    for (const char* layout : {"nn", "tt"}) {
      expect_right(native_skinny::implementation,
                   matmul(4, 33, 50, types, std::string("batch=3 layout=") + layout));
    }
  }
}

TEST(NativeSkinny, LeavesManyRowsToOthers) {
  const auto problem = kernels::Problem::parse(matmul(17, 8, 8, kTypes[0], ""));
  EXPECT_NE(native_skinny::implementation.why_not(problem, test_machine()), "");
}

}  // namespace
}  // namespace assay::backends::cpu::native_skinny_test
