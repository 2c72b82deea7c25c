#include "results/report/report.h"

#include <algorithm>
#include <set>
#include <utility>

#include "results/page/command.h"
#include "results/page/page.h"
#include "results/record/json_library.h"
#include "results/record/listing.h"
#include "results/report/sections.h"
#include "results/trust/trust.h"

namespace assay::results::report {

namespace {

using nlohmann::ordered_json;

struct Totals {
  std::size_t records = 0, verified = 0, suspicious = 0, unsupported = 0, failed = 0;
  trust::DoubtCounts doubts;
  std::size_t unverified = 0;              ///< imported
  std::size_t imported = 0, modelled = 0;  ///< modelled ones are not measurements
  std::set<std::string> problems, devices;
  std::map<record::Status, std::size_t> failures;
};

Totals totals_of(const ReportInput& input) {
  Totals out;
  for (const ReportRun& run : input.runs) {
    for (const record::Record& record : run.records) {
      out.devices.insert(device_title(record));
      if (is_modelled(record)) {
        ++out.modelled;
        continue;
      }
      ++out.records;
      const page::Result result = page::result_of(record);
      out.verified += result == page::Result::verified;
      out.suspicious += result == page::Result::suspicious;
      out.unsupported += result == page::Result::unsupported;
      out.failed += result == page::Result::failed;
      out.unverified += result == page::Result::unverified;
      out.doubts.add(record, trust::trust_of(record));
      if (result == page::Result::failed) ++out.failures[record.status];
      out.problems.insert(record.problem);
      out.imported += record.origin == record::Origin::imported;
    }
  }
  return out;
}

std::size_t number_of(const ReportInput& input, claims::VerdictKind kind) {
  std::size_t number = 0;
  for (const auto* part : {&input.verdicts, &input.present}) {
    number += static_cast<std::size_t>(
        std::count_if(part->begin(), part->end(),
                      [&](const claims::Verdict& verdict) { return verdict.kind == kind; }));
  }
  return number;
}

std::string dates_text(const ReportInput& input) {
  std::set<std::string> moments;
  std::vector<std::string> dates;
  for (const ReportRun& run : input.runs) moments.insert(run.run.started.substr(0, 10));
  dates.reserve(moments.size());
  for (const std::string& moment : moments) dates.push_back(page::date_text(moment));
  return fmt::format("{}", fmt::join(dates, " and "));
}

page::Html tile(std::string_view kind, const std::string& number, const std::string& of,
                std::string_view what) {
  return page::html(R"(<div class="tile {}"><b>{}</b>{}<span>{}</span></div>)", kind, number,
                    of.empty() ? page::Html{} : page::html(" <i>{}</i>", of), what);
}

page::Html tiles(const ReportInput& input, const Totals& totals) {
  const std::size_t claims = input.verdicts.size() + input.present.size();
  const std::size_t decided = number_of(input, claims::VerdictKind::supported) +
                              number_of(input, claims::VerdictKind::refuted);
  page::Html out = tile(totals.verified > 0 ? "good" : "", fmt::format("{}", totals.verified),
                        fmt::format("of {}", totals.records), "measurements verified");
  out += tile(totals.failed > 0 ? "bad" : "", fmt::format("{}", totals.failed), "",
              "wrong, crashed or failed");
  out +=
      tile(totals.doubts.doubtful > 0 ? "doubtful" : "", fmt::format("{}", totals.doubts.doubtful),
           "", totals.doubts.doubtful > 0 ? "doubtful: " + totals.doubts.counts() : "doubtful");
  if (totals.modelled > 0) {
    out += tile("", fmt::format("{}", totals.modelled), "", "modelled, not measured");
  }
  out += tile("", fmt::format("{}", decided), fmt::format("of {}", claims),
              "claims decided by measurement");
  return html(R"(<div class="tiles">{}</div>)", out);
}

std::string title_of(const ReportInput& input, const Totals& totals) {
  if (const auto set = input.catalogue.sets.find(input.set); set != input.catalogue.sets.end()) {
    return "Assay report: " + set->second.title;
  }
  if (totals.devices.empty()) return "Assay report";
  return fmt::format("Assay report: {}", fmt::join(totals.devices, ", "));
}

/// What every printed page says, so that a single one can be traced.
std::string print_foot(const ReportInput& input) {
  std::set<std::string> seen;
  std::vector<std::string> runs;
  const auto add = [&](const record::Run& run) {
    if (seen.insert(run.id).second) runs.push_back(page::short_id(run.id));
  };
  for (const ReportRun& run : input.runs) add(run.run);
  for (const record::Run& run : input.judged_runs) add(run);
  constexpr std::size_t kNamed = 4;
  const std::string more =
      runs.size() > kNamed ? fmt::format(" and {} more", runs.size() - kNamed) : std::string();
  runs.resize(std::min(runs.size(), kNamed));
  return fmt::format("Assay report · {} {}{} · catalogue {} · written {}",
                     runs.size() == 1 ? "run" : "runs",
                     runs.empty() ? "none" : fmt::format("{}", fmt::join(runs, ", ")), more,
                     input.catalogue.sha256.substr(0, 12), input.written.substr(0, 10));
}

page::Html foot(const ReportInput& input) {
  return page::html(
      R"(<footer><p>Written {} by Assay {}. Claims of catalogue <code>{}</code>. The store )"
      R"(has every record by its id: <code>{}</code>. This page loads nothing from elsewhere.)"
      R"(</p></footer>)",
      page::moment_text(input.written), input.assay_version, input.catalogue.sha256,
      page::show_record_command("ID"));
}

page::Html navigation(const ReportInput& input) {
  const page::Html contests = input.contests.empty()
                                  ? page::Html{}
                                  : page::html(R"(<a href="#side-by-side">Side by side</a>)");
  page::Html items = page::html(R"(<a href="#answers">Answers</a>)");
  for (const ReportRun& run : input.runs) {
    items += page::html(
        R"(<a href="#run-{}">{}</a>)", run.run.id,
        input.runs.size() == 1 ? std::string("Measurements") : "Run " + page::short_id(run.run.id));
  }
  items += html(R"(<a href="#verdicts">Verdicts</a>{}<a href="#contradictions">Contradictions</a>)",
                contests);
  items += page::html(R"(<a href="#method">Method</a><a href="#environment">Environment</a>)");
  return html(R"(<nav aria-label="Sections">{}</nav>)", items);
}

ordered_json verdict_json(const claims::Catalogue& catalogue,
                          const std::vector<claims::Verdict>& verdicts) {
  ordered_json out = ordered_json::array();
  for (const claims::Verdict& verdict : verdicts) {
    ordered_json evidence = ordered_json::array();
    for (const claims::Evidence& one : verdict.evidence) {
      evidence.push_back({{"kind", name(one.kind)}, {"records", one.records}});
    }
    out.push_back({{"claim", verdict.claim},
                   {"verdict", name(verdict.kind)},
                   {"needs_measurement", verdict.needs_measurement},
                   {"decision", to_json(find_claim(catalogue, verdict.claim), verdict.decision)},
                   {"evidence", evidence}});
  }
  return out;
}

ordered_json record_json(const record::Record& record) {
  ordered_json out = {{"id", record.id},
                      {"run", record.run},
                      {"origin", name(record.origin)},
                      {"modelled", is_modelled(record)},
                      {"status", name(record.status)},
                      {"check", name(record.check.outcome)},
                      {"problem", record.problem},
                      {"device", device_title(record)},
                      {"implementation", record.implementation.name},
                      {"division", name(record.implementation.division)},
                      {"mode", name(record.settings.mode)},
                      {"median_seconds", record.summary.median},
                      {"lower_seconds", record.summary.interval.lower},
                      {"upper_seconds", record.summary.interval.upper},
                      {"samples", record.summary.count},
                      {"flop", record.work.flop},
                      {"bytes", record.work.bytes},
                      {"trust", to_json(trust::trust_of(record))}};
  return out;
}

ordered_json data_of(const ReportInput& input, const ordered_json& figures) {
  ordered_json records = ordered_json::array();
  for (const ReportRun& run : input.runs) {
    for (const record::Record& record : run.records) records.push_back(record_json(record));
  }
  return {{"assay_version", input.assay_version},
          {"catalogue_sha256", input.catalogue.sha256},
          {"written", input.written},
          {"set", input.set},
          {"rooflines", figures},
          {"records", records},
          {"verdicts", verdict_json(input.catalogue, input.verdicts)},
          {"derived", verdict_json(input.catalogue, input.derived)},
          {"present_devices", verdict_json(input.catalogue, input.present)}};
}

}  // namespace

page::Html badge(std::string_view kind, std::string_view symbol, std::string_view word) {
  return page::html(R"(<span class="badge {}"><span aria-hidden="true">{}</span> {}</span>)", kind,
                    symbol, word);
}

page::Html origin_badge(const record::Record& record) {
  page::Html out;
  if (record.origin == record::Origin::imported) out += badge("origin", "↓", name(record.origin));
  if (is_modelled(record)) out += badge("origin", "◇", name(record::Origin::modelled));
  return out;
}

page::Html record_link(const std::string& id) {
  return page::html(R"(<a class="record" href="#r-{0}" title="{0}"><code>{1}</code></a>)", id,
                    page::short_id(id));
}

std::string measured_sentence(const ReportInput& input) {
  const Totals totals = totals_of(input);
  if (totals.records == 0) {
    if (totals.modelled == 0) return "Nothing was measured.";
    return fmt::format("Nothing was measured. {} modelled from published figures.",
                       page::counted(totals.modelled, "record"));
  }
  std::string text =
      fmt::format("On {}, {} of {} on {}: {} verified against FP64 and timed", dates_text(input),
                  page::counted(totals.records, "measurement"),
                  page::counted(totals.problems.size(), "problem"),
                  totals.devices.size() == 1 ? *totals.devices.begin()
                                             : page::counted(totals.devices.size(), "device"),
                  totals.verified == totals.records ? "all" : fmt::format("{}", totals.verified));
  if (totals.doubts.doubtful > 0)
    text += fmt::format(" ({} doubtful: {})", totals.doubts.doubtful, totals.doubts.counts());
  if (totals.suspicious > 0) text += fmt::format(", {} suspicious", totals.suspicious);
  for (const auto& [status, number] : totals.failures) {
    text +=
        fmt::format(", {} {}", number, status == record::Status::ok ? "unverified" : name(status));
  }
  if (totals.unverified > 0) text += fmt::format(", {} not verified", totals.unverified);
  if (totals.unsupported > 0) text += fmt::format(", {} unsupported", totals.unsupported);
  text += ".";
  if (totals.imported > 0) {
    text += fmt::format(" {} of them were imported.", totals.imported);
  }
  if (totals.modelled > 0) {
    text += fmt::format(" In addition, {} modelled, not measured.",
                        page::counted(totals.modelled, "record"));
  }
  return text;
}

page::Html measured_section(const ReportInput& input) {
  return html(R"(<section id="measured"><h2>Measurements</h2>{}</section>)",
              tiles(input, totals_of(input)));
}

namespace {

/// Without the links to other places of the page, which a brief page does not have.
page::Html without_inner_links(std::string html) {
  constexpr std::string_view kLink = "<a href=\"#", kEnd = "</a>";
  for (std::size_t at = 0; (at = html.find(kLink, at)) != std::string::npos;) {
    const std::size_t end = html.find(kEnd, at), text = html.find('>', at) + 1;
    html.replace(at, end + kEnd.size() - at, html.substr(text, end - text));
  }
  return {std::move(html)};
}

std::string text_of(const ordered_json& data) {
  return data.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

std::string brief_html(const ReportInput& input) {
  ordered_json data = data_of(input, ordered_json::array());
  data["records"] = ordered_json::array();
  return page::page_html(
      {title_of(input, totals_of(input)),
       html("<main>{}</main>{}", without_inner_links(front(input).text), foot(input)),
       text_of(data), "", print_foot(input)});
}

}  // namespace

std::string report_html(const ReportInput& input) {
  if (input.brief) return brief_html(input);
  ordered_json figures = ordered_json::array();
  page::Html runs;
  for (const ReportRun& run : input.runs) runs += run_section(run, figures);
  const page::Html body = html("{}{}<main>{}{}{}{}{}{}{}</main>{}", navigation(input), front(input),
                               measured_section(input), runs, verdicts_section(input),
                               contests_section(input), contradictions_section(input),
                               method_section(input), environment_section(input), foot(input));
  return page::page_html({title_of(input, totals_of(input)), body, text_of(data_of(input, figures)),
                          "", print_foot(input)});
}

}  // namespace assay::results::report
