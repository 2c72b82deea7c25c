// Compiles portable kernels with the vendors' compilers, without devices: NVRTC through our
// wrapper, and clang for AMD.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>

#include "backends/cudalike/compiler.h"
#include "kernels/operation.h"
#include "kernels/portable.h"
#include "unit/backends/temporary_folder.h"

namespace assay::backends::cudalike {
namespace {

using kernels::PortableKernel;
using kernels::PortableTarget;
using kernels::Problem;

/// Problems that cover every type and every path of the sources.
constexpr std::string_view kProblems[] = {
    "copy n=65536 type=f32",
    "copy n=65535 type=bf16",
    "triad n=65536 type=f32",
    "triad n=65535 type=f64",
    "triad n=65536 type=bf16",
    "read n=65536 type=f64",
    "read n=65535 type=bf16",
    "matmul m=256 n=256 k=256 a=f32",
    "matmul m=257 n=255 k=253 a=f32 layout=tt",
    "matmul m=256 n=256 k=256 a=f64 layout=nt",
    "matmul m=256 n=256 k=256 a=bf16",
    "matmul m=256 n=256 k=256 a=bf16 c=bf16 layout=nt",
    "matmul m=256 n=256 k=256 a=f16 layout=tn",
    "matmul m=255 n=257 k=256 a=f16 c=f16",
    "matmul m=256 n=256 k=256 a=i8",
    "matmul m=1 n=4096 k=4096 a=bf16",
    "matmul m=256 n=256 k=256 a=mxfp8e4m3 b=mxfp4 c=bf16",
    "matmul m=256 n=256 k=256 a=mxfp8e5m2 b=mxfp6e3m2",
    "matmul m=256 n=256 k=256 a=mxfp6e2m3 c=f16",
    "matmul m=256 n=256 k=256 a=nvfp4",
    "matmul m=256 n=256 k=256 a=f16 b=i4g128 layout=tt",
    "grouped_matmul tokens=512 n=256 k=256 groups=8 a=f8e4m3g128",
    "attention b=1 hq=8 hkv=8 sq=256 skv=256 d=64 type=f32",
    "attention b=1 hq=8 hkv=2 sq=256 skv=512 d=128 type=bf16 mask=causal",
    "attention b=1 hq=8 hkv=8 sq=256 skv=256 d=256 type=f16",
    "attention b=4 hq=8 hkv=2 sq=1 skv=1024 d=128 type=bf16",
    "attention b=1 hq=8 hkv=2 sq=256 skv=512 d=128 type=bf16 mask=causal window=100 softcap=50 "
    "sinks=learned",
    "paged_attention b=4 hq=8 hkv=2 skv=1024 d=128 type=bf16",
    "paged_attention b=4 hq=8 hkv=2 sq=64 skv=1024 d=64 type=f32 window=100 sinks=learned",
    "grouped_matmul tokens=512 n=256 k=256 groups=8 a=bf16 c=f32",
    "grouped_matmul tokens=512 n=256 k=250 groups=8 a=f32 layout=nt",
    "launch n=64",
    "mla_decode b=1 skv=1024 type=bf16",
    "fma n=65536 steps=64 type=f32"};

std::vector<Problem> problems_of(const PortableKernel& kernel) {
  std::vector<Problem> all;
  for (std::string_view text : kProblems) {
    if (text.substr(0, text.find(' ')) != kernel.operation) continue;
    all.push_back(Problem::parse(text));
  }
  return all;
}

/// Runs `compile` on the texts that a target's devices would compile: those of the first and the
/// last candidate. Texts that several problems share are compiled once.
template <class Compile>
void compile_all(const PortableTarget& target, const Compile& compile) {
  std::set<std::string> seen;
  for (const PortableKernel* kernel : kernels::portable_kernels()) {
    std::size_t solved = 0;
    for (const Problem& problem : problems_of(*kernel)) {
      if (!kernel->why_not(problem, target).empty()) continue;
      const auto candidates = kernel->candidates(problem, target);
      ASSERT_FALSE(candidates.empty()) << problem.text();
      ++solved;
      for (const auto& parameters : {candidates.front(), candidates.back()}) {
        const std::string text = kernels::portable_text(*kernel, target, problem, parameters);
        if (!seen.insert(text).second) continue;
        SCOPED_TRACE(
            fmt::format("{} with {}", problem.text(), kernels::parameters_text(parameters)));
        compile(text);
      }
    }
    EXPECT_GT(solved, 0U) << "no problem of " << kernel->operation << " is compiled here";
  }
}

PortableTarget target_of(const char* dialect) {
  PortableTarget target;
  target.prelude = find_dialect(dialect).prelude;
  target.local_memory_bytes = 64 << 10;
  target.group_size_limit = 1024;
  target.subgroup_size = 32;
  target.compute_units = 100;
  target.f16 = target.f64 = true;
  target.tile_multiply = find_dialect(dialect).tile_multiplies.front().name;
  return target;
}

class Nvrtc : public testing::TestWithParam<const char*> {};

TEST_P(Nvrtc, CompilesEveryPortableKernel) {
  const Dialect& nvidia = find_dialect("nvidia");
  sdk::Pairs tried;
  const Library library = open_first(places(nvidia, nvidia.libraries.compiler), "nvrtc", tried);
  if (!library) GTEST_SKIP() << "no NVRTC here";
  std::string reason;
  const auto compiler = Compiler::bind_to(nvidia, library, reason);
  ASSERT_NE(compiler, nullptr) << reason;
  compile_all(target_of("nvidia"), [&](const std::string& text) {
    try {
      EXPECT_FALSE(compiler->compile(text, GetParam()).image.empty());
    } catch (const sdk::Failure& failure) {
      ADD_FAILURE() << failure.what();
    }
  });
}

INSTANTIATE_TEST_SUITE_P(Architectures, Nvrtc, testing::Values("80", "90a", "100a"),
                         [](const auto& one) { return "sm_" + std::string(one.param); });

TEST(NvrtcFailures, CarryTheCompilersLog) {
  const Dialect& nvidia = find_dialect("nvidia");
  sdk::Pairs tried;
  const Library library = open_first(places(nvidia, nvidia.libraries.compiler), "nvrtc", tried);
  if (!library) GTEST_SKIP() << "no NVRTC here";
  std::string reason;
  const auto compiler = Compiler::bind_to(nvidia, library, reason);
  ASSERT_NE(compiler, nullptr) << reason;
  try {
    compiler->compile("extern \"C\" __global__ void broken() { undeclared = 1; }", "80");
    FAIL() << "compiled";
  } catch (const sdk::Failure& failure) {
    EXPECT_NE(std::string(failure.what()).find("undeclared"), std::string::npos);
    EXPECT_EQ(failure.status(), ASSAY_UNSUPPORTED);
  }
}

TEST(Architectures, AreTheirOwnFromNinetyOn) {
  const Dialect& nvidia = find_dialect("nvidia");
  EXPECT_EQ(architecture_of(nvidia, 80), "80");
  EXPECT_EQ(architecture_of(nvidia, 90), "90a");
  EXPECT_EQ(architecture_of(nvidia, 100), "100a");
}

TEST(Architectures, HaveTheVendorsNamesWhereItHasSuch) {
  const Dialect& thead = find_dialect("thead");
  EXPECT_EQ(architecture_of(thead, 80), "ppu001");
  EXPECT_EQ(architecture_of(thead, 89), "ppu0015");
  EXPECT_EQ(architecture_of(thead, 120), "");
}

#ifdef ASSAY_CLANG
std::string contents(const std::filesystem::path& path) {
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

class ClangForAmd : public testing::TestWithParam<const char*> {};

TEST_P(ClangForAmd, CompilesEveryPortableKernel) {
  const TemporaryFolder folder;
  const auto log = folder.path() / "log";
  const auto run = [&](const std::string& text) {
    folder.write("kernel.hip", text);
    const std::string command = fmt::format(
        "{} -x hip --offload-arch={} -nogpuinc -nogpulib --cuda-device-only -O1 -S -o {} {} > {} "
        "2>&1",
        ASSAY_CLANG, GetParam(), (folder.path() / "kernel.s").string(),
        (folder.path() / "kernel.hip").string(), log.string());
    return std::system(command.c_str());
  };
  if (run("extern \"C\" __attribute__((global)) void empty() {}") != 0) {
    GTEST_SKIP() << "this clang does not know it: " << contents(log);
  }
  PortableTarget target = target_of("amd");
  target.subgroup_size = GetParam() == std::string_view("gfx1100") ? 32 : 64;
  for (const TileMultiply& one : find_dialect("amd").tile_multiplies) {
    if (one.subgroup == target.subgroup_size) target.tile_multiply = one.name;
  }
  compile_all(target, [&](const std::string& text) { EXPECT_EQ(run(text), 0) << contents(log); });
}

INSTANTIATE_TEST_SUITE_P(Architectures, ClangForAmd, testing::Values("gfx90a", "gfx942", "gfx1100"),
                         [](const auto& one) { return std::string(one.param); });
#endif

}  // namespace
}  // namespace assay::backends::cudalike
