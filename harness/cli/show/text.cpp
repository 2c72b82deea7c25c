#include "harness/cli/show/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "harness/terminal/table.h"
#include "harness/terminal/wrapped.h"
#include "results/page/figures.h"
#include "results/page/text.h"
#include "results/record/listing.h"
#include "results/trust/beside.h"
#include "results/trust/trust.h"

namespace assay::cli::show {

using harness::terminal::Cell;
using harness::terminal::Style;
using results::record::Attainable;
using results::record::Bound;
using results::record::Ceilings;
using results::record::Record;
using results::record::Status;

namespace {

Style style_of(const Record& record) {
  if (record.status == Status::unsupported) return Style::faint;
  if (record.status != Status::ok) return Style::bad;
  if (is_modelled(record)) return Style::doubtful;
  return record.check.outcome == kernels::Outcome::right ? Style::good : Style::doubtful;
}

/// Verified, with a reason to doubt its figure.
bool doubtful(const Record& record) {
  return ranks(record) && !results::trust::trust_of(record).may_decide();
}

/// The result of verification, or the status of a failed measurement.
std::string check_text(const Record& record) {
  if (record.status != Status::ok) return std::string(name(record.status));
  if (is_modelled(record)) return "modelled";
  return is_unverified(record) ? "unverified" : std::string(name(record.check.outcome));
}

std::vector<Cell> row_of(const Record& record, const Ceilings& ceilings, bool wide) {
  std::vector<Cell> row = {{record.implementation.name}, {std::string(name(record.settings.mode))}};
  if (is_modelled(record) && record.summary.median > 0) {
    row.insert(row.end(), {{results::page::duration_text(record.summary.median)},
                           {"none "},
                           {results::page::rate_text(record)},
                           {""}});
  } else if (record.summary.count > 0 || is_unverified(record)) {
    row.push_back({results::page::duration_text(record.summary.median)});
    const bool doubt = doubtful(record);
    row.push_back({results::page::half_width_text(record) + (doubt ? "!" : " "),
                   doubt ? Style::doubtful : Style::plain});
    row.push_back({results::page::rate_text(record)});
    row.push_back({ceiling_text(record, ceilings)});
  } else {
    row.resize(6);
  }
  row.push_back({check_text(record), style_of(record)});
  if (wide) {
    row.push_back({fmt::format("{}", record.summary.count)});
    row.push_back({record.id.substr(0, 8), Style::faint});
  }
  return row;
}

/// What does not fit into a row: why it failed, where the output is suspicious, what limits its
/// implementation here, or why it is above its ceiling.
std::string note_of(const Record& record, const Ceilings& ceilings) {
  if (record.status != Status::ok) {
    const bool told = record.reason.find(record.check.where) != std::string::npos;
    return told ? record.reason : record.reason + "; " + record.check.where;
  }
  if (record.check.outcome != kernels::Outcome::right) return record.check.where;
  const auto share = attainable(record, ceilings);
  const std::string above = share ? results::page::above_ceiling_text(*share) : "";
  const auto limitation = record.implementation.details.find("limitation");
  if (limitation == record.implementation.details.end()) return above;
  return limitation->second + (above.empty() ? "" : "; " + above);
}

/// Wrapped with further lines indented more, without the last newline, as one row of a table.
std::string block(const std::string& text, int indent, std::size_t width) {
  std::string lines = harness::terminal::wrapped(text, indent, static_cast<int>(width) - 2);
  lines.pop_back();
  for (std::size_t at = 0; (at = lines.find('\n', at)) != std::string::npos;) {
    lines.insert(++at, "  ");
  }
  return lines;
}

std::string device_table(std::span<const Record* const> records, const Ceilings& ceilings,
                         const ShowStyle& style) {
  using harness::terminal::Align;
  std::vector<harness::terminal::Table::Column> columns = {
      {"implementation"},
      {"mode"},
      {"median", harness::terminal::Align::right},
      {"±", harness::terminal::Align::right},
      {"rate", harness::terminal::Align::right},
      {"of ceiling", harness::terminal::Align::left},
      {"check"}};
  if (style.wide) {
    columns.push_back({"samples", harness::terminal::Align::right});
    columns.push_back({"record"});
  }
  harness::terminal::Table table(std::move(columns));
  const std::string* problem = nullptr;
  for (const Record* record : records) {
    if (problem == nullptr || *problem != record->problem) {
      problem = &record->problem;
      const std::string text =
          style.wide ? *problem : block(results::record::brief_problem(*problem), 0, style.width);
      table.add({{text, Style::strong}});
    }
    table.add(row_of(*record, ceilings, style.wide));
    if (const std::string note = note_of(*record, ceilings); !note.empty()) {
      table.add({{block(note, 4, style.width)}});
    }
  }
  return table.text(2, style.wide ? 1000 : style.width, style.colour);
}

/// "200 GFLOP/s ±0.4%", with "!" if its record is doubtful.
std::string roof_text(const results::record::Roof& roof, std::string_view unit) {
  return fmt::format("{} {}{}", results::page::scaled_text(roof.rate, unit),
                     results::page::half_width_text(roof.summary, roof.confidence),
                     roof.doubt.empty() ? "" : "!");
}

std::string ceilings_line(const Ceilings& ceilings, const Record& like) {
  if (is_modelled(like)) return "modelled from published figures: nothing ran, no ceilings";
  std::map<std::string, std::string> peaks;  // by the operation that measured them
  for (const auto& [type, roof] : ceilings.arithmetic) {
    std::string& of_operation = peaks[roof.operation];
    of_operation += fmt::format("{}{} {}", of_operation.empty() ? "" : ", ", name(type),
                                roof_text(roof, results::page::rate_unit(type)));
  }
  std::string text;
  for (const auto& [operation, rates] : peaks) {
    text += fmt::format("{}{} (peak by {})", text.empty() ? "" : "; ", rates, operation);
  }
  if (ceilings.memory) {
    text += fmt::format("{}memory {} (by {})", text.empty() ? "" : "; ",
                        roof_text(*ceilings.memory, "B/s"), ceilings.memory->operation);
  } else if (!text.empty() && like.device.cache_bytes > 0) {
    text += fmt::format("; memory none (no triad, copy or read of {} or more)",
                        results::page::bytes_text(results::record::kBeyondCache *
                                                  static_cast<double>(like.device.cache_bytes)));
  }
  return text.empty() ? "ceilings: none measured in this run; the suites have fma and triad"
                      : "ceilings: " + text;
}

std::string counts_text(std::span<const Record> records) {
  std::map<Status, int> statuses;
  int suspicious = 0, modelled = 0, unverified = 0;
  for (const Record& record : records) {
    ++statuses[record.status];
    suspicious += record.status == Status::ok && record.check.outcome != kernels::Outcome::right &&
                  !is_modelled(record) && !is_unverified(record);
    unverified += is_unverified(record);
    modelled += is_modelled(record);
  }
  std::string text = results::page::counted(records.size(), "record") + ":";
  const char* separator = " ";
  for (const auto& [status, number] : statuses) {
    text += fmt::format("{}{} {}", separator, number, name(status));
    separator = ", ";
    if (status == Status::ok && suspicious > 0) text += fmt::format(" ({} suspicious)", suspicious);
  }
  if (modelled > 0) text += fmt::format("; {} modelled: nothing ran", modelled);
  if (unverified > 0) text += fmt::format("; {} imported and not verified", unverified);
  return text;
}

std::string footer(std::span<const Record> shown) {
  std::string text = harness::terminal::wrapped(counts_text(shown), 0);
  results::trust::DoubtCounts doubts;
  for (const Record& record : shown) doubts.add(record, results::trust::trust_of(record));
  if (doubts.doubtful > 0) text += harness::terminal::wrapped("!: " + doubts.text(), 0);
  double launches = 0, total = 0;
  bool cached = false;
  for (const Record& record : shown) {
    if (is_modelled(record)) continue;
    launches += record.phases.launches;
    total += record.phases.total;
    cached |= record.settings.mode == results::record::Mode::hot;
  }
  if (total > 0) {
    text += fmt::format("{} of the measurements' {} inside timed and warm-up launches\n",
                        results::page::percent_text(launches / total),
                        results::page::duration_text(total));
  }
  text += harness::terminal::wrapped(
      fmt::format("of ceiling: of the best fma or dense matmul of the type, or mem: of the best "
                  "triad, copy or read beyond the caches; its ± has the ceiling's own.{} Compare "
                  "within one division "
                  "(library, native, portable, reference), not across divisions.",
                  cached ? " *: a cache may serve hot operands faster than memory." : ""),
      0);
  return text;
}

std::string records_text(const RunCounts& counts) {
  if (counts.modelled == 0) {
    return fmt::format("{}{}", counts.records, counts.imported ? " imported" : "");
  }
  if (counts.modelled == counts.records) return fmt::format("{} modelled", counts.records);
  return fmt::format("{}, {} modelled", counts.records, counts.modelled);
}

std::string moment_text(const std::string& iso) {
  std::string text = iso.substr(0, 19);
  if (text.size() == 19) text[10] = ' ';
  return text;
}

}  // namespace

std::string ceiling_text(const Record& record, const Ceilings& ceilings) {
  const auto share = attainable(record, ceilings);
  if (!share) return "";
  const std::string text = results::page::share_text(*share);
  if (share->bound != Bound::memory) return text;
  return text + (share->cached ? " mem*" : " mem");
}

std::string run_text(const results::record::Run& run, std::span<const Record> shown,
                     std::span<const Record> all, const ShowStyle& style) {
  std::string out = harness::terminal::wrapped(
      fmt::format("run {}, {}, {} UTC on {}{}{}", run.id.substr(0, 8),
                  run.suite.empty() ? "single problems" : "suite " + run.suite,
                  moment_text(run.started), run.host,
                  run.assay_version.empty() ? "" : ", assay " + run.assay_version,
                  run.ended.empty() ? "; not finished: interrupted or still running" : ""),
      0);
  if (shown.empty()) return out + "No records match.\n";
  const std::vector<const Record*> records = in_order(shown);
  results::trust::Beside beside(all);
  for (std::size_t from = 0; from < records.size();) {
    std::size_t to = from;
    while (to < records.size() && same_device(*records[from], *records[to])) ++to;
    const Ceilings& ceilings = beside.ceilings(*records[from]);
    out += "\n" +
           harness::terminal::styled(device_title(*records[from]), Style::strong, style.colour) +
           "\n";
    out += harness::terminal::wrapped(ceilings_line(ceilings, *records[from]), 2);
    out += device_table(std::span(records).subspan(from, to - from), ceilings, style);
    from = to;
  }
  return out + "\n" + footer(shown);
}

std::string runs_text(std::span<const results::record::Run> runs, std::span<const RunCounts> counts,
                      const ShowStyle& style) {
  harness::terminal::Table table({{"run"},
                                  {"started (UTC)"},
                                  {"suite"},
                                  {"records", harness::terminal::Align::right},
                                  {"host"},
                                  {"command"}});
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const results::record::Run& run = runs[i];
    table.add({{run.id.substr(0, 8), Style::strong},
               {moment_text(run.started)},
               {run.suite.empty() ? "-" : run.suite},
               {records_text(counts[i]) + (run.ended.empty() ? " …" : "")},
               {run.host},
               {run.command}});
  }
  std::string out = table.text(0, style.wide ? 1000 : style.width, style.colour);
  const bool open = std::any_of(runs.begin(), runs.end(),
                                [](const results::record::Run& run) { return run.ended.empty(); });
  return open ? out + "… not finished: `assay run --resume RUN` measures the rest\n" : out;
}

}  // namespace assay::cli::show
