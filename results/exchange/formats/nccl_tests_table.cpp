// Collectives in the format of nccl-tests: one table per operation, one line per size.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <ostream>

#include "kernels/collective.h"
#include "kernels/error.h"
#include "results/exchange/format.h"
#include "results/exchange/nccl_own.h"
#include "results/record/listing.h"
#include "results/trust/trust.h"

namespace assay::results::exchange {

extern const Exporter nccl_tests_table_exporter;

namespace {

/// The names of types in nccl-tests.
std::string type_text(kernels::DataType type) {
  static const std::map<std::string_view, const char*> kNames = {
      {"f32", "float"}, {"f64", "double"}, {"bf16", "bfloat16"},   {"f16", "half"},
      {"i8", "int8"},   {"i32", "int32"},  {"f8e4m3", "fp8_e4m3"}, {"f8e5m2", "fp8_e5m2"}};
  const auto found = kNames.find(kernels::name(type));
  return found == kNames.end() ? std::string(kernels::name(type)) : found->second;
}

const kernels::Operation* collective_of(const record::Record& record) {
  const kernels::Operation* operation = kernels::find_operation(record.operation);
  return operation != nullptr && operation->collective != nullptr ? operation : nullptr;
}

/// What nccl-tests prints of the processes; the host is known, their process numbers are not.
void write_ranks(const record::Record& record, const std::string& host, std::ostream& out) {
  const auto problem = kernels::Problem::parse(record.problem);
  const auto ranks = collective_of(record)->collective->layout(problem).ranks();
  out << fmt::format("# Collective test starting: {}_perf\n# Using devices\n", record.operation);
  for (std::int64_t rank = 0; rank < ranks; ++rank) {
    out << fmt::format("#  Rank {:>2} Group  0 Pid      0 on {:>10} device {:>2} [{}] {}\n", rank,
                       host.empty() ? "unknown" : host, record.device.index,
                       record.device.bus_id.empty() ? "unknown" : record.device.bus_id,
                       record.device.name);
  }
}

void write_heading(const record::Record& record, const ExportStamp& stamp, std::ostream& out) {
  out << fmt::format(
      "# assay {}: {} by {} on {}, medians of the slowest rank\n"
      "# {:>69}\n"
      "# {:>12}  {:>12}  {:>8}  {:>6}  {:>6} {:>8} {:>7} {:>7} {:>6}\n"
      "# {:>12}  {:>12}  {:>8}  {:>6}  {:>6} {:>8} {:>7} {:>7} {:>6}\n",
      stamp.assay_version, record.operation, record.implementation.name, device_title(record),
      "out-of-place", "size", "count", "type", "redop", "root", "time", "algbw", "busbw", "#wrong",
      "(B)", "(elements)", "", "", "", "(us)", "(GB/s)", "(GB/s)", "");
}

/// Elements of a rank's smaller buffer, where nccl-tests passes these to the library.
std::int64_t printed_count(const kernels::Operation& operation,
                           const kernels::CollectiveLayout& layout) {
  const bool per_rank = operation.name == "all_gather" || operation.name == "reduce_scatter" ||
                        operation.name == "all_to_all";
  return per_rank ? layout.counted / layout.ranks() : layout.counted;
}

std::string time_text(double microseconds) {
  return microseconds >= 1e4 ? fmt::format("{:.2f}", microseconds)
                             : fmt::format("{:.6g}", microseconds);
}

void write_row(const record::Record& record, const kernels::Operation& operation,
               std::ostream& out) {
  const auto problem = kernels::Problem::parse(record.problem);
  const kernels::CollectiveLayout layout = operation.collective->layout(problem);
  const bool right = record.check.outcome == kernels::Outcome::right;
  // Six digits, since two decimals of a microsecond are nothing of a launch in shared memory.
  out << fmt::format("# {}\n", nccl_own_text(record))
      << fmt::format("  {:>12.0f}  {:>12}  {:>8}  {:>6}  {:>6} {:>8} {:>7.2f} {:>7.2f} {:>6}\n",
                     record.work.bytes, printed_count(operation, layout), type_text(layout.type),
                     layout.terms > 1 ? "sum" : "none", operation.name == "broadcast" ? "0" : "-1",
                     time_text(record.summary.median * 1e6), byte_rate(record) / 1e9,
                     bus_rate(record).value_or(0) / 1e9, right ? "0" : "N/A");
}

std::string host_of(const record::RecordSet& record_set, const record::Record& record) {
  for (const record::Run& run : record_set.runs) {
    if (run.id == record.run) return run.host;
  }
  return "";
}

/// The ranks are printed for each table, so a table has the records of one number of ranks.
std::string table_of(const record::Record& record) {
  const auto problem = kernels::Problem::parse(record.problem);
  const auto ranks = collective_of(record)->collective->layout(problem).ranks();
  return fmt::format("{} {} {} {}", record.operation, record.implementation.name,
                     device_title(record), ranks);
}

/// Sorted by operation, implementation and device, then by size.
void write_nccl_tests(const record::RecordSet& record_set, const ExportStamp& stamp,
                      std::ostream& out) {
  std::map<std::string, std::vector<const record::Record*>> tables;
  for (const record::Record& record : record_set.records) {
    // The table has no column for the origin of a figure, so it contains only verified results.
    if (collective_of(record) == nullptr || record.status != record::Status::ok ||
        is_modelled(record) || is_unverified(record)) {
      continue;
    }
    tables[table_of(record)].push_back(&record);
  }
  if (tables.empty()) {
    throw InputError("there is no verified collective among these records",
                     "measure the suite `collectives` with several ranks");
  }
  for (auto& [key, records] : tables) {
    std::stable_sort(records.begin(), records.end(),
                     [](const record::Record* a, const record::Record* b) {
                       return a->work.bytes < b->work.bytes;
                     });
    write_ranks(*records.front(), host_of(record_set, *records.front()), out);
    write_heading(*records.front(), stamp, out);
    for (const record::Record* record : records) {
      write_row(*record, *collective_of(*record), out);
    }
    for (const record::Record* record : records) {
      const trust::Trust trust = trust::trust_of(*record);
      if (trust.may_decide()) continue;
      out << fmt::format("# doubtful: {:.0f} B: {}\n", record->work.bytes, trust.text());
    }
  }
}

}  // namespace

const Exporter nccl_tests_table_exporter = {
    "nccl-tests", "collectives in the format of nccl-tests, with busbw", false, write_nccl_tests};

}  // namespace assay::results::exchange
