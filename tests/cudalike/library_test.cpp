// Where libraries are searched, and how a runtime's vendor is recognised.
#include "backends/cudalike/library.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "backends/cudalike/identity.h"
#include "backends/cudalike/platform.h"
#include "unit/backends/temporary_folder.h"

namespace assay::backends::cudalike {
namespace {

using testing::HasSubstr;

/// Sets an environment variable during a test.
class Variable {
 public:
  Variable(const char* name, const std::string& value) : name_(name) {
    if (const char* old = std::getenv(name)) old_ = old, had_ = true;
    setenv(name, value.c_str(), 1);
  }
  ~Variable() { had_ ? setenv(name_, old_.c_str(), 1) : unsetenv(name_); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  const char* name_;
  std::string old_;
  bool had_ = false;
};

void put(const TemporaryFolder& folder, const std::string& place, const char* library) {
  const auto to = folder.path() / place;
  std::filesystem::create_directories(to.parent_path());
  std::filesystem::copy_file(std::string(ASSAY_PRETENDED_LIBRARIES) + "/" + library, to);
}

std::string detail(const sdk::Findings& findings, const std::string& key) {
  std::string all;
  for (const auto& [name, value] : findings.details) {
    if (name == key) all += value + "\n";
  }
  return all;
}

Dialect invented(const std::filesystem::path& home) {
  Dialect dialect;
  dialect.name = "invented";
  dialect.home_variables = {"ASSAY_TEST_HOME"};
  dialect.homes = {home.string()};
  return dialect;
}

TEST(LibraryPlaces, BeginWithTheEnvironmentAndEndWithTheLoader) {
  const TemporaryFolder first, second;
  first.write("lib/libx.so", "");
  second.write("lib64/libx.so", "");
  second.write("lib/libx.so", "");
  const Variable home("ASSAY_TEST_HOME", first.path());
  const auto found = places(invented(second.path()), {"libx.so", "libx.so.3"});
  std::vector<std::string> paths;
  for (const Place& place : found) paths.push_back(place.path);
  EXPECT_THAT(paths,
              testing::ElementsAre(first.path() / "lib/libx.so", second.path() / "lib64/libx.so",
                                   second.path() / "lib/libx.so", "libx.so", "libx.so.3"));
  EXPECT_EQ(found.front().home, first.path());
  EXPECT_TRUE(found.back().home.empty());
}

TEST(LibraryPlaces, TakeTheNewestVersionWhereThereIsNoPlainName) {
  const TemporaryFolder folder;
  folder.write("lib/libx.so.9", "");
  folder.write("lib/libx.so.12", "");
  folder.write("lib/libxy.so.99", "");
  const auto found = places(invented(folder.path()), {"libx.so"});
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found.front().path, folder.path() / "lib/libx.so.12");
}

TEST(LibraryPlaces, IncludeTheDialectsOwnFolders) {
  const TemporaryFolder folder;
  folder.write("parts/so/libx.so", "");
  folder.write("lib/libx.so", "");
  Dialect dialect = invented(folder.path());
  dialect.folders = {"parts/so"};
  const auto found = places_in(dialect, folder.path(), {"libx.so"});
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0].path, folder.path() / "parts/so/libx.so");
  EXPECT_EQ(found[1].path, folder.path() / "lib/libx.so");
}

TEST(LibraryPlaces, ThatCannotBeOpenedAreNamedWithTheirReason) {
  const TemporaryFolder folder;
  folder.write("lib/libassay-no-such.so", "no library at all");
  sdk::Pairs details;
  EXPECT_FALSE(
      open_first(places(invented(folder.path()), {"libassay-no-such.so"}), "runtime", details));
  ASSERT_EQ(details.size(), 1U);
  EXPECT_EQ(details[0].first, "runtime.tried");
  EXPECT_THAT(details[0].second, HasSubstr((folder.path() / "lib/libassay-no-such.so").string()));
}

