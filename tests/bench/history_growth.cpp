// Fills a store with many nights of many series, and prints what judging them takes:
//   history_growth STORE.db NIGHTS SERIES
// A store that exists is not written again.
#include <fmt/format.h>
#include <sys/resource.h>

#include <chrono>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include "results/regress/regress.h"
#include "tests/bench/sample_record_set.h"
#include "tests/regress/synthetic.h"

namespace {

using namespace assay::results;

/// "2026-11-25T03:00:00.000Z": some night after the first of 2020.
std::string started_on(int night) {
  const std::chrono::year_month_day day(std::chrono::sys_days(std::chrono::year(2020) / 1 / 1) +
                                        std::chrono::days(night));
  return fmt::format("{:04}-{:02}-{:02}T03:00:00.000Z", static_cast<int>(day.year()),
                     static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()));
}

/// Each series has its noise of 1%; one in a hundred takes 5% longer from the middle on.
void fill(const std::string& file, int nights, int series) {
  store::Store store = store::Store::open(file, store::Access::write);
  std::vector<std::vector<double>> histories;
  for (int i = 0; i < series; ++i) {
    assay::synthetic::Course course;
    course.step_at = i % 100 == 0 ? static_cast<std::size_t>(nights) / 2 : 0;
    course.step = i % 100 == 0 ? 0.05 : 0;
    histories.push_back(assay::synthetic::history(
        assay::synthetic::kNoises[static_cast<std::size_t>(i) % 6],
        static_cast<std::size_t>(nights), static_cast<std::uint64_t>(i), course));
  }
  std::mt19937_64 engine(1);
  for (int night = 0; night < nights; ++night) {
    record::Run run;
    run.id = store::new_id();
    run.started = run.ended = started_on(night);
    store.begin(run);
    std::vector<record::Record> records;
    for (int i = 0; i < series; ++i) {
      record::Record& one = records.emplace_back(record_of(i, run, engine));
      one.check.outcome = assay::kernels::Outcome::right;
      const double median =
          1e-3 * histories[static_cast<std::size_t>(i)][static_cast<std::size_t>(night)];
      for (double& seconds : one.device_seconds) seconds *= median / one.summary.median;
      for (double& seconds : one.host_seconds) seconds *= median / one.summary.median;
      one.summary.median = one.summary.mean = median;
      one.summary.interval = {0.999 * median, 1.001 * median};
    }
    store.put(records);
  }
}

double seconds_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

double peak_megabytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) * 1024 / 1e6;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    fmt::print(stderr, "usage: history_growth STORE.db NIGHTS SERIES\n");
    return 2;
  }
  const std::string file = argv[1];
  if (!std::filesystem::exists(file)) fill(file, std::atoi(argv[2]), std::atoi(argv[3]));
  const auto begin = std::chrono::steady_clock::now();
  const store::Store store = store::Store::open(file, store::Access::read);
  const std::vector<record::Run> runs = store.runs();
  regress::SeriesCollector collector(runs, {});
  std::size_t points = 0;
  store.points({}, [&](const store::Point& point) {
    collector.add(point);
    ++points;
  });
  auto series = collector.take();
  const double read = seconds_since(begin), peak = peak_megabytes();
  regress::RegressOptions options;
  options.today = runs.front().started.substr(0, 10);
  const std::size_t number = series.size();
  const regress::Regressions found = find_regressions(std::move(series), options, nullptr);
  fmt::print(
      "{} points of {} series: read in {:.2f} s ({:.0f} MB), judged in {:.2f} s ({:.0f} MB), "
      "{} regressions\n",
      points, number, read, peak, seconds_since(begin) - read, peak_megabytes(),
      found.regressions());
}
