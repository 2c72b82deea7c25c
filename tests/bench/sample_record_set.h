// Records like those of a run, and a folder to store them in.
#pragma once

#include <fmt/format.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <random>
#include <stdexcept>
#include <string>

#include "kernels/operation.h"
#include "kernels/problem.h"
#include "results/exchange/format.h"
#include "results/store/store.h"

namespace assay::results {

/// As much text as a driver and a run with ten samples produce.
inline results::record::Record record_of(int number, const results::record::Run& run,
                                         std::mt19937_64& engine) {
  const auto problem = kernels::Problem::parse(
      fmt::format("matmul m={} n={} k=64 a=f32", 1 + number / 100, 1 + number % 100));
  results::record::Record record;
  record.id = results::store::new_id();
  record.run = run.id;
  record.started = run.started;
  record.problem = problem.text();
  record.operation = std::string(problem.operation().name);
  record.work = problem.operation().work(problem);
  record.device = {"gpu", 0, "Accelerator", "Vendor", "gpu"};
  for (int i = 0; i < 20; ++i) record.device.properties[fmt::format("property.{}", i)] = "a value";
  record.implementation = {
      "library/blas", results::record::Division::library, {{"kernel", std::string(120, 'k')}}};
  record.check.method = "every element in FP64";
  record.output_hash = record.operands_hash = "0123456789abcdef";
  for (int i = 0; i < 10; ++i) {
    record.device_seconds.push_back(1e-3 * std::exp(0.05 * std::normal_distribution<>()(engine)));
    record.host_seconds.push_back(record.device_seconds.back() + 1e-6);
  }
  record.steady = record.target_met = true;
  record.summary =
      results::statistics::summarize(record.device_seconds, record.settings.confidence);
  return record;
}

inline results::record::RecordSet record_set_of(std::int64_t records) {
  results::record::RecordSet record_set;
  std::mt19937_64 engine(1);
  record_set.runs.push_back({.id = results::store::new_id(),
                             .started = results::store::now_utc(),
                             .ended = results::store::now_utc()});
  for (int i = 0; i < records; ++i) {
    record_set.records.push_back(record_of(i, record_set.runs.front(), engine));
  }
  return record_set;
}

/// A temporary folder, removed by the destructor.
class Folder {
 public:
  Folder() : path_((std::filesystem::temp_directory_path() / "assay-bench-XXXXXX").string()) {
    if (mkdtemp(path_.data()) == nullptr) throw std::runtime_error("no temporary folder");
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { std::filesystem::remove_all(path_); }
  std::filesystem::path file() const { return path_ + "/store.db"; }

 private:
  std::string path_;
};

}  // namespace assay::results