TEST(SymbolNames, FollowTheDialect) {
  EXPECT_THAT(symbol_names(find_dialect("nvidia"), "cublasCreate"),
              testing::ElementsAre("cublasCreate_v2", "cublasCreate"));
  EXPECT_THAT(symbol_names(find_dialect("amd"), "cudaMalloc"), testing::ElementsAre("hipMalloc"));
  EXPECT_THAT(symbol_names(find_dialect("amd"), "cublasLtMatmul"),
              testing::ElementsAre("hipblasLtMatmul"));
  EXPECT_THAT(symbol_names(find_dialect("moorethreads"), "cuModuleLoadData"),
              testing::ElementsAre("muModuleLoadData"));
  const Dialect& biren = find_dialect("biren");
  EXPECT_THAT(symbol_names(biren, "cudaMalloc"), testing::ElementsAre("supaMalloc"));
  EXPECT_THAT(symbol_names(biren.other_names(), "cudaMalloc").front(), "suMallocDevice");
  EXPECT_THAT(symbol_names(find_dialect("thead"), "cuDeviceTotalMem"),
              testing::ElementsAre("hgDeviceTotalMem_v2", "hgDeviceTotalMem"));
  EXPECT_THAT(symbol_names(find_dialect("thead"), "nvmlInit"),
              testing::ElementsAre("hgmlInit_v2", "hgmlInit"));
  EXPECT_THAT(symbol_names(find_dialect("nvidia"), "cudnnCreate"),
              testing::ElementsAre("cudnnCreate"));
}

/// Names of the files in dialects/, one per dialect.
std::vector<std::string> dialect_files() {
  std::vector<std::string> names;
  for (const auto& file : std::filesystem::directory_iterator(ASSAY_DIALECTS_DIR)) {
    names.push_back(file.path().stem().string());
  }
  return names;
}

TEST(Dialects, HaveNamesOfTheirOwnAndSayWhereToLook) {
  std::vector<std::string> names;
  for (const Dialect* one : dialects()) {
    names.emplace_back(one->name);
    EXPECT_FALSE(one->libraries.runtime.empty()) << one->name;
    EXPECT_FALSE(one->home_variables.empty()) << one->name;
    EXPECT_FALSE(one->types.empty()) << one->name;
    EXPECT_NE(one->libraries.attention.empty(), one->no_attention.empty()) << one->name;
  }
  EXPECT_THAT(names, testing::UnorderedElementsAreArray(dialect_files()));
}

bool declares(const Dialect& dialect, const std::string& variable) {
  return std::any_of(dialect.environment_variables.begin(), dialect.environment_variables.end(),
                     [&](const std::string& pattern) {
                       return pattern.ends_with('*')
                                  ? variable.starts_with(pattern.substr(0, pattern.size() - 1))
                                  : variable == pattern;
                     });
}

TEST(Dialects, DeclareTheVariablesThatSayWhereTheyLie) {
  for (const Dialect* one : dialects()) {
    for (const std::string& home : one->home_variables) {
      EXPECT_TRUE(declares(*one, home)) << one->name << ": " << home;
    }
  }
}

TEST(Dialects, DeclareTheVariablesThatSelectDevices) {
  for (const auto& [name, variable] :
       {std::pair{"nvidia", "CUDA_VISIBLE_DEVICES"}, std::pair{"amd", "ROCR_VISIBLE_DEVICES"},
        std::pair{"amd", "GPU_DEVICE_ORDINAL"}, std::pair{"moorethreads", "MUSA_VISIBLE_DEVICES"},
        std::pair{"metax", "CUDA_VISIBLE_DEVICES"}, std::pair{"biren", "SUPA_VISIBLE_DEVICES"},
        std::pair{"kunlunxin", "XPU_VISIBLE_DEVICES"}, std::pair{"hygon", "HIP_VISIBLE_DEVICES"},
        std::pair{"thead", "CUDA_VISIBLE_DEVICES"}, std::pair{"enflame", "TOPS_VISIBLE_DEVICES"},
        std::pair{"iluvatar", "ILUVATAR_COREX_VISIBLE_DEVICES"}}) {
    EXPECT_TRUE(declares(find_dialect(name), variable)) << name << ": " << variable;
  }
}

TEST(Platform, OfAnIncompleteRuntimeNamesWhatIsMissingAndCallsNothing) {
  const TemporaryFolder folder;
  put(folder, "lib64/libcudart.so", "libpretended-cuda.so");
  const Variable home("CUDA_HOME", folder.path());
  const Platform platform(find_dialect("nvidia"));
  EXPECT_EQ(platform.findings().devices, 0U);
  EXPECT_THAT(platform.findings().summary, HasSubstr("lacks cudaMemGetInfo"));
  EXPECT_FALSE(platform.findings().hint.empty());
}

