#include "backends/cpu/native/stream.h"
#include "kernels/problem.h"
#include "tests/unit/backends/native_case.h"

namespace assay::backends::cpu {
namespace native_copy {
extern const Implementation implementation;
}
namespace native_triad {
extern const Implementation implementation;
}
}  // namespace assay::backends::cpu

namespace assay::backends::cpu::native_stream_test {
namespace {

constexpr int kSizes[] = {1, 3, 15, 64, 65, 1000, 100003};

TEST(NativeStream, CopiesEveryTypeAndSize) {
  for (const std::int64_t target : native_targets()) {
    const OnTarget on(target);
    for (const char* type : {"f64", "f32", "bf16", "f8e4m3", "i8", "i32"}) {
      for (const int n : kSizes) {
        expect_right(native_copy::implementation, "copy n=" + std::to_string(n) + " type=" + type);
      }
    }
  }
}

TEST(NativeStream, TriadIsRightOnEveryTargetForEverySize) {
  for (const std::int64_t target : native_targets()) {
    const OnTarget on(target);
    for (const char* type : {"f64", "f32", "bf16", "f16"}) {
      for (const char* dist : {"uniform", "normal", "integer"}) {
        for (const int n : kSizes) {
          expect_right(native_triad::implementation,
                       "triad n=" + std::to_string(n) + " type=" + type + " dist=" + dist);
        }
      }
    }
  }
}

// Non-temporal stores would need arrays larger than the caches, so call the kernels directly.
TEST(NativeStream, StoresPastTheCachesGiveTheSameBytes) {
  for (const std::int64_t target : native_targets()) {
    const OnTarget on(target);
    for (const char* type : {"f64", "f32", "bf16", "f16"}) {
      for (const int n : kSizes) {
        const auto problem =
            kernels::Problem::parse("triad n=" + std::to_string(n) + " type=" + type);
        const auto bytes = problem.operation().operands(problem)[0].bytes();
        GuardedBuffer b(bytes), c(bytes), cached(bytes), streamed(bytes), copied(bytes);
        kernels::generate(problem, 0, 0, b.bytes());
        kernels::generate(problem, 1, 0, c.bytes());
        const auto kernels = native::stream_kernels(problem.type("type"));
        kernels.triad(b.data(), c.data(), cached.data(), n, false);
        kernels.triad(b.data(), c.data(), streamed.data(), n, true);
        kernels.copy(streamed.data(), copied.data(), bytes, true);
        EXPECT_EQ(std::memcmp(cached.data(), copied.data(), static_cast<std::size_t>(bytes)), 0)
            << problem.text() << " on " << kernels.target;
        EXPECT_TRUE(streamed.intact() && copied.intact());
      }
    }
  }
}

}  // namespace
}  // namespace assay::backends::cpu::native_stream_test
