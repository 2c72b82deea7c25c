#include <algorithm>
#include <array>
#include <cstdlib>
#include <span>

#include "kernels/problem.h"
#include "tests/unit/backends/native_case.h"

namespace assay::backends::cpu {

namespace library_openblas {
extern const Implementation implementation;
}
namespace library_onednn {
extern const Implementation implementation;
}
namespace library_onednn_grouped {
extern const Implementation implementation;
}

namespace {

struct Types {
  const char *operands, *result;
};
constexpr Types kOpenBlasTypes[] = {{"f32", "f32"}, {"f64", "f64"}};
constexpr Types kOneDnnTypes[] = {{"f32", "f32"}, {"bf16", "f32"}, {"bf16", "bf16"},
                                  {"f16", "f32"}, {"f16", "f16"},  {"i8", "i32"}};
constexpr const char* kLayouts[] = {"nn", "nt", "tn", "tt"};

struct Size {
  int m, n, k;
};
constexpr Size kSizes[] = {{1, 1, 1},    {1, 67, 33},  {67, 1, 33},    {3, 5, 1},
                           {31, 33, 65}, {64, 64, 64}, {129, 257, 301}};

std::string matmul(const Size& size, const Types& types, const std::string& rest) {
  return "matmul m=" + std::to_string(size.m) + " n=" + std::to_string(size.n) +
         " k=" + std::to_string(size.k) + " a=" + types.operands + " c=" + types.result + " " +
         rest;
}

/// Which narrow types are offered depends on the CPU; the offered ones must be right.
void expect_right_where_offered(const Implementation& implementation, const std::string& text) {
  if (!implementation.why_not(kernels::Problem::parse(text), test_machine()).empty()) return;
  expect_right(implementation, text);
}

void expect_right_throughout(const Implementation& implementation, std::span<const Types> all) {
  for (const Types& types : all) {
    for (const char* layout : kLayouts) {
      for (const Size& size : kSizes) {
        for (const char* rest : {"", " dist=integer", " batch=3 dist=normal"}) {
          expect_right_where_offered(implementation,
                                     matmul(size, types, std::string("layout=") + layout + rest));
        }
      }
    }
  }
}

std::string why_not(const Implementation& implementation, const std::string& text) {
  return implementation.why_not(kernels::Problem::parse(text), test_machine());
}

TEST(LibraryOpenBlas, IsRightInEveryTypeLayoutSizeAndBatch) {
  expect_right_throughout(library_openblas::implementation, kOpenBlasTypes);
}

TEST(LibraryOpenBlas, OffersF32AndF64Everywhere) {
  for (const Types& types : kOpenBlasTypes) {
    EXPECT_EQ(why_not(library_openblas::implementation, matmul({64, 64, 64}, types, "")), "");
  }
  EXPECT_NE(why_not(library_openblas::implementation, "matmul m=8 n=8 k=8 a=bf16"), "");
}

TEST(LibraryOneDnn, IsRightInEveryTypeLayoutSizeAndBatch) {
  expect_right_throughout(library_onednn::implementation, kOneDnnTypes);
}

TEST(LibraryOneDnn, OffersF32Everywhere) {
  EXPECT_EQ(why_not(library_onednn::implementation, matmul({64, 64, 64}, kOneDnnTypes[0], "")), "");
}

TEST(LibraryOneDnn, SaysWhichTypesItDoesNotMultiply) {
  for (const char* type : {"f64", "tf32", "f8e4m3", "f8e5m2"}) {
    EXPECT_NE(why_not(library_onednn::implementation, std::string("matmul m=8 n=8 k=8 a=") + type)
                  .find(type),
              std::string::npos);
  }
}

TEST(LibraryOneDnnGrouped, IsRightInEveryTypeLayoutAndRouting) {
  for (const Types& types : kOneDnnTypes) {
    for (const char* routing : {"balanced", "zipf", "one"}) {
      for (const char* rest : {"layout=nn", "layout=nt dist=integer", "layout=nt dist=normal"}) {
        for (const char* sizes : {"tokens=1 n=1 k=1 groups=1", "tokens=5 n=33 k=17 groups=9",
                                  "tokens=130 n=67 k=65 groups=7"}) {
          expect_right_where_offered(library_onednn_grouped::implementation,
                                     std::string("grouped_matmul ") + sizes +
                                         " a=" + types.operands + " c=" + types.result +
                                         " routing=" + routing + " " + rest);
        }
      }
    }
  }
}

TEST(LibraryOneDnnGrouped, OffersF32EverywhereAndNeverForTensorFloat32) {
  const std::string sizes = "grouped_matmul tokens=9 n=8 k=8 groups=3 a=";
  EXPECT_EQ(why_not(library_onednn_grouped::implementation, sizes + "f32"), "");
  EXPECT_NE(why_not(library_onednn_grouped::implementation, sizes + "tf32").find("tf32"),
            std::string::npos);
}

TEST(NoImplementation, ComputesTensorFloat32AsF32) {
  for (const Implementation* one : implementations()) {
    if (one->division == "reference") continue;
    for (const char* text : {"matmul m=4 n=8 k=8 a=tf32", "fma n=64 steps=3 type=tf32"}) {
      const auto problem = kernels::Problem::parse(text);
      if (one->operation != problem.operation().name) continue;
      EXPECT_NE(one->why_not(problem, test_machine()), "") << one->name << " " << text;
    }
  }
}

TEST(LibraryOneDnn, IsExactWithBytesOfTheFullRange) {
  expect_right_where_offered(library_onednn::implementation,
                             matmul({150, 140, 900}, {"i8", "i32"}, "dist=uniform"));
}

TEST(LibraryOneDnn, DoesNotRoundF32ToFewerBitsThoughTheEnvironmentAsksForIt) {
  ASSERT_EQ(setenv("ONEDNN_DEFAULT_FPMATH_MODE", "ANY", 1), 0);
  const auto problem = kernels::Problem::parse(matmul({96, 96, 96}, {"f32", "f32"}, ""));
  constexpr std::int64_t kBytes = 96 * 96 * 4;
  GuardedBuffer a(kBytes), b(kBytes), c(kBytes);
  const std::array<std::byte*, 3> pointers = {a.data(), b.data(), c.data()};
  const auto details =
      library_onednn::implementation.prepare(problem, pointers, test_machine())->details();
  unsetenv("ONEDNN_DEFAULT_FPMATH_MODE");
  EXPECT_EQ(details.at("math mode"), "strict");
  EXPECT_NE(details.at("environment").find("ONEDNN_DEFAULT_FPMATH_MODE=ANY"), std::string::npos);
}

/// If the implementation reports that it packed B, the result depends on B at the time of prepare.
TEST(LibraryOneDnn, SaysWhetherItPackedTheWeights) {
  const auto problem = kernels::Problem::parse(matmul({256, 256, 256}, {"f32", "f32"}, ""));
  std::vector<GuardedBuffer> buffers;
  std::vector<std::byte*> pointers;
  for (const kernels::Operand& operand : problem.operation().operands(problem)) {
    buffers.emplace_back(operand.bytes());
    pointers.push_back(buffers.back().data());
    std::memset(pointers.back(), 0, buffers.back().bytes().size());
  }
  const kernels::Bytes a = buffers[0].bytes(), b = buffers[1].bytes(), c = buffers[2].bytes();
  kernels::generate(problem, 0, 0, a);
  const auto executable = library_onednn::implementation.prepare(problem, pointers, test_machine());
  kernels::generate(problem, 1, 0, b);
  executable->launch();
  const bool packed = executable->details().at("packing").find("outside") != std::string::npos;
  const bool all_zero =
      std::all_of(c.begin(), c.end(), [](std::byte byte) { return byte == std::byte{0}; });
  EXPECT_EQ(all_zero, packed);
}

TEST(Libraries, SayWhatTheyAre) {
  const auto problem = kernels::Problem::parse(matmul({64, 64, 64}, {"f32", "f32"}, ""));
  for (const Implementation* one :
       {&library_openblas::implementation, &library_onednn::implementation}) {
    constexpr std::int64_t kBytes = 64 * 64 * 4;
    GuardedBuffer a(kBytes), b(kBytes), c(kBytes);
    const std::array<std::byte*, 3> pointers = {a.data(), b.data(), c.data()};
    const auto details = one->prepare(problem, pointers, test_machine())->details();
    for (const char* key : {"library", "threads", "packing", "threading"}) {
      EXPECT_TRUE(details.contains(key)) << one->name << " lacks " << key;
    }
    EXPECT_EQ(details.at("threads"), "2");
  }
}

// Each library has its own threads; used in sequence, they must not hang or disturb each other.
TEST(Libraries, TakeTurnsWithOneAnotherAndWithNativeKernels) {
  for (int round = 0; round < 3; ++round) {
    expect_right(library_openblas::implementation, matmul({200, 200, 200}, {"f32", "f32"}, ""));
    expect_right(library_onednn::implementation, matmul({200, 200, 200}, {"f32", "f32"}, ""));
    test_machine().flush_caches();
  }
}

}  // namespace
}  // namespace assay::backends::cpu
