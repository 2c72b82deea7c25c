// Writes a store of seeded histories with known changes:  synthetic_store FILE NIGHTS A driver
// changes after two thirds of the nights, and one problem becomes 5% slower with it.
//   synthetic_store FILE NIGHTS BEFORE AFTER CONTROL  Of the fake device `good`: a copy that takes
// BEFORE seconds, and AFTER in the last two nights, and three triads that take CONTROL seconds.
#include <fmt/format.h>

#include <chrono>
#include <cstdlib>

#include "kernels/operation.h"
#include "kernels/problem.h"
#include "results/store/store.h"
#include "tests/regress/synthetic.h"

namespace {

using namespace assay;

struct Kind {
  std::string problem;
  const char* implementation;
  synthetic::Noise noise;
  synthetic::Course course;
};

std::vector<Kind> kinds(std::size_t nights) {
  const std::size_t changed = nights * 2 / 3;
  const auto course = [](auto set) {
    synthetic::Course out;
    set(out);
    return out;
  };
  using synthetic::Course;
  using synthetic::Noise;
  return {
      {"copy n=33554432 type=f32", "native/stream", Noise::normal, {}},
      {"triad n=33554432 type=f32", "native/stream", Noise::bimodal, {}},
      {"matmul m=4096 n=4096 k=4096 a=bf16", "library/onednn", Noise::normal,
       course([&](Course& c) { c.step_at = changed, c.step = 0.05; })},
      {"matmul m=2048 n=2048 k=2048 a=bf16", "library/onednn", Noise::normal,
       course([&](Course& c) { c.step_at = changed, c.step = -0.1; })},
      {"matmul m=1024 n=1024 k=1024 a=f32", "library/openblas", Noise::heavy_tailed, {}},
      {"attention b=1 hq=8 hkv=8 sq=2048 skv=2048 d=128 type=bf16", "native/flash", Noise::normal,
       course([&](Course& c) {
         c.drift_from = nights / 4, c.drift_to = nights * 3 / 4, c.drift = 0.08;
       })},
      {"launch n=1", "native/launch", Noise::normal,
       course([&](Course& c) { c.grown_from = nights / 2, c.grown = 3; })},
  };
}

/// Midnight of the night, from 2025-01-01 on.
std::string moment(std::size_t night, std::size_t second) {
  using namespace std::chrono;
  const year_month_day day = sys_days{year{2025} / 1 / 1} + days{night};
  return fmt::format("{:04}-{:02}-{:02}T02:00:{:02}.000Z", static_cast<int>(day.year()),
                     static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()), second);
}

results::record::Record record_of(const Kind& kind, const results::record::Run& run,
                                  std::size_t night, std::size_t place, double seconds,
                                  const results::record::DeviceIdentity& device) {
  const auto problem = kernels::Problem::parse(kind.problem);
  results::record::Record record;
  record.id = fmt::format("{:08x}-0000-4000-8000-{:012x}", night, place);
  record.run = run.id;
  record.started = moment(night, place);
  record.problem = problem.text();
  record.operation = std::string(problem.operation().name);
  record.work = problem.operation().work(problem);
  record.device = device;
  record.implementation = {kind.implementation,
                           results::record::require_named<results::record::Division>(
                               std::string_view(kind.implementation)
                                   .substr(0, std::string_view(kind.implementation).find('/')),
                               "sample"),
                           {}};
  record.settings.mode = results::record::Mode::hot;
  // Too short to tell whether other work uses the machine that runs the tests.
  record.settings.budget_seconds = 0.02;
  record.environment = run.environment;
  record.check.method = "every element in FP64";
  record.check.outcome = kernels::Outcome::right;
  // In an order without a trend.
  for (int i = 0; i < 31; ++i) {
    record.device_seconds.push_back(seconds * (1 + 1e-4 * (i * 17 % 31 - 15)));
  }
  record.host_seconds = record.device_seconds;
  record.summary = results::statistics::summarize(record.device_seconds);
  record.steady = record.target_met = true;
  return record;
}

/// A copy that becomes suspicious in the last two nights, and quiet triads.
std::vector<Kind> suspicious(std::size_t nights, char** seconds) {
  const auto course = [](double level) {
    synthetic::Course out;
    out.seconds = level;
    return out;
  };
  const double before = std::strtod(seconds[0], nullptr), after = std::strtod(seconds[1], nullptr);
  std::vector<Kind> out = {
      {"copy n=64 type=f32", "native/fake", synthetic::Noise::normal, course(before)}};
  out[0].course.step_at = nights - 2;
  out[0].course.step = after / before - 1;
  for (const int n : {64, 65, 66}) {
    out.push_back({fmt::format("triad n={} type=f32", n), "native/fake", synthetic::Noise::normal,
                   course(std::strtod(seconds[2], nullptr))});
  }
  return out;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3 && argc != 6) {
    fmt::print(stderr, "usage: synthetic_store FILE NIGHTS [BEFORE AFTER CONTROL]\n");
    return 2;
  }
  const std::size_t nights = std::strtoul(argv[2], nullptr, 10);
  results::store::Store store = results::store::Store::open(argv[1], results::store::Access::write);
  const std::vector<Kind> all = argc == 6 ? suspicious(nights, argv + 3) : kinds(nights);
  const results::record::DeviceIdentity device =
      argc == 6 ? results::record::DeviceIdentity{"faulty", 0, "good", "Pretence", "npu"}
                : results::record::DeviceIdentity{"cpu", 0, "Example CPU", "Example", "cpu"};
  std::vector<std::vector<double>> histories;
  for (std::size_t i = 0; i < all.size(); ++i) {
    histories.push_back(synthetic::history(all[i].noise, nights, 77 + i, all[i].course));
  }
  for (std::size_t night = 0; night < nights; ++night) {
    results::record::Run run;
    run.id = fmt::format("{:08x}-1111-4000-8000-000000000000", night);
    run.started = moment(night, 0);
    run.suite = "quick";
    run.command = "assay run --suite quick";
    run.host = "laboratory";
    run.assay_version = "0.1.0";
    run.plan = "[]";
    run.environment = store.put_environment(fmt::format(
        R"({{"modules":{{"cpu":{{"drivers":["Linux 6.{}"]}}}},"system":{{"kernel":"6.{}"}}}})",
        night < nights * 2 / 3 ? 1 : 12, night < nights * 2 / 3 ? 1 : 12));
    store.begin(run);
    std::vector<results::record::Record> records;
    for (std::size_t i = 0; i < all.size(); ++i) {
      records.push_back(record_of(all[i], run, night, i, histories[i][night], device));
    }
    store.put(records);
    store.end(run.id, moment(night, 59));
  }
}
