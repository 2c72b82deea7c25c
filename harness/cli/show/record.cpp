#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "harness/cli/show/text.h"
#include "harness/measure/throttle.h"
#include "harness/terminal/table.h"
#include "harness/terminal/wrapped.h"
#include "harness/worker/device_worker.h"
#include "results/page/figures.h"
#include "results/page/text.h"
#include "results/record/burn.h"
#include "results/record/listing.h"
#include "results/record/parse_json.h"
#include "results/trust/trust.h"

namespace assay::cli::show {

using nlohmann::ordered_json;
using results::page::duration_text;
using results::page::scaled_text;
using results::record::Record;

namespace {

constexpr std::size_t kLabel = 18;
constexpr std::size_t kChart = 56;

/// "label             value"; a long value continues in its own column.
class Page {
 public:
  explicit Page(const ShowStyle& style) : style_(style) {}

  void title(const std::string& text) {
    text_ += fmt::format(
        "\n{}\n", harness::terminal::styled(text, harness::terminal::Style::strong, style_.colour));
  }
  void line(const std::string& label, const std::string& value) {
    if (value.empty()) return;
    const std::string body = harness::terminal::wrapped(
        value, static_cast<int>(kLabel) + 2, style_.wide ? 1000 : static_cast<int>(style_.width));
    const std::size_t width = harness::terminal::text_width(label);
    if (width < kLabel) {
      text_ += fmt::format("  {}{}", label, body.substr(2 + width));
    } else {
      text_ += fmt::format("  {}\n{}", label, body);
    }
  }
  void chart(const std::string& label, const std::string& bars) {
    text_ += fmt::format("  {:<{}}{}\n", label, kLabel, bars);
  }
  void all(const results::record::Properties& properties) {
    for (const auto& [key, value] : properties) line(key, value);
  }
  std::string text() && { return std::move(text_); }

