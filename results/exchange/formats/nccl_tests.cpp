// Reads the output of nccl-tests and rccl-tests: one line per size, out-of-place and in-place.
// Their count of wrong elements is kept, but assay itself verified nothing.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "kernels/error.h"
#include "results/exchange/format.h"
#include "results/exchange/series.h"

namespace assay::results::exchange {

extern const Importer nccl_tests_importer;

namespace {

using Words = std::vector<std::string_view>;

Words words_of(std::string_view line) {
  Words out;
  while (true) {
    const std::size_t from = line.find_first_not_of(" \t\r");
    if (from == std::string_view::npos) return out;
    line.remove_prefix(from);
    const std::size_t to = std::min(line.find_first_of(" \t\r"), line.size());
    out.push_back(line.substr(0, to));
    line.remove_prefix(to);
  }
}

std::optional<double> number_of(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool recognises_nccl_tests(std::string_view beginning) {
  return beginning.find(" algbw") != std::string_view::npos &&
         beginning.find(" busbw") != std::string_view::npos;
}

/// The information before the rows.
struct Heading {
  std::string collective = "collective";  ///< if the output does not name it
  std::string host, device, iterations, library;
  std::size_t ranks = 0;
  Words columns;  ///< of the table; empty before it
};

/// The name before "_perf" in the text; the programs are named all_reduce_perf and so on.
std::string collective_of(std::string_view text) {
  const std::size_t end = text.find("_perf");
  if (end == std::string_view::npos) return "";
  std::size_t from = end;
  while (from > 0 &&
         (std::isalpha(static_cast<unsigned char>(text[from - 1])) != 0 || text[from - 1] == '_')) {
    --from;
  }
  return std::string(text.substr(from, end - from));
}

/// "#  Rank  0 Group  0 Pid  123 on   node1 device  0 [0x07] NVIDIA A100-SXM4-40GB"
void take_rank(const Words& words, Heading& heading) {
  ++heading.ranks;
  const auto on = std::find(words.begin(), words.end(), "on");
  if (on == words.end() || on + 1 == words.end()) return;
  if (heading.host.empty()) heading.host = *(on + 1);
  const auto bus =
      std::find_if(on, words.end(), [](std::string_view word) { return word.starts_with('['); });
  if (bus == words.end() || !heading.device.empty()) return;
  for (auto word = bus + 1; word != words.end(); ++word) {
    heading.device += (heading.device.empty() ? "" : " ") + std::string(*word);
  }
}

/// "# nThread 1 nGpus 8 ... warmup iters: 5 iters: 20 agg iters: 1 ..."
void take_iterations(const Words& words, Heading& heading) {
  for (std::size_t i = 1; i + 1 < words.size(); ++i) {
    if (words[i] == "iters:" && words[i - 1] != "iters" && words[i - 1] != "warmup" &&
        words[i - 1] != "agg") {
      heading.iterations = words[i + 1];
    }
  }
}

void take_comment(std::string_view line, Heading& heading) {
  const Words words = words_of(line.substr(1));
  const auto has = [&](std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
  };
  if (has("algbw") && has("busbw")) {
    heading.columns = words;
  } else if (!words.empty() && words.front() == "nThread") {
    // Another test begins: one file often has the logs of several tests.
    heading.columns.clear();
    heading.ranks = 0;
    take_iterations(words, heading);
  } else if (!words.empty() && words.front() == "Rank") {
    take_rank(words, heading);
  }
}

/// The columns of one row by name. The second column of the same name belongs to the in-place half.
struct Row {
  const Heading& heading;
  const Words& words;

  std::string_view text(std::string_view column, int which = 0) const {
    for (std::size_t i = 0; i < heading.columns.size(); ++i) {
      if (heading.columns[i] == column && which-- == 0) return words[i];
    }
    return {};
  }
  int placements() const {
    return static_cast<int>(
        std::count(heading.columns.begin(), heading.columns.end(), std::string_view("time")));
  }
};

std::string problem_of(const Row& row, std::string_view placement) {
  std::string text = fmt::format("{} bytes={}", row.heading.collective, row.text("size"));
  for (const char* column : {"count", "type", "redop", "root"}) {
    const std::string_view value = row.text(column);
    if (!value.empty()) text += fmt::format(" {}={}", column, value);
  }
  if (row.heading.ranks > 0) text += fmt::format(" ranks={}", row.heading.ranks);
  return text + fmt::format(" placement={}", placement);
}

/// The check by nccl-tests. A count of wrong elements is a verdict; the largest error, which
/// versions before 2.12 printed instead, is not.
void take_check(const Row& row, int which, record::Record& record) {
  record.check = {kernels::Outcome::unchecked, "none: nccl-tests did not check", 0, "", 0};
  if (const std::string_view error = row.text("error", which); !error.empty()) {
    record.check.method = fmt::format("none here; the largest error in nccl-tests was {}", error);
    return;
  }
  const std::string_view wrong = row.text("#wrong", which);
  const auto count = number_of(wrong);
  if (!count) return;  // "N/A": checking was switched off
  record.check.method = fmt::format("none here; nccl-tests counted {} wrong", wrong);
  if (*count == 0) return;
  record.status = record::Status::wrong;
  record.check.outcome = kernels::Outcome::wrong;
  record.reason = fmt::format("nccl-tests counted {} wrong elements", wrong);
}

record::Record record_of(const Row& row, int which, const std::string& where) {
  const auto size = number_of(row.text("size")), time = number_of(row.text("time", which));
  if (!size || !time || !(*time > 0)) {
    throw InputError(where + ": the size or the time is not a number above zero",
                     "remove the line, or copy the whole output again");
  }
  record::Record record;
  record.operation = row.heading.collective;
  record.problem = problem_of(row, which == 0 ? "out-of-place" : "in-place");
  record.device.backend = "nccl";
  record.device.name = row.heading.ranks > 1
                           ? fmt::format("{} x {}", row.heading.ranks, row.heading.device)
                           : row.heading.device;
  record.device.kind = "gpu";
  record.implementation = {"library/nccl-tests", record::Division::library, {}};
  record::Properties& details = record.implementation.details;
  details["time"] = "mean of the iterations";
  if (!row.heading.iterations.empty()) details["iterations"] = row.heading.iterations;
  if (!row.heading.library.empty()) details["library"] = row.heading.library;
  details["bus_bandwidth"] = fmt::format("{} GB/s", row.text("busbw", which));
  details["algorithm_bandwidth"] = fmt::format("{} GB/s", row.text("algbw", which));
  record.settings.mode = record::Mode::hot;  // iterations follow each other directly
  record.settings.target = record.settings.budget_seconds = 0;
  record.settings.minimum_samples = 0;
  record.target_met = true;  // no target was requested
  record.work.bytes = *size;
  // Only the mean is known: there are no samples and no interval.
  record.summary = statistics::summary_of_model(*time * 1e-6);
  record.summary.mean = record.summary.median;
  take_check(row, which, record);
  return record;
}

void take_row(const Words& words, const Heading& heading, const std::string& where,
              record::RecordSet& record_set) {
  const Row row = {heading, words};
  for (int which = 0; which < row.placements(); ++which) {
    record_set.records.push_back(record_of(row, which, where));
  }
}

/// The line without what mpirun --tag-output puts before it: "[1,0]<stdout>:".
std::string_view untagged(std::string_view line) {
  constexpr std::string_view kTag = "<stdout>:";
  const std::size_t tag = line.find(kTag);
  return tag != std::string_view::npos && line.starts_with('[') ? line.substr(tag + kTag.size())
                                                                : line;
}

/// A line of the table begins with a size and has a word for each column.
bool is_row(const Words& words, const Heading& heading) {
  return !heading.columns.empty() && words.size() == heading.columns.size() &&
         words.front().find_first_not_of("0123456789") == std::string_view::npos;
}

void finish(const ImportFile& file, const Heading& heading, record::RecordSet& record_set) {
  record::Run run;
  run.id = file.derived_id(0);
  run.started = run.ended = file.changed;
  run.host = heading.host;
  run.command = "nccl-tests";
  std::uint64_t number = 0;
  for (record::Record& record : record_set.records) {
    record.id = file.derived_id(++number);
    record.run = run.id;
    record.started = run.started;
  }
  record_set.runs.push_back(std::move(run));
}

record::RecordSet read_nccl_tests(const ImportFile& file) {
  record::RecordSet record_set;
  Heading heading;
  if (const std::string name = collective_of(file.base_name()); !name.empty()) {
    heading.collective = name;
  }
  std::size_t number = 0;
  for (std::size_t at = 0; at < file.content.size();) {
    const std::size_t end = std::min(file.content.find('\n', at), file.content.size());
    const std::string_view line = untagged(file.content.substr(at, end - at));
    at = end + 1;
    ++number;
    const std::size_t first = line.find_first_not_of(" \t\r");
    if (first == std::string_view::npos) continue;
    if (const std::string name = collective_of(line); !name.empty()) heading.collective = name;
    if (line.substr(first).starts_with("NCCL version") ||
        line.substr(first).starts_with("RCCL version")) {
      heading.library = line.substr(first, line.find_last_not_of(" \t\r") + 1 - first);
    }
    if (line[first] == '#') {
      take_comment(line.substr(first), heading);
    } else if (const Words words = words_of(line); is_row(words, heading)) {
      take_row(words, heading, fmt::format("{}:{}", file.name, number), record_set);
    }
  }
  if (record_set.records.empty()) {
    throw InputError(
        fmt::format("{}: contains no line of an nccl-tests table", file.name),
        "use the complete standard output of all_reduce_perf or another nccl-tests program");
  }
  finish(file, heading, record_set);
  return record_set;
}

}  // namespace

const Importer nccl_tests_importer = {"nccl-tests",
                                      "standard output of all_reduce_perf and similar programs",
                                      recognises_nccl_tests, read_nccl_tests};

}  // namespace assay::results::exchange