TEST(Platform, TellsARuntimeByTheFolderThatItLiesIn) {
  const TemporaryFolder folder;
  put(folder, "corex-4.1/lib64/libcudart.so", "libpretended-cuda.so");
  const std::string path = folder.path() / "corex-4.1";
  {
    const Variable home("COREX_HOME", path);
    const Platform platform(find_dialect("iluvatar"));
    EXPECT_THAT(detail(platform.findings(), "runtime.owner"), HasSubstr("Iluvatar: its path"));
  }
  const Variable home("CUDA_HOME", path);
  const Platform platform(find_dialect("nvidia"));
  EXPECT_THAT(detail(platform.findings(), "runtime.foreign"), HasSubstr("is Iluvatar's"));
}

TEST(Platform, TellsARuntimeByAVendorsSymbol) {
  const TemporaryFolder folder;
  put(folder, "anywhere/so/libcudart.so", "libpretended-xpu.so");
  const std::string path = folder.path() / "anywhere";
  {
    const Variable home("KUNLUN_HOME", path);
    const Platform platform(find_dialect("kunlunxin"));
    EXPECT_THAT(detail(platform.findings(), "runtime.owner"), HasSubstr("xpu_device_count"));
  }
  const Variable home("CUDA_HOME", path);
  const Platform platform(find_dialect("nvidia"));
  EXPECT_THAT(detail(platform.findings(), "runtime.foreign"), HasSubstr("is Kunlunxin's"));
}

TEST(Platform, TellsARuntimeByDeviceFilesWhereNothingElseDoes) {
  const TemporaryFolder folder;
  put(folder, "lib/libcudart.so", "libpretended-cuda.so");
  folder.write("dev/iluvatar0", "");
  const Variable home("COREX_HOME", folder.path());
  const Variable files("ASSAY_DEVICE_FILES", folder.path() / "dev");
  const Platform platform(find_dialect("iluvatar"));
  EXPECT_THAT(detail(platform.findings(), "runtime.owner"), HasSubstr("iluvatar0 is there"));
}

TEST(Platform, OfAmdIsNotCalledWithoutItsDeviceFile) {
  const TemporaryFolder folder;
  put(folder, "lib/libamdhip64.so", "libpretended-hip.so");
  std::filesystem::create_directories(folder.path() / "dev");
  const Variable home("ROCM_PATH", folder.path());
  const Variable files("ASSAY_DEVICE_FILES", folder.path() / "dev");
  const Platform platform(find_dialect("amd"));
  EXPECT_THAT(platform.findings().summary, HasSubstr("but no /dev/kfd"));
}

TEST(Platform, WithoutAnyLibrarySaysWhereItLooked) {
  const Platform platform(find_dialect("metax"));
  if (platform.findings().devices > 0) GTEST_SKIP() << "there is a device";
  EXPECT_THAT(platform.findings().summary, HasSubstr("$MACA_PATH"));
  EXPECT_THAT(platform.findings().hint, HasSubstr("MACA_PATH"));
}

/// If NVIDIA's toolkit or Debian's HIP is installed, it has a symbol for every call that we make.
void expect_all_symbols(const char* name, const Texts LibraryNames::*role,
                        void (*bind_all)(Binder&)) {
  const Dialect& dialect = find_dialect(name);
  sdk::Pairs tried;
  const Library library = open_first(places(dialect, dialect.libraries.*role), "library", tried);
  if (!library) GTEST_SKIP() << "not installed";
  Binder binder(dialect, library, nullptr);
  bind_all(binder);
  EXPECT_THAT(binder.absent(), testing::IsEmpty());
}

TEST(InstalledLibraries, OfTheCudaRuntimeHaveEveryCall) {
  expect_all_symbols("nvidia", &LibraryNames::runtime, [](Binder& binder) {
    RuntimeApi api;
    bind(api, binder, false);
  });
}
TEST(InstalledLibraries, OfCublasHaveEveryCall) {
  expect_all_symbols("nvidia", &LibraryNames::blas, [](Binder& binder) {
    BlasApi api;
    bind(api, binder);
  });
}
TEST(InstalledLibraries, OfCublasLtHaveEveryCall) {
  expect_all_symbols("nvidia", &LibraryNames::blas_lt, [](Binder& binder) {
    BlasLtApi api;
    bind(api, binder);
  });
}
TEST(InstalledLibraries, OfNvrtcHaveEveryCall) {
  expect_all_symbols("nvidia", &LibraryNames::compiler, [](Binder& binder) {
    CompilerApi api;
    bind(api, binder);
  });
}
TEST(InstalledLibraries, OfHipHaveEveryCall) {
  expect_all_symbols("amd", &LibraryNames::runtime, [](Binder& binder) {
    RuntimeApi api;
    bind(api, binder, false);
  });
}

}  // namespace
}  // namespace assay::backends::cudalike
