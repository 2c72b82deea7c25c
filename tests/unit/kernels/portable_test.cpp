#include "kernels/portable.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "kernels/error.h"
#include "kernels/sha256.h"
#include "kernels/tile.h"

namespace assay::kernels::portable_test {
namespace {

using testing::HasSubstr;
using testing::Not;

PortableTarget processor() {
  PortableTarget target;
  target.prelude = "opencl";
  target.cpu = true;
  target.vector_lanes = 8;
  target.f64 = true;
  target.local_memory_bytes = 262144;
  target.group_size_limit = 4096;
  return target;
}

PortableTarget accelerator(const std::string& prelude, const std::string& tile,
                           std::int64_t local_bytes) {
  PortableTarget target;
  target.prelude = prelude;
  target.tile_multiply = tile;
  target.f64 = true;
  target.local_memory_bytes = local_bytes;
  target.group_size_limit = 1024;
  target.compute_units = 100;
  return target;
}

std::vector<PortableTarget> targets() {
  return {processor(), accelerator("opencl", "fma", 32768), accelerator("cuda", "mma_sync", 101376),
          accelerator("hip", "mfma", 65536), accelerator("hip", "wmma", 65536)};
}

std::vector<Problem> problems() {
  std::vector<Problem> all;
  for (const char* text :
       {"copy n=1000003 type=i8", "triad n=1000003 type=bf16", "read n=1000003 type=f16",
        "launch n=100", "fma n=65536 steps=2048 type=f32", "fma n=65536 steps=2048 type=i8",
        "matmul m=1 n=5 k=3 a=f32", "matmul m=4096 n=4096 k=4096 a=bf16",
        "matmul m=7 n=4096 k=9 a=f64", "matmul m=512 n=512 k=512 a=i8",
        "matmul m=512 n=512 k=512 a=mxfp8e4m3 b=mxfp4", "matmul m=3 n=512 k=512 a=bf16 b=i4g128",
        "matmul m=70 n=512 k=512 a=f8e4m3g128",
        "attention b=4 hq=32 hkv=8 sq=1 skv=4096 d=128 type=bf16",
        "attention b=1 hq=2 hkv=2 sq=512 skv=512 d=64 type=f32 mask=causal",
        "attention b=1 hq=2 hkv=2 sq=512 skv=512 d=192 dv=128 type=f16",
        "attention b=1 hq=64 hkv=8 sq=512 skv=512 d=64 type=bf16 mask=causal window=128 softcap=50 "
        "sinks=learned",
        "paged_attention b=4 hq=32 hkv=8 skv=4096 d=128 type=bf16"}) {
    all.push_back(Problem::parse(text));
  }
  return all;
}

TEST(Portable, CandidatesAreFewDistinctAndWithinTheDevice) {
  for (const PortableTarget& target : targets()) {
    for (const Problem& problem : problems()) {
      const auto& kernel = *find_portable(problem.operation().name);
      ASSERT_EQ(kernel.why_not(problem, target), "") << problem.text();
      const auto candidates = kernel.candidates(problem, target);
      EXPECT_GE(candidates.size(), 1u);
      EXPECT_LE(candidates.size(), 12u);
      EXPECT_EQ(std::set(candidates.begin(), candidates.end()).size(), candidates.size());
      for (const PortableParameters& parameters : candidates) {
        for (const PortableLaunch& launch : kernel.launches(problem, parameters)) {
          const auto& [x, y, z] = launch.group_size;
          EXPECT_LE(launch.local_bytes, target.local_memory_bytes)
              << problem.text() << ": " << parameters_text(parameters);
          EXPECT_LE(x * y * z, target.group_size_limit);
          EXPECT_GE(launch.groups[0] * launch.groups[1] * launch.groups[2], 1);
        }
      }
    }
  }
}

TEST(Portable, ATextContainsItsParametersAndNoUnresolvedInclude) {
  const auto problem = Problem::parse("matmul m=64 n=64 k=64 a=bf16");
  const auto& kernel = *find_portable("matmul");
  for (const PortableTarget& target : targets()) {
    const auto parameters = kernel.candidates(problem, target).front();
    const std::string text = portable_text(kernel, target, problem, parameters);
    EXPECT_THAT(text, Not(HasSubstr("#include")));
    EXPECT_THAT(text, HasSubstr("#define OPERAND bf16\n"));
    for (const auto& [name, value] : parameters) {
      EXPECT_THAT(text, HasSubstr("#define " + name + " " + std::to_string(value) + "\n"));
    }
  }
}

TEST(Portable, EveryDeviceGetsTheSameSource) {
  for (const PortableKernel* kernel : portable_kernels()) {
    const std::string_view source = portable_source(*kernel);
    EXPECT_EQ(portable_source_sha256(*kernel), sha256(source));
    const std::string end(source.substr(source.rfind("KERNEL(")));
    for (const Problem& problem : problems()) {
      if (problem.operation().name != kernel->operation) continue;
      for (const PortableTarget& target : targets()) {
        const auto parameters = kernel->candidates(problem, target).front();
        EXPECT_THAT(portable_text(*kernel, target, problem, parameters), HasSubstr(end));
      }
    }
  }
}

TEST(Portable, MultipliesBlockScaledTypesAsTheNarrowestTypeThatHoldsThem) {
  const auto operand = [](const char* types, const PortableTarget& target) {
    const auto problem = Problem::parse(fmt::format("matmul m=64 n=64 k=256 {}", types));
    return find_portable("matmul")->macros(problem, target).at("OPERAND");
  };
  const PortableTarget tensor = accelerator("cuda", "mma_sync", 101376);
  for (const char* types : {"a=mxfp8e4m3", "a=mxfp6e2m3 b=mxfp4", "a=nvfp4", "a=bf16 b=nvfp4"}) {
    EXPECT_EQ(operand(types, tensor), "bf16") << types;
    EXPECT_EQ(operand(types, processor()), "f32") << types;
  }
  // bf16 would round the products of elements and scales, or the values of f16.
  for (const char* types : {"a=f8e4m3g128", "a=bf16 b=i4g128", "a=f16 b=mxfp4"}) {
    EXPECT_EQ(operand(types, tensor), "f32") << types;
  }
}

TEST(Portable, RefusesALanguageWithoutAPrelude) {
  const auto problem = Problem::parse("copy n=64 type=f32");
  const auto& kernel = *find_portable("copy");
  PortableTarget target = processor();
  const auto parameters = kernel.candidates(problem, target).front();
  target.prelude = "fortran";
  EXPECT_THROW(portable_text(kernel, target, problem, parameters), InputError);
}

TEST(Portable, NeverMultipliesF32WithNarrowerTiles) {
  for (const char* tile : {"mma_sync", "mfma", "wmma"}) {
    const PortableTarget target = accelerator("cuda", tile, 65536);
    EXPECT_EQ(tile_for(target, DataType::f32).name, "fma");
    EXPECT_EQ(tile_for(target, DataType::f64).name, "fma");
    EXPECT_EQ(tile_for(target, DataType::bf16).name, tile);
  }
}

TEST(Portable, SaysWhatASourceCannotDo) {
  const auto why = [](const char* text, const PortableTarget& target) {
    const auto problem = Problem::parse(text);
    return find_portable(problem.operation().name)->why_not(problem, target);
  };
  PortableTarget single = processor();
  single.f64 = false;
  EXPECT_NE(why("matmul m=8 n=8 k=8 a=f64", single), "");
  EXPECT_NE(why("triad n=8 type=f64", single), "");
  EXPECT_EQ(why("copy n=8 type=f64", single), "");
  EXPECT_NE(why("matmul m=8 n=8 k=8 a=f8e4m3", processor()), "");
  EXPECT_NE(why("matmul m=8 n=8 k=8 a=tf32", processor()), "");
  EXPECT_NE(why("fma n=64 steps=3 type=bf16", accelerator("cuda", "mma_sync", 65536)), "");
  EXPECT_EQ(why("fma n=64 steps=3 type=bf16", processor()), "");
}

TEST(Portable, RefusesHeadsTooWideForLocalMemory) {
  const auto problem = Problem::parse("mla_decode b=2 hq=16 skv=300 type=bf16");
  const auto& kernel = *find_portable("mla_decode");
  EXPECT_EQ(kernel.why_not(problem, accelerator("hip", "mfma", 65536)), "");
  const PortableTarget small = accelerator("opencl", "fma", 32768);
  EXPECT_THAT(kernel.why_not(problem, small), HasSubstr("local memory"));
  EXPECT_TRUE(kernel.candidates(problem, small).empty());
}

TEST(Portable, SplitsKeysOnlyIfThereAreFewGroups) {
  const auto& kernel = *find_portable("attention");
  const PortableTarget target = accelerator("cuda", "mma_sync", 101376);
  const auto launches_of = [&](const char* text) {
    const auto problem = Problem::parse(text);
    const auto parameters = kernel.candidates(problem, target).front();
    EXPECT_EQ(kernel.scratch_bytes(problem, parameters) > 0,
              kernel.launches(problem, parameters).size() == 2);
    return kernel.launches(problem, parameters).size();
  };
  EXPECT_EQ(launches_of("attention b=1 hq=8 hkv=1 sq=1 skv=65536 d=128 type=bf16"), 2u);
  EXPECT_EQ(launches_of("attention b=8 hq=64 hkv=64 sq=2048 skv=2048 d=128 type=bf16"), 1u);
}

}  // namespace
}  // namespace assay::kernels::portable_test
