// Tables of the measurements on one device. Each division has its own table body, so that sorting
// never ranks one division against another.
#include <algorithm>
#include <cmath>

#include "results/page/command.h"
#include "results/page/quantity_text.h"
#include "results/page/text.h"
#include "results/record/burn.h"
#include "results/record/json_library.h"
#include "results/record/listing.h"
#include "results/report/sections.h"
#include "results/trust/trust.h"

namespace assay::results::report {

namespace {

page::Html outcome_badge(const record::Record& record) {
  switch (page::result_of(record)) {
    case page::Result::verified:
      return badge("supported", "✓", "right");
    case page::Result::suspicious:
      return badge("inconclusive", "≈", "suspicious");
    case page::Result::unsupported:
      return badge("untested", "○", "unsupported");
    case page::Result::modelled:
      return badge("origin", "◇", "modelled");
    case page::Result::unverified:
      return badge("origin", "↓", "not verified");
    case page::Result::failed:
      return badge(
          "refuted", "✗",
          record.status == record::Status::ok ? name(record.check.outcome) : name(record.status));
  }
  return {};
}

page::Html check_cell(const record::Record& record) {
  page::Html out = outcome_badge(record);
  if (is_modelled(record)) return html(R"({}<span class="small">not measured</span>)", out);
  if (record.check.method.empty() || record.status == record::Status::unsupported) return out;
  out += page::html(R"(<span class="small">{}; worst {} of bound</span>)", record.check.method,
                    page::number_text(record.check.worst, 2));
  return out;
}

page::Html share_cell(const record::Record& record, const DevicePart& part) {
  const auto roof = share_of_ceiling(record, part);
  if (!roof) return page::html(R"(<span class="none">–</span>)");
  const bool memory = roof->bound == record::Bound::memory;
  page::Html out = page::html(
      R"(<span class="share {}" style="--share:{:.1f}%"></span>{} <span class="small">of )"
      "{}{}</span>",
      page::bound_text(roof->bound), std::clamp(roof->fraction, 0.0, 1.0) * 100,
      page::share_text(*roof), page::bound_text(roof->bound), memory && roof->cached ? "*" : "");
  if (const std::string above = page::above_ceiling_text(*roof); !above.empty()) {
    out += page::html(R"(<span class="small">{}</span>)", above);
  }
  return out;
}

page::Html half_width_cell(const record::Record& record) {
  const std::string width = page::half_width_text(record);
  if (!is_doubtful(record)) return page::html("{}", width);
  const trust::Trust trust = trust::trust_of(record);
  return page::html(R"(<span class="missed" title="{}">{} !</span><span class="small">{}</span>)",
                    trust.text(), width, trust.names());
}

/// The reason why there are no numbers.
page::Html reason_cell(const record::Record& record) {
  std::string why = record.reason;
  if (!record.check.where.empty() && why.find(record.check.where) == std::string::npos) {
    why += (why.empty() ? "" : "; ") + record.check.where;
  }
  return html(R"(<td colspan="5" class="reason">{}</td>)",
              page::prose(why.empty() ? "no reason given" : why));
}

/// Cells of a modelled record: one figure without interval, ceiling and samples.
page::Html model_cells(const record::Record& record) {
  const page::Html label = page::html(R"(<span class="small">modelled</span>)");
  return html(
      R"(<td class="number">{}{}</td><td class="number">none</td><td class="number">{}{}</td>)"
      R"(<td class="share-cell"><span class="none">–</span></td><td class="samples">none</td>)",
      page::scaled_text(record.summary.median, "s"), label, page::rate_text(record), label);
}

page::Html number_cells(const record::Record& record, const DevicePart& part) {
  if (is_modelled(record)) return model_cells(record);
  return html(
      R"(<td class="number">{}</td><td class="number">{}</td><td class="number">{}</td>)"
      R"(<td class="share-cell">{}</td><td class="samples">{}<span class="small">{}</span></td>)",
      page::scaled_text(record.summary.median, "s"), half_width_cell(record),
      page::rate_text(record), share_cell(record, part), sample_strip(record),
      page::counted(record.summary.count, "sample"));
}

page::Html problem_cell(const record::Record& record,
                        const std::map<std::string, std::string>& labels) {
  page::Html out;
  if (const auto label = labels.find(record.problem);
      label != labels.end() && !label->second.empty()) {
    out = page::html(R"(<span class="label">{}</span>)", label->second);
  }
  out += page::html(R"(<code title="{}">{}</code>)", record.problem,
                    record::brief_problem(record.problem));
  return out;
}

/// Rows of one division that a page shows at once: a browser takes a second for each 1,000 rows.
constexpr std::size_t kShownRows = 200;

page::Html row(const record::Record& record, const DevicePart& part, std::size_t place,
               const std::map<std::string, std::string>& labels, bool beyond) {
  const page::Result result = page::result_of(record);
  const bool timed = result == page::Result::verified || result == page::Result::suspicious ||
                     result == page::Result::modelled || result == page::Result::unverified;
  const auto roof = share_of_ceiling(record, part);
  const statistics::Summary& s = record.summary;
  page::Html keys =
      page::html(R"(data-place="{}" data-operation="{}" data-result="{}{}")", place,
                 record.operation, name(result), is_doubtful(record) ? " doubtful" : "");
  if (timed) {
    keys += page::html(R"( data-median="{}" data-width="{}" data-rate="{}" data-samples="{}")",
                       s.median, std::isfinite(s.half_width()) ? s.half_width() : 1e9,
                       quoted_rate(record), s.count);
  }
  if (roof) keys += page::html(R"( data-share="{}")", roof->fraction);
  return html(
      R"(<tr class="{}{}" {}><th scope="row">{}</th><td>{} {}<span class="small">{} · {}</span>)"
      R"(</td>)"
      R"({}<td>{}</td></tr>)",
      name(result), beyond ? " beyond" : "", keys, problem_cell(record, labels),
      record.implementation.name, origin_badge(record), name(record.settings.mode),
      record_link(record.id), timed ? number_cells(record, part) : reason_cell(record),
      check_cell(record));
}

struct Column {
  std::string_view title, key;
  bool number = false;
};

page::Html heading() {
  constexpr Column kColumns[] = {{"Problem", "place"},       {"Implementation, mode, record", ""},

                                 {"Median", "median", true}, {"± of median", "width", true},
                                 {"Rate", "rate", true},     {"% of measured ceiling", "share"},
                                 {"Samples", "samples"},     {"Check", ""}};
  page::Html out;
  for (const Column& column : kColumns) {
    out += html(R"(<th scope="col"{}{}>{}</th>)",
                column.number ? page::html(R"( class="number")") : page::Html{},
                column.key.empty() ? page::Html{} : page::html(R"( data-sort="{}")", column.key),
                column.title);
  }
  return out;
}

page::Html line(std::string_view label, const std::string& value) {
  if (value.empty()) return {};
  return page::html("<dt>{}</dt><dd>{}</dd>", label, value);
}

page::Html times(const record::Record& record) {
  const statistics::Summary& s = record.summary;
  if (is_modelled(record)) {
    return line("time", page::scaled_text(s.median, "s") + " (modelled: no samples, no interval)");
  }
  if (s.count == 0) return {};
  page::Html out =
      line("interval",
           fmt::format("{} to {} at {} confidence", page::scaled_text(s.interval.lower, "s"),
                       page::scaled_text(s.interval.upper, "s"), page::percent_text(s.confidence)));
  out +=
      line("samples", fmt::format("{}, effective sample size {:.0f}; {} to {}, mean {}, "
                                  "standard deviation {}",
                                  s.count, s.effective_count, page::scaled_text(s.minimum, "s"),
                                  page::scaled_text(s.maximum, "s"), page::scaled_text(s.mean, "s"),
                                  page::scaled_text(s.standard_deviation, "s")));
  if (!record.host_seconds.empty()) {
    out += line("host's clock",
                page::scaled_text(statistics::median(record.host_seconds), "s") + " median");
  }
  out += line("warm-up", fmt::format("{} launch{}, {}", record.warm_up_launches,
                                     record.warm_up_launches == 1 ? "" : "es",
                                     record.steady ? "until steady" : "not steady"));
  return out;
}

/// "yes", or every doubt with what can be done; empty for a record without a verified figure.
std::string trust_text(const record::Record& record) {
  if (!ranks(record)) return "";
  const trust::Trust trust = trust::trust_of(record);
  std::string text = trust.may_decide() ? "yes" : "no: ";
  const char* separator = "";
  for (const trust::Doubt& doubt : trust.doubts) {
    text += fmt::format("{}{} ({})", separator, doubt.text, facts(doubt.fault).hint);
    separator = "; ";
  }
  return text;
}

page::Html sensor_lines(const record::Record& record) {
  page::Html out;
  for (const auto& [label, value] : page::sensor_lines(record.sensors)) out += line(label, value);
  if (record.energy.joules_per_launch) {
    out += line("energy per launch",
                page::energy_text(record.energy) + ", " + page::energy_method_text(record.energy));
  }
  out += line("per watt", page::per_watt_text(record));
  return out;
}

std::string burn_text(const record::Record& record) {
  if (record.course.empty()) return "";
  std::string text =
      fmt::format("{} requested, {} recorded", page::scaled_text(record.settings.burn_seconds, "s"),
                  page::counted(record.course.size(), "second"));
  if (const auto trend = burn_trend(record)) {
    text += fmt::format("; second half {} of the first half's rate{}",
                        page::change_text(trend->change), trend->faded ? ": the boost faded" : "");
  }
  return text;
}

std::string check_text(const record::Record& record) {
  const kernels::Check& check = record.check;
  if (is_modelled(record)) return "none: modelled, not measured";
  return fmt::format("{} by {}; worst {} of the bound, {} compared", name(check.outcome),
                     check.method.empty() ? "no check" : check.method,
                     page::number_text(check.worst, 3),
                     page::counted(static_cast<std::size_t>(check.elements), "element"));
}

std::string settings_text(const record::Record& record) {
  const std::string_view mode = name(record.settings.mode);
  if (is_modelled(record)) return fmt::format("{}; modelled, without samples", mode);
  return fmt::format("{}, ±{} requested at {} confidence, budget {}, at least {}", mode,
                     page::target_text(record.settings.target),
                     page::target_text(record.settings.confidence),
                     page::scaled_text(record.settings.budget_seconds, "s"),
                     page::counted(record.settings.minimum_samples, "sample"));
}

page::Html full_record(const record::Record& record) {
  page::Html details;
  for (const auto& [key, value] : record.implementation.details) details += line(key, value);
  page::Html out = line("problem", record.problem);
  out += line("implementation", fmt::format("{}, division {}", record.implementation.name,
                                            name(record.implementation.division)));
  out += line("started", page::moment_text(record.started));
  out += line("status", std::string(name(record.status)) +
                            (record.reason.empty() ? "" : ": " + record.reason));
  for (const record::Note& note : record.notes) out += line("note", note.text);
  out +=
      line("origin", std::string(name(record.origin)) + (is_modelled(record) ? "; modelled" : "") +
                         (is_unverified(record) ? "; not verified" : ""));
  out += line("imported from", record.imported_from.file);
  out += line("SHA-256 of the file", record.imported_from.sha256);
  if (const std::string rates = page::rates_text(record); !rates.empty()) {
    out += line("rate", rates + (is_modelled(record) ? " (modelled)" : ""));
  }
  out += line(
      "work",
      fmt::format("{}, {}, {} per byte",
                  page::scaled_text(record.work.flop,
                                    kernels::is_integer(record.work.type) ? "OP" : "FLOP"),
                  page::scaled_text(record.work.bytes, "B"), page::number_text(intensity(record))));
  out += line("settings", settings_text(record));
  out += times(record);
  out += line("trusted", trust_text(record));
  out += line("burn", burn_text(record));
  out += line("check", check_text(record));
  out += line("output hash", record.output_hash);
  out += sensor_lines(record);
  for (const auto& [label, value] : page::load_lines(record.machine_load)) {
    out += line(label, value);
  }
  out += details;
  out += line("environment", record.environment);
  return html(
      R"(<section id="r-{0}" class="record"><h5><code>{0}</code> {2}</h5><dl>{1}</dl></section>)",
      record.id, out, origin_badge(record));
}

}  // namespace

page::Html measurements_table(const DevicePart& part,
                              const std::map<std::string, std::string>& labels) {
  std::vector<const record::Record*> records = part.records;
  std::stable_sort(records.begin(), records.end(),
                   [](const record::Record* a, const record::Record* b) {
                     return a->implementation.division < b->implementation.division;
                   });
  page::Html bodies, switches;
  for (std::size_t from = 0; from < records.size();) {
    const record::Division division = records[from]->implementation.division;
    page::Html rows;
    std::size_t to = from;
    for (; to < records.size() && records[to]->implementation.division == division; ++to) {
      rows += row(*records[to], part, to, labels, to - from >= kShownRows);
    }
    if (to - from > kShownRows && switches.empty()) {
      // Works without the script.
      switches = page::html(
          R"(<input type="checkbox" class="all-rows" id="all-{0}"><label for="all-{0}">Show all )"
          R"({1}; without this, the first {2} of each division</label>)",
          records.front()->id, page::counted(records.size(), "measurement"), kShownRows);
    }
    bodies += html(
        R"(<tbody data-division="{0}"><tr class="division"><th scope="rowgroup" colspan="8">{0})"
        R"( <span class="small">{1} · {2}</span></th></tr>{3}</tbody>)",
        name(division), meaning(division), page::counted(to - from, "measurement"), rows);
    from = to;
  }
  const std::string title = "Measurements on " + device_title(part.first());
  return html(
      R"({3}<div class="table" role="region" tabindex="0" aria-label="{0}"><table )"
      R"(class="measurements filterable" data-shown="{4}"><caption>{0}</caption><thead><tr>{1}</tr>)"
      R"(</thead>{2}</table></div>)",
      title, heading(), bodies, switches, kShownRows);
}

page::Html records_in_full(const DevicePart& part) {
  page::Html out;
  for (const record::Record* record : part.records) out += full_record(*record);
  return html(
      R"(<details class="folded"><summary>Every record in full ({})</summary><p class="small">)"
      R"(<code>{}</code> prints a record with all of its samples.</p>)"
      R"(<div class="records">{}</div></details>)",
      part.records.size(), page::show_record_command("ID"), out);
}

}  // namespace assay::results::report
