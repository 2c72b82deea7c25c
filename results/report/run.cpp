// The section of one run, device by device.
#include <algorithm>
#include <unordered_map>

#include "results/page/command.h"
#include "results/page/rate_text.h"
#include "results/record/listing.h"
#include "results/record/parse_json.h"
#include "results/report/sections.h"
#include "results/trust/beside.h"
#include "results/trust/trust.h"

namespace assay::results::report {

namespace {

using nlohmann::ordered_json;

page::Html fact(std::string_view label, const page::Html& value) {
  return page::html("<div><dt>{}</dt><dd>{}</dd></div>", label, value);
}

page::Html facts(const ReportRun& part) {
  const record::Run& run = part.run;
  page::Html out = fact("run", page::html("<code>{}</code>", run.id));
  out += fact("started", page::html("{}", page::moment_text(run.started)));
  out += fact(
      "ended",
      run.ended.empty()
          ? page::html(R"(<span class="missed">not ended: interrupted or still running</span>)")
          : page::html("{}", page::moment_text(run.ended)));
  out += fact("suite", page::html("{}", run.suite.empty() ? "single problems" : run.suite));
  out += fact("host", page::html("{}", run.host));
  out += fact("measured by", page::html("Assay {}", run.assay_version));
  out += fact("command", page::html("<code>{}</code>", run.command));
  return page::html(R"(<dl class="facts">{}</dl>)", out);
}

/// Number of planned measurements without a record, if the run was interrupted.
std::size_t missing_entries(const ReportRun& part) {
  const ordered_json plan = record::parse_json<ordered_json>(part.run.plan);
  if (!plan.is_array() || plan.size() <= part.records.size()) return 0;
  return plan.size() - part.records.size();
}

page::Html device_section(const DevicePart& part, const std::map<std::string, std::string>& labels,
                          ordered_json& figures) {
  return page::html(
      R"(<section class="device"><h3>{} {}</h3>{}<h4>Measurements</h4>{}{}</section>)",
      device_title(part.first()), origin_badge(part.first()), rooflines(part, figures),
      measurements_table(part, labels), records_in_full(part));
}

}  // namespace

bool DevicePart::has_ceilings() const {
  return !is_modelled(first()) && (!ceilings.arithmetic.empty() || ceilings.memory);
}

std::vector<DevicePart> device_parts(const ReportRun& run) {
  std::vector<DevicePart> out;
  std::unordered_map<std::string, std::size_t> places;
  trust::Beside beside(run.records);
  for (const record::Record* record : in_order(run.records)) {
    const auto [place, fresh] = places.try_emplace(device_text(*record), out.size());
    if (fresh) out.push_back({{}, beside.ceilings(*record)});
    out[place->second].records.push_back(record);
  }
  return out;
}

std::optional<record::Attainable> share_of_ceiling(const record::Record& record,
                                                   const DevicePart& part) {
  if (is_modelled(record)) return std::nullopt;
  return attainable(record, part.ceilings);
}

bool is_doubtful(const record::Record& record) {
  return ranks(record) && !trust::trust_of(record).may_decide();
}

std::map<std::string, std::string> problem_labels(const record::Run& run) {
  std::map<std::string, std::string> out;
  const ordered_json plan = record::parse_json<ordered_json>(run.plan);
  if (!plan.is_array()) return out;
  for (const ordered_json& entry : plan) {
    if (!entry.is_object()) continue;
    const auto problem = entry.find("problem"), label = entry.find("label");
    if (problem == entry.end() || label == entry.end()) continue;
    if (problem->is_string() && label->is_string()) {
      out.emplace(problem->get<std::string>(), label->get<std::string>());
    }
  }
  return out;
}

page::Html run_section(const ReportRun& run, ordered_json& figures) {
  const auto labels = problem_labels(run.run);
  page::Html devices;
  for (const DevicePart& part : device_parts(run)) devices += device_section(part, labels, figures);
  if (devices.empty()) devices = page::html(R"(<p class="note">This run has no records.</p>)");
  page::Html gap;
  if (const std::size_t missing = missing_entries(run); missing > 0) {
    gap = page::html(R"(<p class="note">{} in the plan of this run have no record. )"
                     "<code>{}</code> measures the rest.</p>",
                     page::counted(missing, "measurement"),
                     page::resume_run_command(page::short_id(run.run.id)));
  }
  return page::html(R"(<section id="run-{}" class="run"><h2>Run of {}</h2>{}{}{}</section>)",
                    run.run.id, page::date_text(run.run.started), facts(run), gap, devices);
}

}  // namespace assay::results::report