 private:
  ShowStyle style_;
  std::string text_;
};

/// Unit of what counted_work() counts, per second.
std::string work_rate_unit(const Record& record) {
  const bool operations = figure_of(record) == kernels::Figure::operations;
  return operations ? std::string(results::page::rate_unit(record.work.type)) : "B/s";
}

std::string origin_text(const Record& record) {
  std::string text(name(record.origin));
  const results::record::ImportedFrom& from = record.imported_from;
  if (!from.file.empty()) text += fmt::format(" from {} ({})", from.file, from.format);
  if (is_unverified(record)) text += ", not verified";
  return text;
}

void identity(Page& page, const Record& record) {
  page.line("record", record.id + (is_modelled(record) ? " (modelled)" : ""));
  page.line("run", record.run);
  page.line("started", record.started);
  page.line("origin", origin_text(record));
  page.line("file's SHA-256", record.imported_from.sha256);
  page.line("status", std::string(name(record.status)));
  page.line("reason", record.reason);
  for (const results::record::Note& note : record.notes) page.line("note", note.text);
  page.line("problem", record.problem);
  page.line("work",
            fmt::format("{}, {}, {} per byte, type {}",
                        scaled_text(record.work.flop,
                                    kernels::is_integer(record.work.type) ? "OP" : "FLOP", 6),
                        scaled_text(record.work.bytes, "B", 6),
                        results::page::number_text(intensity(record)), name(record.work.type)));
}

void how(Page& page, const Record& record) {
  page.title("implementation");
  page.line("name", record.implementation.name);
  page.line("division", std::string(name(record.implementation.division)));
  page.all(record.implementation.details);
  page.title("settings");
  page.line("mode", std::string(name(record.settings.mode)));
  if (is_modelled(record)) return page.line("samples", "none: modelled");
  if (is_unverified(record)) return;  // its settings are not known
  page.line("target", fmt::format("±{} of the median at {} confidence",
                                  results::page::target_text(record.settings.target),
                                  results::page::target_text(record.settings.confidence)));
  page.line("budget",
            fmt::format("{}, at least {} samples", duration_text(record.settings.budget_seconds),
                        record.settings.minimum_samples));
  if (record.settings.burn_seconds > 0) {
    page.line("burn", duration_text(record.settings.burn_seconds));
  }
  page.line("order seed", fmt::format("{}", record.settings.order_seed));
}

void times(Page& page, const Record& record) {
  const results::statistics::Summary& s = record.summary;
  page.line("median", fmt::format("{} {} at {} confidence, {} to {}", duration_text(s.median),
                                  results::page::half_width_text(s.half_width()),
                                  results::page::percent_text(s.confidence),
                                  results::page::change_text(s.interval.lower / s.median - 1),
                                  results::page::change_text(s.interval.upper / s.median - 1)));
  page.line("mean", fmt::format("{}, standard deviation {}", duration_text(s.mean),
                                duration_text(s.standard_deviation)));
  page.line("range", fmt::format("{} to {}; 5% to 95%: {} to {}", duration_text(s.minimum),
                                 duration_text(s.maximum), duration_text(s.percentile_5),
                                 duration_text(s.percentile_95)));
  page.line("host's clock",
            record.host_seconds.empty()
                ? ""
                : duration_text(results::statistics::median(record.host_seconds)) + " median");
  page.line("samples", fmt::format("{}; effective sample size {:.0f}", s.count, s.effective_count));
  if (record.device_seconds.size() < 2) return;
  page.chart("over time",
             harness::terminal::bars(harness::terminal::course(record.device_seconds, kChart)));
  // Far outliers go into the last bar, so that the other bars keep their resolution.
  const double lower = std::max(s.minimum, s.median - 3 * (s.median - s.percentile_5));
  const double upper = std::min(s.maximum, s.median + 3 * (s.percentile_95 - s.median));
  const auto counts = harness::terminal::histogram(record.device_seconds, lower, upper, kChart / 2);
  page.chart("distribution", fmt::format("{} {} {}", duration_text(lower),
                                         harness::terminal::bars(counts), duration_text(upper)));
}

/// Nothing for a record without a verified figure.
void trust(Page& page, const Record& record) {
  if (!ranks(record)) return;
  const results::trust::Trust trust = results::trust::trust_of(record);
  if (trust.may_decide()) return page.line("trusted", "yes");
  const char* label = "doubtful";
  for (const results::trust::Doubt& doubt : trust.doubts) {
    page.line(label,
              fmt::format("{}: {}; {}", name(doubt.fault), doubt.text, facts(doubt.fault).hint));
    label = "";
  }
}

/// "75% ±0.5% peak, between 74% and 76%", and why it can be above 100%.
std::string ceiling_line(const Record& record, const results::record::Ceilings& ceilings) {
  const auto share = attainable(record, ceilings);
  if (!share) return "";
  std::string text = ceiling_text(record, ceilings);
  if (share->bound == results::record::Bound::arithmetic) text += " of the peak";
  if (!share->is_roof && std::isfinite(share->interval.lower)) {
    text += fmt::format(", between {} and {}", results::page::percent_text(share->interval.lower),
                        results::page::percent_text(share->interval.upper));
  }
  const std::string above = results::page::above_ceiling_text(*share);
  if (!above.empty()) text += "; " + above;
  if (!share->roof.doubt.empty()) text += "; the ceiling is doubtful: " + share->roof.doubt;
  return text;
}

void model_outcome(Page& page, const Record& record) {
  page.title("result (modelled: nothing ran)");
  if (record.summary.median > 0) {
    page.line("time", duration_text(record.summary.median) +
                          " (modelled: one figure, no samples and no interval)");
    const std::string rates = results::page::rates_text(record);
    page.line("rate", rates.empty() ? rates : rates + " (modelled)");
  }
  page.line("check", fmt::format("{}: modelled, nothing ran", name(record.check.outcome)));
}

/// What an imported file states, unchecked.
void imported_outcome(Page& page, const Record& record) {
  page.title("result (imported, not verified)");
  if (record.summary.count > 0) {
    times(page, record);
  } else {
    page.line("time", duration_text(record.summary.median) + " (one figure, no interval)");
  }
  page.line("rate", results::page::rates_text(record));
  page.line("check", record.check.method);
}

/// Among the timed launches; empty if nothing was.
std::string looks_text(const results::record::Challenges& challenges) {
  if (challenges.calls == 0) return "";
  return fmt::format(
      "{} calls, {} of them with changed inputs; {} whole outputs and parts of {} judged again",
      challenges.calls, challenges.changed_calls, challenges.judged, challenges.judged_parts);
}

void outcome(Page& page, const Record& record, const results::record::Ceilings& ceilings) {
  if (is_modelled(record)) return model_outcome(page, record);
  if (is_unverified(record)) return imported_outcome(page, record);
  page.title("result");
  if (record.summary.count > 0) {
    times(page, record);
    page.line("rate", results::page::rates_text(record));
    page.line("of ceiling", ceiling_line(record, ceilings));
    trust(page, record);
  }
  page.line("warm-up", fmt::format("{} launches, {}", record.warm_up_launches,
                                   record.steady ? "until steady" : "not steady"));
  page.line("target met", record.target_met ? "yes" : "no");
  page.line("check",
            fmt::format("{}{}{}; {:.3g} of the accepted bound, {} elements compared",
                        name(record.check.outcome), record.check.method.empty() ? "" : " by ",
                        record.check.method, record.check.worst, record.check.elements));
  page.line("where", record.check.where);
  page.line("looked at", looks_text(record.challenges));
  page.line("output hash", record.output_hash);
  page.line("operands hash", record.operands_hash);
}

/// One bar per second, or per several seconds if there are too many; nothing if fewer than two
/// seconds have the figure.
void course_line(Page& page, const std::string& label, const std::vector<double>& values,
                 const std::string& unit) {
  if (values.size() < 2) return;
  const auto [least, most] = std::minmax_element(values.begin(), values.end());
  page.chart(label, harness::terminal::bars(harness::terminal::course(values, kChart)));
  page.line("", fmt::format("{} to {}", scaled_text(*least, unit), scaled_text(*most, unit)));
}

void burn(Page& page, const Record& record) {
  if (record.course.empty()) return;
  std::vector<double> rates;
  for (const results::record::CourseSecond& second : record.course) {
    if (second.launch_seconds <= 0) continue;
    const double work = results::record::counted_work(record.operation, record.work);
    rates.push_back(work * second.launches / second.launch_seconds);
  }
  page.title("burn");
  page.line("time", fmt::format("{} requested, {} seconds, launches without pause",
                                duration_text(record.settings.burn_seconds), record.course.size()));
  course_line(page, "rate", rates, work_rate_unit(record));
  for (const results::record::CourseFigure& figure : results::record::kCourseFigures) {
    std::vector<double> values;
    for (const results::record::CourseSecond& second : record.course) {
      if (second.launch_seconds > 0 && second.*figure.value) {
        values.push_back(*(second.*figure.value));
      }
    }
    course_line(page, figure.label, values, figure.unit);
  }
  if (const auto trend = results::record::burn_trend(record)) {
    page.line(
        "second half",
        fmt::format("{} of the first half's rate{}", results::page::change_text(trend->change),
                    trend->faded ? ": the boost faded" : " (not significant)"));
  }
}

void sensors(Page& page, const Record& record) {
  // Several devices take part in a collective; only the sensors of one were read.
  page.title(bus_rate(record) ? "sensors of rank 0's device" : "sensors");
  const auto lines = results::page::sensor_lines(record.sensors);
  if (lines.empty()) {
    page.line("none", is_modelled(record) ? "modelled: nothing ran" : "the device has no sensors");
  }
  for (const auto& [label, value] : lines) page.line(label, value);
  if (record.energy.joules_per_launch) {
    page.line("energy per launch", results::page::energy_text(record.energy) + ", " +
                                       results::page::energy_method_text(record.energy));
  }
  page.line("per watt", results::page::per_watt_text(record));
  if (const auto note = harness::measure::throttling_note(record.throttling)) {
    page.line("low clock", note->text);
  }
}

void phases(Page& page, const Record& record) {
  const results::record::Phases& p = record.phases;
  page.title("wall time");
  const std::pair<const char*, double> parts[] = {
      {"generate", p.generate}, {"upload", p.upload}, {"prepare", p.prepare}, {"verify", p.verify},
      {"warm up", p.warm_up},   {"sample", p.sample}, {"burn", p.burn}};
  for (const auto& [label, seconds] : parts) {
    if (seconds > 0) page.line(label, duration_text(seconds));
  }
  page.line("total",
            fmt::format("{}, {} of it inside launches", duration_text(p.total),
                        results::page::percent_text(p.total > 0 ? p.launches / p.total : 0)));
}

void machine(Page& page, const Record& record) {
  const auto lines = results::page::load_lines(record.machine_load);
  if (lines.empty()) return;
  page.title("load of the machine");
  for (const auto& [label, value] : lines) page.line(label, value);
}

void device(Page& page, const Record& record) {
  const results::record::DeviceIdentity& d = record.device;
  page.title("device");
  page.line("device", results::record::device_key(d));
  page.line("name", d.name);
  page.line("vendor", d.vendor);
  page.line("kind", d.kind + (d.modelled ? ", modelled from published figures" : ""));
  page.line("unique id", d.unique_id);
  page.line("bus id", d.bus_id);
  page.line("driver", d.driver);
  page.line("types", d.types);
  if (d.memory_bytes > 0) {
    page.line("memory", results::page::bytes_text(static_cast<double>(d.memory_bytes)));
  }
  if (d.cache_bytes > 0) {
    page.line("cache", results::page::bytes_text(static_cast<double>(d.cache_bytes)));
  }
  page.line("compute units", fmt::format("{}", d.compute_units));
  if (d.clock_hz > 0) page.line("clock", scaled_text(d.clock_hz, "Hz"));
  page.all(d.properties);
}

void surroundings(Page& page, const Record& record, const std::string& environment) {
  page.title("environment");
  page.line("sha256", record.environment);
  if (environment.empty()) return;
  const auto parsed = results::record::parse_json<ordered_json>(environment);
  if (parsed.is_discarded()) return page.line("contents", "not readable as JSON");
  const ordered_json flat = parsed.flatten();
  for (const auto& [path, value] : flat.items()) {
    std::string key = path.empty() ? path : path.substr(1);
    for (char& c : key) {
      if (c == '/') c = '.';
    }
    page.line(key, value.is_string() ? value.get<std::string>() : value.dump());
  }
}

}  // namespace

std::string record_text(const Record& record, const results::record::Ceilings& ceilings,
                        const std::string& environment, const ShowStyle& style) {
  Page page(style);
  identity(page, record);
  outcome(page, record, ceilings);
  burn(page, record);
  how(page, record);
  phases(page, record);
  sensors(page, record);
  machine(page, record);
  device(page, record);
  surroundings(page, record, environment);
  return std::move(page).text();
}

}  // namespace assay::cli::show
