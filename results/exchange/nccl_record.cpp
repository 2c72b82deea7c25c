#include "results/exchange/nccl_record.h"

#include <fmt/format.h>

#include <cstdlib>
#include <string_view>

namespace assay::results::exchange {

namespace {

std::string problem_of(const NcclStream& stream, const NcclRow& row) {
  std::string text =
      fmt::format("{} bytes={}", row.collective, stream.columns.value(row.words, "size"));
  for (const char* column : {"count", "type", "redop", "root"}) {
    const std::string_view value = stream.columns.value(row.words, column);
    if (!value.empty()) text += fmt::format(" {}={}", column, value);
  }
  if (!stream.ranks.empty() && !stream.ranks_unclear) {
    text += fmt::format(" ranks={}", stream.ranks.size());
  }
  text += fmt::format(" placement={}", stream.columns.placements[row.which]);
  return stream.columns.cpu_time ? text + " timing=cpu" : text;
}

void take_device(const NcclStream& stream, record::Record& record) {
  record.device.backend = "nccl";
  record.device.kind = "gpu";
  const std::string name = fmt::format("{}", fmt::join(stream.devices, " and "));
  const bool several = stream.ranks.size() > 1 && !stream.ranks_unclear;
  record.device.name =
      several && !name.empty() ? fmt::format("{} x {}", stream.ranks.size(), name) : name;
}

/// The check by nccl-tests. A count of wrong elements is a verdict; the largest error, which
/// versions before 2.12 printed instead, is not.
void take_check(const NcclColumns& columns, const Words& row, std::size_t which,
                record::Record& record) {
  record.check = {kernels::Outcome::unchecked, "none: nccl-tests did not check", 0, "", 0};
  const std::string_view error = columns.value(row, "error", which);
  if (!error.empty() && error != "N/A") {
    record.check.method = fmt::format("none here; the largest error in nccl-tests was {}", error);
    return;
  }
  const std::string wrong(columns.value(row, "#wrong", which));
  if (!is_number(wrong)) return;  // "N/A": checking was switched off
  record.check.method = fmt::format("none here; nccl-tests counted {} wrong", wrong);
  if (std::strtod(wrong.c_str(), nullptr) == 0) return;
  record.status = record::Status::wrong;
  record.check.outcome = kernels::Outcome::wrong;
  record.reason = fmt::format("nccl-tests counted {} wrong elements", wrong);
}

}  // namespace

record::Record nccl_record(const NcclStream& stream, const NcclRow& row) {
  record::Record record;
  record.operation = row.collective;
  record.problem = problem_of(stream, row);
  take_device(stream, record);
  record.implementation = {"library/nccl-tests", record::Division::library, {}};
  record::Properties& details = record.implementation.details;
  details["time"] =
      stream.columns.cpu_time ? "mean of the iterations, CPU time" : "mean of the iterations";
  if (!stream.iterations.empty()) details["iterations"] = stream.iterations;
  if (!row.library.empty()) details["library"] = row.library;
  details["bus_bandwidth"] =
      fmt::format("{} GB/s", stream.columns.value(row.words, "busbw", row.which));
  details["algorithm_bandwidth"] =
      fmt::format("{} GB/s", stream.columns.value(row.words, "algbw", row.which));
  if (const auto moment = stream.columns.value(row.words, "timestamp"); !moment.empty()) {
    details["timestamp"] = fmt::format("{}, zone unknown", moment);
  }
  record.settings.mode = record::Mode::hot;  // iterations follow each other directly
  record.settings.target = record.settings.budget_seconds = 0;
  record.settings.minimum_samples = 0;
  record.target_met = true;  // no target was requested
  record.work.bytes =
      std::strtod(std::string(stream.columns.value(row.words, "size")).c_str(), nullptr);
  // Only the mean is known: there are no samples and no interval.
  record.summary = statistics::summary_of_model(row.seconds);
  record.summary.mean = record.summary.median;
  take_check(stream.columns, row.words, row.which, record);
  if (stream.own) apply(*stream.own, record);
  return record;
}

}  // namespace assay::results::exchange
