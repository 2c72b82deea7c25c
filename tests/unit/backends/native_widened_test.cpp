#include "backends/cpu/native/widen.h"
#include "kernels/problem.h"
#include "tests/unit/backends/native_case.h"

namespace assay::backends::cpu {
namespace native_widened {
extern const Implementation implementation;
}
namespace native_widened_grouped {
extern const Implementation implementation;
}
}  // namespace assay::backends::cpu

namespace assay::backends::cpu::native_widened_test {
namespace {

constexpr const char* kTypes[] = {"a=mxfp8e4m3 c=bf16",
                                  "a=mxfp8e5m2 b=mxfp6e3m2 c=f16",
                                  "a=mxfp6e2m3",
                                  "a=mxfp4",
                                  "a=nvfp4",
                                  "a=f8e4m3g128",
                                  "a=bf16 b=mxfp4 c=bf16",
                                  "a=f16 b=nvfp4",
                                  "a=bf16 b=i4g128",
                                  "a=f8e4m3 b=f8e5m2 layout=nn",
                                  "a=f8e5m2 c=f8e5m2 layout=tt"};

TEST(NativeWidened, IsRightOnEveryTargetWithEveryType) {
  for (const std::int64_t target : native_targets()) {
    const OnTarget on(target);
    for (const std::string types : kTypes) {
      expect_right(native_widened::implementation, "matmul m=29 n=75 k=384 batch=2 " + types);
    }
  }
}

TEST(NativeWidened, IsExactWithIntegersWhereverRowsAndColumnsEnd) {
  for (const std::string types : kTypes) {
    for (const std::string extents : {"m=1 n=1", "m=7 n=33", "m=12 n=32", "m=13 n=500"}) {
      expect_right(native_widened::implementation,
                   "matmul " + extents + " k=128 dist=integer " + types);
    }
  }
}

TEST(NativeWidened, AddsUpSeveralPanelsOfManyRows) {
  for (const std::string types : {"a=mxfp8e4m3", "a=bf16 b=i4g128 layout=tt", "a=mxfp6e3m2"}) {
    expect_right(native_widened::implementation, "matmul m=250 n=270 k=640 dist=llm " + types);
  }
}

TEST(NativeWidened, MultipliesWithExperts) {
  for (const std::string routing : {"balanced", "zipf", "one"}) {
    for (const std::string types : {"a=mxfp4", "a=f8e4m3g128", "a=bf16 b=i4g128 c=bf16"}) {
      expect_right(native_widened_grouped::implementation,
                   "grouped_matmul tokens=70 n=90 k=256 groups=9 routing=" + routing + " " + types);
    }
  }
}

TEST(NativeWidened, LeavesWiderTypesToOthers) {
  for (const char* text : {"matmul m=8 n=8 k=8 a=bf16", "matmul m=8 n=8 k=8 a=i8"}) {
    EXPECT_NE(native_widened::implementation.why_not(kernels::Problem::parse(text), test_machine()),
              "");
  }
}

/// Every code with a few scales, from every element of a byte on.
TEST(Widener, DecodesEveryCodeOfEveryType) {
  for (const kernels::DataType type : kernels::kDataTypes) {
    if (!native::Widener::reads(type) ||
        kernels::is_integer(kernels::element_of(type)) != (type == kernels::DataType::i4g128)) {
      continue;
    }
    const std::int64_t count = 1 << 16, block = kernels::traits(type).block;
    std::vector<std::byte> array(static_cast<std::size_t>(kernels::bytes_of(type, count)));
    const auto codes = std::int64_t{1} << kernels::bits_of(kernels::element_of(type));
    for (std::int64_t i = 0; i < count; ++i) {
      kernels::store_bits(kernels::element_of(type), array.data(), i,
                          static_cast<std::uint64_t>(i % codes));
    }
    for (std::int64_t i = 0; block != 0 && i < count / block; ++i) {
      kernels::store_scale(type, array, i, std::ldexp(1.25, static_cast<int>(i % 7) - 3));
    }
    const native::Widener widener(type, array.data(), count);
    for (const std::int64_t first : {0, 1, 3, 129}) {
      std::vector<float> got(static_cast<std::size_t>(2 * (count - first)));
      widener.widen(first, count - first, got.data(), 2);
      std::vector<double> expected(static_cast<std::size_t>(count - first));
      kernels::decode_array(type, kernels::ConstBytes(array), first, expected);
      for (std::size_t i = 0; i < expected.size(); ++i) {
        if (std::isnan(expected[i])) {
          ASSERT_TRUE(std::isnan(got[2 * i])) << name(type) << " " << i;
        } else {
          ASSERT_EQ(got[2 * i], static_cast<float>(expected[i])) << name(type) << " " << i;
        }
      }
    }
  }
}

}  // namespace
}  // namespace assay::backends::cpu::native_widened_test
