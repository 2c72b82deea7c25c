#include "backends/shared/portable_runner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "tests/unit/backends/temporary_folder.h"

namespace assay::backends {
namespace {

using kernels::PortableParameters;
using kernels::Problem;
using testing::HasSubstr;

/// A fake device: the test decides which texts compile and how long they take.
class PortableRunner : public testing::Test {
 protected:
  PortableRunner() { setenv("XDG_CACHE_HOME", folder_.path().c_str(), 1); }
  ~PortableRunner() override { unsetenv("XDG_CACHE_HOME"); }

  PortableRuntime runtime(bool tune) {
    PortableRuntime out;
    out.target.prelude = "opencl";
    out.device = "pretended";
    out.driver = "1.0";
    out.tune = tune;
    out.compile = [this](const std::string& text) -> PortableProgram {
      for (const std::string& bad : refused_) {
        if (text.find(bad) != std::string::npos) throw std::runtime_error("log: no");
      }
      return std::make_shared<std::string>(text);
    };
    out.time = [this](const PortableProgram& program, const auto&, std::int64_t) {
      const auto& text = *std::static_pointer_cast<std::string>(program);
      for (const std::string& bad : not_launched_) {
        if (text.find(bad) != std::string::npos) throw std::runtime_error("out of resources");
      }
      return text.find(fast_) == std::string::npos ? 0.2 : 0.1;
    };
    return out;
  }

  PortableChoice choose(bool tune, const char* text = "copy n=1048576 type=f32") {
    return choose_portable(kernel_, Problem::parse(text), runtime(tune));
  }

  const kernels::PortableKernel& kernel_ = *kernels::find_portable("copy");
  TemporaryFolder folder_;
  std::vector<std::string> refused_, not_launched_;
  std::string fast_ = "#define STEPS 8\n";
};

TEST_F(PortableRunner, UsesTheFirstCandidateWithoutTuning) {
  const auto choice = choose(false);
  const auto first =
      kernel_.candidates(Problem::parse("copy n=1048576 type=f32"), runtime(false).target).front();
  EXPECT_EQ(choice.parameters, first);
  EXPECT_THAT(choice.details.at("tuning"), HasSubstr("first of"));
  EXPECT_EQ(choice.details.at("source.sha256").size(), 64u);
}

TEST_F(PortableRunner, TakesAnotherCandidateWhereTheDeviceRefusesToLaunchTheFirst) {
  const std::int64_t first = choose(false).parameters.at("STEPS");
  not_launched_ = {"#define STEPS " + std::to_string(first) + "\n"};
  const auto choice = choose(false);
  EXPECT_NE(choice.parameters.at("STEPS"), first);
  EXPECT_THAT(choice.details.at("tuning"), HasSubstr("that the device takes"));
  EXPECT_THAT(choice.details.at("tuning.refused"), HasSubstr("out of resources"));
  not_launched_ = {"KERNEL"};
  EXPECT_THROW(choose(false), std::runtime_error);
}

TEST_F(PortableRunner, TuningUsesTheFastestAndLaterRunsReuseIt) {
  EXPECT_EQ(choose(true).parameters.at("STEPS"), 8);
  const auto later = choose(false);
  EXPECT_EQ(later.parameters.at("STEPS"), 8);
  EXPECT_THAT(later.details.at("tuning"), HasSubstr("earlier"));
}

TEST_F(PortableRunner, TuningStopsAtItsLimitAndSaysSo) {
  PortableRuntime limited = runtime(true);
  limited.tune_seconds = 0;
  const Problem problem = Problem::parse("copy n=1048576 type=f32");
  const auto candidates = kernel_.candidates(problem, limited.target);
  const auto choice = choose_portable(kernel_, problem, limited);
  EXPECT_EQ(choice.parameters, candidates.front());
  EXPECT_THAT(choice.details.at("tuning"), HasSubstr(std::to_string(candidates.size() - 1) +
                                                     " more not tried: the limit of 0 s"));
}

TEST_F(PortableRunner, TuningAppliesOnlyToProblemsOfItsClass) {
  choose(true);
  EXPECT_EQ(choose(false, "copy n=1048575 type=f32 seed=7").parameters.at("STEPS"), 8);
  EXPECT_EQ(choose(false, "copy n=1048577 type=f32").parameters.at("STEPS"), 4);
  EXPECT_EQ(choose(false, "copy n=1048576 type=f64").parameters.at("STEPS"), 4);
}

TEST_F(PortableRunner, TuningSkipsCandidatesThatDoNotCompile) {
  refused_ = {"#define STEPS 8\n"};
  const auto choice = choose(true);
  EXPECT_NE(choice.parameters.at("STEPS"), 8);
  EXPECT_THAT(choice.details.at("tuning.times"), HasSubstr("log: no"));
}

TEST_F(PortableRunner, ThrowsTheCompilersLogIfNothingCompiles) {
  refused_ = {"KERNEL"};
  EXPECT_THROW(choose(true), std::runtime_error);
  EXPECT_THROW(choose(false), std::runtime_error);
}

TEST_F(PortableRunner, IgnoresADamagedOrOutdatedCache) {
  choose(true);
  const auto read = [] {
    std::ifstream file(tuning_cache_path());
    return std::string(std::istreambuf_iterator<char>(file), {});
  };
  std::string text = read();
  ASSERT_THAT(text, HasSubstr("\"STEPS\": 8"));
  text.replace(text.find("\"STEPS\": 8"), 10, "\"STEPS\": 9");
  std::ofstream(tuning_cache_path()) << text;
  EXPECT_EQ(choose(false).parameters.at("STEPS"), 4);
  std::ofstream(tuning_cache_path()) << "{ not json";
  EXPECT_EQ(choose(false).parameters.at("STEPS"), 4);
}

}  // namespace
}  // namespace assay::backends
