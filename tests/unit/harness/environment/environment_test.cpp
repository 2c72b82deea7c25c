#include "harness/environment/environment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>

namespace assay::harness::environment {
namespace {

using nlohmann::json;
using testing::HasSubstr;

TEST(EnvironmentJson, IsCanonical) {
  const std::string text = environment_json({}, 0);
  EXPECT_EQ(json::parse(text).dump(), text) << "keys sorted, no white space";
}

TEST(EnvironmentJson, IsTheSameWhenAskedAgain) {
  EXPECT_EQ(environment_json({}, 0), environment_json({}, 0));
}

TEST(EnvironmentJson, ChangesWithThreadsAndModules) {
  worker::ModuleReport module;
  module.name = "cpu";
  module.version = "2";
  EXPECT_NE(environment_json({}, 0), environment_json({}, 1));
  EXPECT_NE(environment_json({}, 0), environment_json({module}, 0));
}

TEST(EnvironmentJson, HoldsTopologyKernelMemoryAndBuild) {
  const json all = json::parse(environment_json({}, 0));
  EXPECT_GE(all.at("topology").at("processing_units").get<int>(), 1);
  EXPECT_THAT(all.at("system").at("kernel").get<std::string>(), HasSubstr("Linux"));
  EXPECT_TRUE(all.at("memory").at("total").is_string());
  EXPECT_FALSE(all.at("build").at("compiler").get<std::string>().empty());
  EXPECT_TRUE(all.at("cpu").contains("microcode"));
  EXPECT_TRUE(all.contains("mitigations"));
}

TEST(EnvironmentJson, RecordsVariablesThatModulesDeclareAndNoOthers) {
  setenv("VENDOR_TEST_OF_ASSAY", "1", 1);
  setenv("VENDOR_TOKEN_OF_ASSAY", "x", 1);
  setenv("OTHER_TEST_OF_ASSAY", "x", 1);
  worker::ModuleReport module;
  module.name = "vendor";
  module.environment_variables = {"VENDOR_*"};
  const json variables = json::parse(environment_json({module}, 0)).at("variables");
  EXPECT_EQ(variables.at("VENDOR_TEST_OF_ASSAY"), "1");
  EXPECT_FALSE(variables.contains("VENDOR_TOKEN_OF_ASSAY"));
  EXPECT_FALSE(variables.contains("OTHER_TEST_OF_ASSAY"));
  EXPECT_FALSE(
      json::parse(environment_json({}, 0)).at("variables").contains("VENDOR_TEST_OF_ASSAY"));
  for (const char* name :
       {"VENDOR_TEST_OF_ASSAY", "VENDOR_TOKEN_OF_ASSAY", "OTHER_TEST_OF_ASSAY"}) {
    unsetenv(name);
  }
}

TEST(EnvironmentJson, HoldsLimitsAndContainer) {
  const json all = json::parse(environment_json({}, 3));
  EXPECT_EQ(all.at("limits").at("threads_asked"), 3);
  EXPECT_TRUE(all.at("limits").at("pressure_stall_information").is_boolean());
  EXPECT_TRUE(all.at("limits").contains("cgroup_io_max"));
  EXPECT_TRUE(all.at("system").at("container").contains("image"));
}

TEST(AvailableMemory, OfAGroupCountsFilesThatNobodyReadsAsFree) {
  const auto folder = std::filesystem::path(testing::TempDir()) / "assay-group";
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "memory.max") << "1000\n";
  std::ofstream(folder / "memory.current") << "900\n";
  std::ofstream(folder / "memory.stat") << "anon 200\nfile 700\ninactive_file 600\nslab 5\n";
  EXPECT_EQ(left_of_group(folder), 700);
  std::ofstream(folder / "memory.max") << "max\n";
  EXPECT_EQ(left_of_group(folder), std::nullopt);
  std::filesystem::remove_all(folder);
}

TEST(AvailableMemory, IsAboveZero) {
  EXPECT_GT(available_memory(), 1e6);
}

}  // namespace
}  // namespace assay::harness::environment
