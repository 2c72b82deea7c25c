// What was measured on one device, as tables: one body of rows a division, so that sorting never
// ranks one division against another.
#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "results/burn.h"
#include "results/listing.h"
#include "results/report/sections.h"

namespace assay::results {

namespace {

std::string_view meaning(std::string_view division) {
  if (division == "library") return "the vendor's best routine";
  if (division == "native") return "written for this device";
  if (division == "portable") return "the same kernel source on every device";
  if (division == "reference") return "slow and exact";
  if (division == "modelled") return "a roofline of published figures; nothing ran";
  return "";
}

Html outcome_badge(const Record& record) {
  switch (result_of(record)) {
    case Result::verified:
      return badge("supported", "✓", "right");
    case Result::suspicious:
      return badge("inconclusive", "≈", "suspicious");
    case Result::unsupported:
      return badge("untested", "○", "unsupported");
    case Result::modelled:
      return badge("origin", "◇", "modelled");
    case Result::unverified:
      return badge("origin", "↓", "not verified");
    case Result::failed:
      return badge("refuted", "✗",
                   record.status == Status::ok ? name(record.check.outcome) : name(record.status));
  }
  return {};
}

Html check_cell(const Record& record) {
  Html out = outcome_badge(record);
  if (is_modelled(record)) return html(R"({}<span class="small">nothing ran</span>)", out);
  if (record.check.method.empty() || record.status == Status::unsupported) return out;
  out += html(R"(<span class="small">{}; worst {:.2g} of bound</span>)", record.check.method,
              record.check.worst);
  return out;
}

Html share_cell(const Record& record, const DevicePart& part) {
  const auto roof = share_of_ceiling(record, part);
  if (!roof) return html(R"(<span class="none">–</span>)");
  const bool memory = roof->bound == Bound::memory;
  return html(R"(<span class="share {}" style="--share:{:.1f}%"></span>{} <span class="small">of )"
              "{}{}</span>",
              memory ? "memory" : "peak", std::clamp(roof->fraction, 0.0, 1.0) * 100,
              share_text(roof->fraction), memory ? "memory" : "peak",
              memory && roof->cached ? "*" : "");
}

Html half_width_cell(const Record& record) {
  const std::string width = half_width_text(record.summary.half_width());
  if (!missed_target(record)) return html("{}", width);
  return html(R"(<span class="missed">{} !</span><span class="small">asked ±{}</span>)", width,
              target_text(record.settings.target));
}

/// What stands in place of numbers, and why.
Html reason_cell(const Record& record) {
  std::string why = record.reason;
  if (!record.check.where.empty() && why.find(record.check.where) == std::string::npos) {
    why += (why.empty() ? "" : "; ") + record.check.where;
  }
  return html(R"(<td colspan="5" class="reason">{}</td>)",
              prose(why.empty() ? "no reason given" : why));
}

/// One figure: no interval, no ceiling, no samples.
Html model_cells(const Record& record, const DevicePart& part) {
  const Html label = html(R"(<span class="small">modelled</span>)");
  return html(
      R"(<td class="number">{}{}</td><td class="number">none</td><td class="number">{}{}</td>)"
      R"(<td class="share-cell"><span class="none">–</span></td><td class="samples">none</td>)",
      scaled_text(record.summary.median, "s"), label, bounding_rate_text(record, part), label);
}

Html number_cells(const Record& record, const DevicePart& part) {
  if (is_modelled(record)) return model_cells(record, part);
  return html(
      R"(<td class="number">{}</td><td class="number">{}</td><td class="number">{}</td>)"
      R"(<td class="share-cell">{}</td><td class="samples">{}<span class="small">{}</span></td>)",
      scaled_text(record.summary.median, "s"), half_width_cell(record),
      bounding_rate_text(record, part), share_cell(record, part), sample_strip(record),
      counted(record.summary.count, "sample"));
}

Html problem_cell(const Record& record, const std::map<std::string, std::string>& labels) {
  Html out;
  if (const auto label = labels.find(record.problem);
      label != labels.end() && !label->second.empty()) {
    out = html(R"(<span class="label">{}</span>)", label->second);
  }
  out += html(R"(<code title="{}">{}</code>)", record.problem, brief_problem(record.problem));
  return out;
}

Html row(const Record& record, const DevicePart& part, std::size_t place,
         const std::map<std::string, std::string>& labels) {
  const Result result = result_of(record);
  const bool timed = result == Result::verified || result == Result::suspicious ||
                     result == Result::modelled || result == Result::unverified;
  const auto roof = share_of_ceiling(record, part);
  const Summary& s = record.summary;
  Html keys = html(R"(data-place="{}" data-operation="{}" data-result="{}{}")", place,
                   record.operation, name(result), missed_target(record) ? " missed" : "");
  if (timed) {
    keys += html(R"( data-median="{}" data-width="{}" data-rate="{}" data-samples="{}")", s.median,
                 std::isfinite(s.half_width()) ? s.half_width() : 1e9, bounding_rate(record, part),
                 s.count);
  }
  if (roof) keys += html(R"( data-share="{}")", roof->fraction);
  return html(
      R"(<tr class="{}" {}><th scope="row">{}</th><td>{} {}<span class="small">{} · {}</span></td>)"
      R"({}<td>{}</td></tr>)",
      name(result), keys, problem_cell(record, labels), record.implementation.name,
      origin_badge(record), record.settings.mode, record_link(record.id),
      timed ? number_cells(record, part) : reason_cell(record), check_cell(record));
}

struct Column {
  std::string_view title, key;
  bool number = false;
};

Html heading() {
  constexpr Column kColumns[] = {{"Problem", "place"},       {"Implementation, mode, record", ""},

                                 {"Median", "median", true}, {"± of median", "width", true},
                                 {"Rate", "rate", true},     {"Of measured ceiling", "share"},
                                 {"Samples", "samples"},     {"Check", ""}};
  Html out;
  for (const Column& column : kColumns) {
    out +=
        html(R"(<th scope="col"{}{}>{}</th>)", column.number ? html(R"( class="number")") : Html{},
             column.key.empty() ? Html{} : html(R"( data-sort="{}")", column.key), column.title);
  }
  return out;
}

Html line(std::string_view label, const std::string& value) {
  if (value.empty()) return {};
  return html("<dt>{}</dt><dd>{}</dd>", label, value);
}

Html times(const Record& record) {
  const Summary& s = record.summary;
  if (is_modelled(record)) {
    return line("time", scaled_text(s.median, "s") + " (modelled: no samples, no interval)");
  }
  if (s.count == 0) return {};
  Html out = line("interval",
                  fmt::format("{} to {} at {:.4g}% confidence", scaled_text(s.interval.lower, "s"),
                              scaled_text(s.interval.upper, "s"), s.confidence * 100));
  out += line("samples", fmt::format("{}, worth {:.0f} independent ones; {} to {}, mean {}, "
                                     "standard deviation {}",
                                     s.count, s.effective_count, scaled_text(s.minimum, "s"),
                                     scaled_text(s.maximum, "s"), scaled_text(s.mean, "s"),
                                     scaled_text(s.standard_deviation, "s")));
  if (!record.host_seconds.empty()) {
    out += line("host's clock", scaled_text(median(record.host_seconds), "s") + " median");
  }
  out += line("warm-up", fmt::format("{} launch{}, {}", record.warm_up_launches,
                                     record.warm_up_launches == 1 ? "" : "es",
                                     record.steady ? "until steady" : "not steady"));
  return out;
}

Html sensor_lines(const Sensors& sensors) {
  Html out;
  const auto reading = [&](std::string_view label, const std::optional<double>& value,
                           std::string_view unit) {
    if (value) out += line(label, scaled_text(*value, unit));
  };
  reading("power", sensors.power_watts, "W");
  reading("energy", sensors.energy_joules, "J");
  reading("lowest clock", sensors.clock_hz_minimum, "Hz");
  reading("median clock", sensors.clock_hz_median, "Hz");
  if (sensors.temperature_celsius_maximum) {
    out += line("hottest", fmt::format("{:.0f} °C", *sensors.temperature_celsius_maximum));
  }
  out += line("throttled by", sensors.throttle);
  return out;
}

std::string burn_text(const Record& record) {
  if (record.course.empty()) return "";
  std::string text =
      fmt::format("{} asked, {} recorded", scaled_text(record.settings.burn_seconds, "s"),
                  counted(record.course.size(), "second"));
  if (const auto trend = burn_trend(record)) {
    text += fmt::format("; second half {:+.2f}% of the first half's rate{}", trend->change * 100,
                        trend->faded ? ": the boost faded" : "");
  }
  return text;
}

std::string check_text(const Record& record) {
  const kernels::Check& check = record.check;
  if (is_modelled(record)) return "modelled: nothing ran that could be checked";
  return fmt::format("{} by {}; worst {:.3g} of the bound, {} compared", name(check.outcome),
                     check.method.empty() ? "no check" : check.method, check.worst,
                     counted(static_cast<std::size_t>(check.elements), "element"));
}

std::string settings_text(const Record& record) {
  if (is_modelled(record)) return record.settings.mode + "; modelled, so nothing was sampled";
  return fmt::format("{}, ±{} asked at {:.4g}% confidence, budget {}, at least {}",
                     record.settings.mode, target_text(record.settings.target),
                     record.settings.confidence * 100,
                     scaled_text(record.settings.budget_seconds, "s"),
                     counted(record.settings.minimum_samples, "sample"));
}

Html full_record(const Record& record) {
  Html details;
  for (const auto& [key, value] : record.implementation.details) details += line(key, value);
  Html out = line("problem", record.problem);
  out += line("implementation",
              record.implementation.name + ", division " + record.implementation.division);
  out += line("started", moment_text(record.started));
  out += line("status", std::string(name(record.status)) +
                            (record.reason.empty() ? "" : ": " + record.reason));
  out += line("origin", std::string(name(record.origin)) +
                            (is_modelled(record) ? "; on a pretended device, modelled" : "") +
                            (is_unverified(record) ? "; not verified" : ""));
  out += line("imported from", record.imported_from.file);
  out += line("file's SHA-256", record.imported_from.sha256);
  out +=
      line("work", fmt::format("{}, {}, {:.4g} per byte",
                               scaled_text(record.work.flop,
                                           kernels::is_integer(record.work.type) ? "OP" : "FLOP"),
                               scaled_text(record.work.bytes, "B"), intensity(record)));
  out += line("settings", settings_text(record));
  out += times(record);
  out += line("burn", burn_text(record));
  out += line("check", check_text(record));
  out += line("output hash", record.output_hash);
  out += sensor_lines(record.sensors);
  out += details;
  out += line("environment", record.environment);
  return html(
      R"(<section id="r-{0}" class="record"><h5><code>{0}</code> {2}</h5><dl>{1}</dl></section>)",
      record.id, out, origin_badge(record));
}

}  // namespace

Html measurements_table(const DevicePart& part, const std::map<std::string, std::string>& labels) {
  std::vector<const Record*> records = part.records;
  std::stable_sort(records.begin(), records.end(), [](const Record* a, const Record* b) {
    const auto left = division_order(*a), right = division_order(*b);
    return left != right ? left < right : a->implementation.division < b->implementation.division;
  });
  Html bodies;
  for (std::size_t from = 0; from < records.size();) {
    const std::string& division = records[from]->implementation.division;
    Html rows;
    std::size_t to = from;
    for (; to < records.size() && records[to]->implementation.division == division; ++to) {
      rows += row(*records[to], part, to, labels);
    }
    bodies += html(
        R"(<tbody data-division="{0}"><tr class="division"><th scope="rowgroup" colspan="8">{0})"
        R"( <span class="small">{1} · {2}</span></th></tr>{3}</tbody>)",
        division.empty() ? "no division" : division, meaning(division),
        counted(to - from, "measurement"), rows);
    from = to;
  }
  const std::string title = "Measurements on " + device_title(part.first());
  return html(
      R"(<div class="table" role="region" tabindex="0" aria-label="{0}"><table )"
      R"(class="measurements filterable"><caption>{0}</caption><thead><tr>{1}</tr></thead>{2})"
      R"(</table></div>)",
      title, heading(), bodies);
}

Html records_in_full(const DevicePart& part) {
  Html out;
  for (const Record* record : part.records) out += full_record(*record);
  return html(
      R"(<details class="folded"><summary>Every record in full ({})</summary><p class="small">)"
      R"(<code>assay show --record ID</code> prints one with all of its samples.</p>)"
      R"(<div class="records">{}</div></details>)",
      part.records.size(), out);
}

}  // namespace assay::results
