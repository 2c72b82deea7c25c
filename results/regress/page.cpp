#include "results/regress/page.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "results/page/page.h"
#include "results/page/text.h"
#include "results/regress/plot.h"
#include "results/regress/words.h"
#include "results/statistics/shift.h"
#include "results/statistics/statistics.h"

namespace assay::results::regress {

namespace {

/// Of one change; the page says how many further ones there are.
constexpr std::size_t kShownChanges = 12;

/// The class of a badge in report.css.
std::string_view kind_of(FindingState state) {
  switch (state) {
    case FindingState::regression:
      return "refuted";
    case FindingState::improvement:
    case FindingState::recovered:
      return "supported";
    case FindingState::accepted:
      return "corroborated";
    default:
      return "inconclusive";
  }
}

page::Html badge(const ReportedFinding& reported) {
  return page::html(R"(<span class="badge {}">{}{}</span>)", kind_of(reported.state),
                    name(reported.state),
                    reported.finding.kind == FindingKind::drift ? ", a drift" : "");
}

page::Html environment_of(const ReportedFinding& reported) {
  if (reported.environment.empty()) {
    return page::html("<p>The recorded environment did not change.</p>");
  }
  page::Html rows;
  for (std::size_t i = 0; i < std::min(kShownChanges, reported.environment.size()); ++i) {
    const record::EnvironmentChange& change = reported.environment[i];
    rows +=
        page::html("<li><code>{}</code>: {} → {}</li>", change.key, change.before, change.after);
  }
  if (reported.environment.size() > kShownChanges) {
    rows += page::html("<li>and {} more: <code>assay regress --json</code></li>",
                       reported.environment.size() - kShownChanges);
  }
  return page::html("<p>Changed at the same time:</p><ul>{}</ul>", rows);
}

/// The command that would accept a regression, to copy.
page::Html acceptance_of(const Series& series, const ReportedFinding& reported) {
  if (reported.state != FindingState::regression) return {};
  return page::html(
      "<p class=\"small\">Accept it: <code>assay regress --accept {} --reason TEXT --until "
      "DATE</code></p>",
      page::short_id(first_run(series, reported.finding).run));
}

page::Html finding_html(const Regressions& found, const ReportedFinding& reported) {
  const Series& series = found.series[reported.series];
  page::Html notes;
  for (const std::string& text :
       {reported.state == FindingState::returned
            ? std::string("The series was at this level before: no new regression.")
            : std::string(),
        confirmed_text(series, reported), accepted_text(reported)}) {
    if (!text.empty()) notes += page::html("<p>{}</p>", text);
  }
  return page::html(R"(<article class="finding"><h3>{} {}</h3><p class="small">{}, {}</p>)"
                    R"(<p class="statement">{}</p>{}{}{}{}</article>)",
                    badge(reported), what_text(series), series.device, name(series.mode),
                    change_text(found, reported),
                    history_plot(series, found.levels[reported.series], &reported.finding), notes,
                    environment_of(reported), acceptance_of(series, reported));
}

bool is_urgent(const ReportedFinding& reported) {
  return reported.state == FindingState::regression || reported.expired;
}

page::Html machine_changes(const Regressions& found) {
  page::Html out;
  for (std::size_t number = 0; number < found.together.size(); ++number) {
    const CommonChange& common = found.together[number];
    page::Html rows;
    for (const ReportedFinding& one : found.findings) {
      if (one.together != number) continue;
      rows += page::html("<li>{} {} {}</li>", page::change_text(one.finding.change.value),
                         what_text_with_mode(found.series[one.series]), badge(one));
    }
    out += page::html(
        R"(<article class="finding"><h3>The machine became {}</h3><p class="statement">{}</p>{})"
        R"(<details class="folded"><summary>Its series</summary><ul>{}</ul></details></article>)",
        common.change > 0 ? "slower" : "faster", together_text(found, common),
        history_plot(found.series[common.series], found.levels[common.series], nullptr), rows);
  }
  return out;
}

page::Html changes_section(const Regressions& found) {
  page::Html urgent = machine_changes(found), other;
  for (const ReportedFinding& reported : found.findings) {
    if (reported.together) continue;
    (is_urgent(reported) ? urgent : other) += finding_html(found, reported);
  }
  page::Html out;
  if (!urgent.empty()) {
    out += page::html(R"(<section id="changes"><h2>What became slower</h2>{}</section>)", urgent);
  }
  if (!other.empty()) {
    out += page::html(R"(<section id="other-changes"><h2>Other changes</h2>{}</section>)", other);
  }
  return out;
}

page::Html watched_section(const Regressions& found) {
  if (found.watched.empty()) return {};
  page::Html rows;
  for (const WatchedSeries& one : found.watched) {
    rows += page::html(R"(<tr><th scope="row">{}</th><td class="number">{}</td><td>{}</td></tr>)",
                       what_text_with_mode(found.series[one.series]),
                       page::change_text(one.watched.change()), watched_text(found, one));
  }
  return page::html(
      R"(<section id="watched"><h2>Watched: not certain yet</h2><div class="table" role="region" )"
      R"(tabindex="0" aria-label="Watched series"><table><thead><tr><th scope="col">Series</th>)"
      R"(<th scope="col" class="number">Change</th><th scope="col">What will tell</th></tr></thead>)"
      R"(<tbody>{}</tbody></table></div></section>)",
      rows);
}

/// The newest finding of each series.
std::map<std::size_t, const ReportedFinding*> newest_findings(const Regressions& found) {
  std::map<std::size_t, const ReportedFinding*> out;
  for (const ReportedFinding& reported : found.findings) {
    const ReportedFinding*& kept = out[reported.series];
    if (kept == nullptr || reported.finding.first > kept->finding.first) kept = &reported;
  }
  return out;
}

page::Html series_row(const Regressions& found, std::size_t number, const ReportedFinding* newest) {
  const Series& series = found.series[number];
  const std::vector<double> values = series.values();
  const auto level =
      std::span(values).subspan(found.levels[number][found.levels[number].size() - 2]);
  const double middle = statistics::median(level);
  const bool energy = series.quantity == HistoryQuantity::energy;
  return page::html(
      R"(<tr><th scope="row">{}{}<span class="small">{}</span></th><td class="number">{}</td>)"
      R"(<td>{}</td><td class="number">{}</td><td class="number">{}</td><td class="number">{}</td>)"
      R"(<td>{}</td></tr>)",
      what_text_with_mode(series), energy ? ", energy" : "", series.device, values.size(),
      history_sparkline(series), value_text(series, values.back()), value_text(series, middle),
      level.size() < 3 ? std::string("?")
                       : page::percent_text(statistics::robust_deviation(level) / middle),
      newest == nullptr
          ? page::Html()
          : page::html("{} {}", day_text(first_run(series, newest->finding)), badge(*newest)));
}

page::Html series_section(const Regressions& found) {
  const auto newest = newest_findings(found);
  page::Html rows;
  for (std::size_t i = 0; i < found.series.size(); ++i) {
    if (found.series[i].runs.empty()) continue;  // its results are counted as not used
    const auto one = newest.find(i);
    rows += series_row(found, i, one == newest.end() ? nullptr : one->second);
  }
  if (rows.empty()) return {};
  return page::html(
      R"(<section id="series"><h2>All series</h2><p class="small">± is the standard deviation )"
      R"(between runs since the last change of level.</p><div class="table" role="region" )"
      R"(tabindex="0" aria-label="All series"><table class="all-series"><thead><tr>)"
      R"(<th scope="col">Series</th><th scope="col" class="number">Runs</th>)"
      R"(<th scope="col">Course</th><th scope="col" class="number">Now</th>)"
      R"(<th scope="col" class="number">Level</th><th scope="col" class="number">±</th>)"
      R"(<th scope="col">Last change</th></tr></thead><tbody>{}</tbody></table></div></section>)",
      rows);
}

std::string title_of(const Regressions& found, HistoryView view) {
  const std::string series = fmt::format("{} series", found.series.size());
  if (view == HistoryView::series) return fmt::format("The histories of {}", series);
  if (found.judged() == 0) {
    return fmt::format("Not judged: {} needed", page::counted(found.missing_runs, "more run"));
  }
  return found.regressions() == 0
             ? fmt::format("No regression in {}", series)
             : fmt::format("{} in {}", page::counted(found.regressions(), "regression"), series);
}

}  // namespace

std::string history_html(const Regressions& found, HistoryView view,
                         const std::string& assay_version) {
  page::Page page;
  page.title = title_of(found, view);
  page.addition = "regress";
  page::Html unused;
  for (const Accepted* entry : found.unused) {
    unused += page::html("<p class=\"small\">{}: <code>{}</code> matches no change.</p>",
                         entry->place, entry->series);
  }
  const page::Html changes = changes_section(found), watched = watched_section(found),
                   series = series_section(found);
  const bool series_first = view == HistoryView::series;
  page.body = page::html(
      R"(<header class="front"><p class="kicker">Assay {}</p><h1>{}</h1><p class="lede">{}.</p>{})"
      R"(</header><main>{}{}{}{}</main><footer><p>Made by Assay {}. Less time is better; of work )"
      R"(that has a rate, the rate is drawn.</p></footer>)",
      series_first ? "history" : "regress", page.title, summary_text(found), unused,
      series_first ? series : page::Html(), changes, watched, series_first ? page::Html() : series,
      assay_version);
  return page_html(page);
}

}  // namespace assay::results::regress
