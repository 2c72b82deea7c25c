// A small run that keeps every rule; tests break one rule at a time.
#pragma once

#include <fmt/format.h>

#include <string>

#include "kernels/sha256.h"
#include "results/bundle/bundle.h"
#include "results/record/listing.h"

namespace assay::results::bundle {

inline const std::string kSampleRun = "0d9c1a6e-64dc-485f-97eb-d0a5599346ce";
inline const std::string kSampleEnvironment =
    R"({"build":{"type":"Release"},"cpu":{},"memory":{},"modules":{},"system":{},"topology":{}})";

/// Forty unsorted samples within a thousandth of `seconds`.
inline std::vector<double> sample_times(double seconds) {
  std::vector<double> times;
  for (int i = 0; i < 40; ++i) times.push_back(seconds * (1 + 1e-5 * ((i * 17) % 40 - 20)));
  return times;
}

inline record::Record sample_record(int number, const std::string& problem_text) {
  const auto problem = kernels::Problem::parse(problem_text);
  record::Record record;
  record.id = fmt::format("{:08x}-8b7f-4c4b-8cfa-cc411a4f70f9", number);
  record.run = kSampleRun;
  record.started = fmt::format("2026-11-25T15:38:{:02}.158Z", number);
  record.problem = problem.text();
  record.operation = std::string(problem.operation().name);
  record.device.backend = "cpu";
  record.device.name = "AMD EPYC";
  record.device.kind = "cpu";
  record.implementation = {"native/stream", results::record::Division::native, {}};
  record.work = problem.operation().work(problem);
  record.device_seconds = record.host_seconds = sample_times(1e-3 * number);
  record.summary = statistics::summarize(record.device_seconds);
  record.steady = record.target_met = true;
  record.check.method = "every element, exact";
  record.check.elements = 64;
  record.operands_hash = record.output_hash = "3814c6ddf180e0d2";
  record.sensors.clock_hz_median = 3e9;
  record.phases.warm_up = record.phases.sample = 0.6;
  record.clocks.timed = {60, 3000, 12, 12, 13, 0};
  record.clocks.hot = {3, 60, 3e-2 * number, 3e-2 * number, 3e-2 * number, 0};
  record.challenges.calls = 40;
  record.machine_load.own_cpu_share = 1;
  record.environment = sha256(kSampleEnvironment);
  return record;
}

inline std::string sample_plan(const std::vector<record::Record>& records) {
  std::string entries;
  for (const record::Record& record : records) {
    entries += fmt::format(
        R"({}{{"problem":"{}","device":"cpu:0","implementation":"native/stream","mode":"cold"}})",
        entries.empty() ? "" : ",", record.problem);
  }
  return "[" + entries + "]";
}

inline BundleContents sample_contents() {
  BundleContents contents;
  contents.environments[sha256(kSampleEnvironment)] = kSampleEnvironment;
  contents.records = {sample_record(1, "copy n=64 type=f32"),
                      sample_record(2, "triad n=64 type=f32")};
  contents.suite = "name = \"tiny\"\n";
  contents.run.plan = sample_plan(contents.records);
  record::Run& run = contents.run;
  run.id = kSampleRun;
  run.started = "2026-11-25T15:38:00.000Z";
  run.ended = "2026-11-25T15:39:00.000Z";
  run.suite = "tiny";
  run.command = "assay run --suite tiny";
  run.host = "vm";
  run.assay_version = "0.1.0 (2c04b182837d)";
  run.environment = sha256(kSampleEnvironment);
  return contents;
}

inline const std::string kSampleWriter = "0.2.0 (242c8875e775)";

}  // namespace assay::results::bundle
