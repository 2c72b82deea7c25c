#include "harness/plan/plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "harness/worker/session.h"
#include "kernels/error.h"

namespace assay::harness::plan {
namespace {

using results::record::Division;

using results::record::DeviceIdentity;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::UnorderedElementsAre;

DeviceIdentity device(std::uint32_t index = 0) {
  DeviceIdentity out;
  out.backend = "cpu";
  out.index = index;
  out.kind = "cpu";
  out.compute_units = 2;
  out.memory_bytes = 16ull << 30;
  return out;
}

std::vector<SuiteProblem> copies(const std::vector<std::int64_t>& sizes) {
  std::vector<SuiteProblem> problems;
  for (const std::int64_t n : sizes) {
    problems.push_back(
        {kernels::Problem::make("copy", {{"n", std::to_string(n)}, {"type", "f32"}}), "", {}});
  }
  return problems;
}

std::vector<measure::Offer> three_offers(std::size_t, const kernels::Problem&) {
  return {{"library/blas", Division::library, ""},
          {"native/stream", Division::native, ""},
          {"reference/fp64", Division::reference, ""}};
}

PlanOptions options(std::uint64_t seed = 1) {
  PlanOptions out;
  out.order_seed = seed;
  out.host_memory_bytes = 8e9;
  return out;
}

std::vector<std::string> implementations(const Plan& plan) {
  std::vector<std::string> names;
  for (const PlanEntry& entry : plan.entries) names.push_back(entry.implementation);
  return names;
}

std::vector<std::string> order(const Plan& plan) {
  std::vector<std::string> out;
  for (const PlanEntry& entry : plan.entries)
    out.push_back(entry.problem.text() + entry.implementation);
  return out;
}

TEST(MakePlan, TakesAllDivisionsButReferenceUnlessAsked) {
  const Plan plan = make_plan(copies({64}), {device()}, options(), three_offers);
  EXPECT_THAT(implementations(plan), UnorderedElementsAre("library/blas", "native/stream"));
}

DeviceIdentity pretended() {
  DeviceIdentity out = device();
  out.backend = "datasheet";
  out.unique_id = "h200-sxm";
  out.memory_bytes = 141'000'000'000;
  out.modelled = true;
  return out;
}

std::vector<measure::Offer> one_model(std::size_t, const kernels::Problem&) {
  return {{"modelled/roofline", Division::modelled, ""}};
}

TEST(MakePlan, AsksNoMemoryOfTheHostForWhatIsModelled) {
  PlanOptions narrow = options();
  narrow.host_memory_bytes = 1e6;
  narrow.measurement.burn_seconds = 60;
  const auto large = copies({10'000'000'000});
  EXPECT_THAT(make_plan(large, {device()}, narrow, three_offers).entries, IsEmpty());
  const Plan plan = make_plan(large, {pretended()}, narrow, one_model);
  ASSERT_THAT(implementations(plan), UnorderedElementsAre("modelled/roofline"));
  EXPECT_EQ(plan.entries[0].estimate.host_bytes, 0);
  // Nothing runs, so no burn time is needed.
  EXPECT_EQ(plan.entries[0].settings.burn_seconds, 0);
  EXPECT_LT(plan.seconds(), 1);
  EXPECT_THAT(make_plan(copies({20'000'000'000}), {pretended()}, narrow, one_model).entries,
              IsEmpty());
}

TEST(PlanJson, NamesAModelledDeviceByItsSystem) {
  const std::vector<DeviceIdentity> devices = {pretended(), device()};
  const Plan plan = make_plan(copies({64}), devices, options(), one_model);
  const std::string text = plan_to_json(plan, devices);
  EXPECT_THAT(planned_devices(text), testing::ElementsAre("cpu:0", "datasheet:h200-sxm"));
  EXPECT_THAT(plan_from_json(text, devices).entries, SizeIs(2));
  EXPECT_THAT(planned_devices("no plan"), IsEmpty());
}

TEST(MakePlan, TakesTheDivisionsAndImplementationsAskedFor) {
  PlanOptions reference = options();
  reference.measurement.divisions = {Division::reference};
  EXPECT_THAT(implementations(make_plan(copies({64}), {device()}, reference, three_offers)),
              UnorderedElementsAre("reference/fp64"));
  PlanOptions named = options();
  named.measurement.implementations = {"fp64", "library/blas"};
  EXPECT_THAT(implementations(make_plan(copies({64}), {device()}, named, three_offers)),
              UnorderedElementsAre("reference/fp64", "library/blas"));
}

TEST(MakePlan, RefusesAnImplementationThatNoneOffers) {
  PlanOptions named = options();
  named.measurement.implementations = {"library/blass"};
  try {
    make_plan(copies({64}), {device()}, named, three_offers);
    FAIL() << "took an implementation that does not exist";
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(), HasSubstr("library/blass"));
    EXPECT_THAT(error.hint(), HasSubstr("`library/blas`"));
  }
}

TEST(MakePlan, PutsTheCommandLineAboveTheSuite) {
  auto problems = copies({64});
  problems[0].measurement.mode = results::record::Mode::hot;
  problems[0].measurement.target = 0.05;
  problems[0].measurement.divisions = {Division::library};
  PlanOptions above = options(9);
  above.measurement.mode = results::record::Mode::cold;
  above.measurement.divisions = {Division::native};
  const Plan plan = make_plan(problems, {device()}, above, three_offers);
  ASSERT_THAT(plan.entries, SizeIs(1));
  EXPECT_EQ(plan.entries[0].implementation, "native/stream");
  EXPECT_EQ(plan.entries[0].settings.mode, results::record::Mode::cold);
  EXPECT_DOUBLE_EQ(plan.entries[0].settings.target, 0.05);
  EXPECT_EQ(plan.entries[0].settings.order_seed, 9u);
}

TEST(MakePlan, ShufflesBySeedAndKeepsAProblemTogether) {
  const auto problems = copies({64, 128, 256, 512, 1024, 2048, 4096, 8192});
  const auto with = [&](std::uint64_t seed) {
    return order(make_plan(problems, {device()}, options(seed), three_offers));
  };
  EXPECT_EQ(with(1), with(1));
  EXPECT_NE(with(1), with(2));
  const Plan plan = make_plan(problems, {device()}, options(3), three_offers);
  ASSERT_THAT(plan.entries, SizeIs(16));
  for (std::size_t i = 0; i < plan.entries.size(); i += 2) {
    EXPECT_EQ(plan.entries[i].problem, plan.entries[i + 1].problem);
  }
}

TEST(MakePlan, SkipsWhatDoesNotFitIntoMemoryWithItsSizes) {
  PlanOptions small = options();
  small.host_memory_bytes = 1e6;
  const Plan plan = make_plan(copies({64, 1 << 20}), {device()}, small, three_offers);
  EXPECT_THAT(plan.entries, SizeIs(2));
  ASSERT_THAT(plan.skipped, SizeIs(1));
  EXPECT_TRUE(plan.skipped[0].for_memory);
  EXPECT_THAT(plan.skipped[0].reason, AllOf(HasSubstr("24.0 MiB"), HasSubstr("977 KiB")));
}

TEST(MakePlan, CountsMemoryOfASeparateDeviceForItself) {
  DeviceIdentity gpu = device();
  gpu.kind = "gpu";
  gpu.memory_bytes = 1 << 20;
  const Plan plan = make_plan(copies({1 << 20}), {gpu}, options(), three_offers);
  EXPECT_THAT(plan.entries, IsEmpty());
  ASSERT_THAT(plan.skipped, SizeIs(1));
  EXPECT_THAT(plan.skipped[0].reason, HasSubstr("of device memory"));
}

TEST(MakePlan, SkipsWithTheImplementationsOwnReason) {
  const Plan plan =
      make_plan(copies({64}), {device()}, options(), [](std::size_t, const kernels::Problem&) {
        return std::vector<measure::Offer>{
            {"library/x", Division::library, "this CPU lacks AVX512_BF16"}};
      });
  EXPECT_THAT(plan.entries, IsEmpty());
  ASSERT_THAT(plan.skipped, SizeIs(1));
  EXPECT_EQ(plan.skipped[0].implementation, "library/x");
  EXPECT_EQ(plan.skipped[0].reason, "this CPU lacks AVX512_BF16");
}

TEST(MakePlan, SkipsOnADeviceThatCannotBeAsked) {
  const Plan plan = make_plan(
      copies({64}), {device(0), device(1)}, options(),
      [](std::size_t index, const kernels::Problem& problem) -> std::vector<measure::Offer> {
        if (index == 1) throw Error("cpu:1: the worker ended with SIGSEGV");
        return three_offers(index, problem);
      });
  EXPECT_THAT(plan.entries, SizeIs(2));
  ASSERT_THAT(plan.skipped, SizeIs(1));
  EXPECT_EQ(plan.skipped[0].device, "cpu:1");
  EXPECT_THAT(plan.skipped[0].reason, HasSubstr("SIGSEGV"));
}

TEST(PlanJson, ReadsBackWhatItWrote) {
  auto problems = copies({64, 128});
  problems[0].label = "small";
  problems[1].measurement.target = 0.03;
  problems[1].measurement.burn_seconds = 60;
  PlanOptions with_threads = options(5);
  with_threads.threads = 3;
  const std::vector<DeviceIdentity> devices = {device(0), device(1)};
  const Plan plan = make_plan(problems, devices, with_threads, three_offers);
  const Plan back = plan_from_json(plan_to_json(plan, devices), devices);
  EXPECT_EQ(order(back), order(plan));
  EXPECT_EQ(back.threads, 3u);
  for (std::size_t i = 0; i < plan.entries.size(); ++i) {
    EXPECT_EQ(back.entries[i].device, plan.entries[i].device);
    EXPECT_EQ(back.entries[i].label, plan.entries[i].label);
    EXPECT_EQ(back.entries[i].division, plan.entries[i].division);
    EXPECT_DOUBLE_EQ(back.entries[i].settings.target, plan.entries[i].settings.target);
    EXPECT_EQ(back.entries[i].settings.order_seed, plan.entries[i].settings.order_seed);
    EXPECT_EQ(back.entries[i].settings.burn_seconds, plan.entries[i].settings.burn_seconds);
  }
}

TEST(Plan, CountsABurnIntoTheTimeItTakes) {
  auto problems = copies({64});
  const std::vector<DeviceIdentity> devices = {device()};
  const double without = make_plan(problems, devices, options(), three_offers).seconds();
  PlanOptions burning = options();
  burning.measurement.burn_seconds = 60;
  const Plan plan = make_plan(problems, devices, burning, three_offers);
  EXPECT_NEAR(plan.seconds(), without + 60.0 * static_cast<double>(plan.entries.size()), 1e-6);
  for (const PlanEntry& entry : plan.entries) EXPECT_EQ(entry.settings.burn_seconds, 60);
}

TEST(PlanJson, SkipsEntriesOfADeviceThatIsGone) {
  const std::vector<DeviceIdentity> both = {device(0), device(1)};
  const Plan plan = make_plan(copies({64}), both, options(), three_offers);
  const Plan back = plan_from_json(plan_to_json(plan, both), {device(0)});
  EXPECT_THAT(back.entries, SizeIs(2));
  EXPECT_THAT(back.skipped, SizeIs(2));
}

TEST(Remaining, LeavesOutWhatHasARecord) {
  const std::vector<DeviceIdentity> devices = {device()};
  const Plan plan = make_plan(copies({64, 128}), devices, options(), three_offers);
  results::record::Record done;
  done.problem = plan.entries[1].problem.text();
  done.device = devices[0];
  done.implementation.name = plan.entries[1].implementation;
  done.settings = plan.entries[1].settings;
  const Plan rest = worker::remaining(plan, devices, {done});
  ASSERT_THAT(rest.entries, SizeIs(3));
  EXPECT_EQ(order(rest)[0], order(plan)[0]);
  EXPECT_EQ(order(rest)[1], order(plan)[2]);
}

TEST(Estimate, GrowsWithTheWorkAndTheBudget) {
  const auto small = kernels::Problem::parse("copy n=1024 type=f32");
  const auto large = kernels::Problem::parse("copy n=1073741824 type=f32");
  results::record::Settings settings;
  EXPECT_LT(estimate(small, device(), Division::native, settings).seconds,
            estimate(large, device(), Division::native, settings).seconds);
  results::record::Settings longer = settings;
  longer.budget_seconds = 10 * settings.budget_seconds;
  EXPECT_LT(estimate(small, device(), Division::native, settings).seconds,
            estimate(small, device(), Division::native, longer).seconds);
  EXPECT_GT(timeout_seconds(estimate(small, device(), Division::native, longer)), 60);
}

}  // namespace
}  // namespace assay::harness::plan
