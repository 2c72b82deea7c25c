// The method and the environment of the measurements.
#include <algorithm>
#include <set>

#include "results/page/quantity_text.h"
#include "results/record/listing.h"
#include "results/record/parse_json.h"
#include "results/report/sections.h"
#include "results/trust/trust.h"

namespace assay::results::report {

namespace {

using nlohmann::ordered_json;

std::string list_of(const std::set<std::string>& values) {
  return fmt::format("{}", fmt::join(values, ", "));
}

/// The settings of all records, each value once.
struct SettingsUsed {
  std::set<std::string> targets, budgets, confidences, minima, modes;
};

SettingsUsed settings_used(const ReportInput& input) {
  SettingsUsed used;
  for (const ReportRun& run : input.runs) {
    for (const record::Record& record : run.records) {
      if (is_modelled(record)) continue;
      const record::Settings& s = record.settings;
      used.targets.insert("±" + page::target_text(s.target));
      used.budgets.insert(page::scaled_text(s.budget_seconds, "s"));
      used.confidences.insert(page::target_text(s.confidence));
      used.minima.insert(fmt::format("{}", s.minimum_samples));
      used.modes.emplace(name(s.mode));
    }
  }
  return used;
}

std::string value_text(const ordered_json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_null()) return "unknown";
  return value.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

/// A nested object as lines of "outer.inner".
page::Html lines_of(const ordered_json& value, const std::string& path) {
  if (!value.is_object() || value.empty()) {
    return page::html("<dt>{}</dt><dd>{}</dd>", path, value_text(value));
  }
  page::Html out;
  for (const auto& [key, inner] : value.items()) {
    out += lines_of(inner, path.empty() ? key : path + "." + key);
  }
  return out;
}

page::Html environment_details(const std::string& hash, const std::string& json,
                               std::size_t records) {
  const ordered_json parsed = record::parse_json<ordered_json>(json);
  page::Html body;
  if (parsed.is_object()) {
    for (const auto& [group, value] : parsed.items()) {
      body +=
          html("<h3>{}</h3><dl>{}</dl>", group, lines_of(value, value.is_object() ? "" : group));
    }
  } else {
    body = page::html("<pre>{}</pre>", json);
  }
  return html(
      R"(<details class="folded environment"><summary>Environment <code>{}</code>, of {}</summary>)"
      R"(<p class="small">SHA-256 of its canonical JSON: <code>{}</code></p>{}</details>)",
      page::short_id(hash), page::counted(records, "record"), hash, body);
}

page::Html device_facts(const record::DeviceIdentity& device) {
  page::Html out;
  const auto fact = [&](std::string_view label, const std::string& value) {
    if (!value.empty()) out += page::html("<dt>{}</dt><dd>{}</dd>", label, value);
  };
  fact("vendor", device.vendor);
  fact("kind", device.kind);
  fact("compute units", device.compute_units > 0 ? fmt::format("{}", device.compute_units) : "");
  fact("clock", device.clock_hz > 0 ? page::scaled_text(device.clock_hz, "Hz") : "");
  fact("memory",
       device.memory_bytes > 0 ? page::bytes_text(static_cast<double>(device.memory_bytes)) : "");
  fact("last-level cache",
       device.cache_bytes > 0 ? page::bytes_text(static_cast<double>(device.cache_bytes)) : "");
  fact("driver", device.driver);
  fact("types", device.types);
  fact("unique id", device.unique_id);
  fact("bus id", device.bus_id);
  for (const auto& [key, value] : device.properties) fact(key, value);
  return out;
}

page::Html devices_details(const ReportInput& input) {
  std::set<std::string> seen;
  page::Html out;
  for (const ReportRun& run : input.runs) {
    for (const DevicePart& part : device_parts(run)) {
      const record::Record& first = part.first();
      const page::Html facts = device_facts(first.device);
      if (!seen.insert(device_title(first) + facts.text).second) continue;
      out += html(
          R"(<details class="folded device"><summary>Device {}</summary><dl>{}</dl></details>)",
          device_title(first), facts);
    }
  }
  return out;
}

}  // namespace

namespace {

/// "busy (other work on the machine), …": every fault of a measurement.
std::string faults_text() {
  std::string text;
  for (const trust::FaultFacts& one : trust::kFaults) {
    if (one.fault == trust::Fault::unverified) continue;
    text += fmt::format("{}{} ({})", text.empty() ? "" : ", ", one.name, one.meaning);
  }
  return text;
}

}  // namespace

page::Html method_section(const ReportInput& input) {
  const SettingsUsed used = settings_used(input);
  if (used.modes.empty()) return {};
  return page::html(
      R"(<section id="method"><h2>How the numbers were measured</h2><ol class="method">)"
      R"(<li><b>Operands</b> are counter-based random numbers (Philox-4x32-10), which depend only )"
      R"(on the problem: every device computes with the same bits.</li>)"
      R"(<li><b>Verification before timing.</b> Outputs are poisoned, the kernel runs once, and the )"
      R"(result is compared with FP64: every element if that is affordable, else Freivalds’ test )"
      R"(over the whole matrix and in addition exact rows and columns; integer data bit for bit. )"
      R"(“Worst” is the largest error divided by the accepted bound. A wrong result is kept and )"
      R"(marked; it never ranks, serves as a ceiling or supports a claim.</li>)"
      R"(<li><b>Warm-up</b> lasts until times are steady. Mode here: {}. Before a cold launch the )"
      R"(last-level cache is overwritten; before a hot one it is left as the previous launch left it.</li>)"
      R"(<li><b>Stopping rule.</b> Sampling ends when the {} interval of the median is within )"
      R"({}, with at least {} samples, or when the budget is spent ({}). The interval comes from order statistics, )"
      R"(below 30 effective samples from the bias-corrected accelerated bootstrap, and is widened )"
      R"(by the samples’ autocorrelation. “±5% at 75%” is an interval that reaches only 75% )"
      R"(confidence.</li>)"
      R"(<li><b>Doubtful</b> measurements are marked <span class="missed">!</span>, with the reason: {}. )"
      R"(They never refute a claim; one whose figure may be off is no baseline, and a ceiling only )"
      R"(where there is no other.</li>)"
      R"(<li><b>Median ± half-width</b> of the time of one launch, over all samples without exception. )"
      R"(The small chart shows their distribution, with a line at the median and a band for its )"
      R"(interval; samples farther from the median than three times the 5% or 95% quantile are )"
      R"(counted in the outermost bars.</li>)"
      R"(<li><b>% of measured ceiling</b> is the share of the ceiling that limits the problem: )"
      R"(the best <code>fma</code> of its type, or the best <code>triad</code> or <code>copy</code> )"
      R"(larger than the caches, on the same device in the same run; never a figure of a datasheet. )"
      R"(The ± after it is relative to the share and combines the intervals of both. )"
      R"(* marks hot operands that a cache may deliver faster than memory.</li>)"
      R"(<li><b>Divisions</b> are not ranked against each other.</li></ol></section>)",
      list_of(used.modes), list_of(used.confidences), list_of(used.targets), list_of(used.minima),
      list_of(used.budgets), faults_text());
}

page::Html environment_section(const ReportInput& input) {
  std::map<std::string, std::size_t> records;
  for (const ReportRun& run : input.runs) {
    if (!run.run.environment.empty()) records[run.run.environment];
    for (const record::Record& record : run.records) {
      if (!record.environment.empty()) ++records[record.environment];
    }
  }
  page::Html out = devices_details(input);
  for (const auto& [hash, number] : records) {
    const auto found = input.environments.find(hash);
    if (found != input.environments.end()) {
      out += environment_details(hash, found->second, number);
    } else {
      out += page::html("<p>The store does not have environment <code>{}</code>.</p>", hash);
    }
  }
  if (out.empty()) out = page::html("<p>No environment was recorded.</p>");
  return html(R"(<section id="environment"><h2>Environment</h2>{}</section>)", out);
}

}  // namespace assay::results::report
