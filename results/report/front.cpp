// The first page: the answer, what it rests on, and who measured. It is printed as a page of its
// own.
#include <algorithm>
#include <cctype>
#include <set>

#include "results/page/command.h"
#include "results/record/parse_json.h"
#include "results/report/sections.h"

namespace assay::results::report {

namespace {

using nlohmann::ordered_json;

constexpr std::size_t kEvidence = 3, kRuns = 4;
/// Reasons listed for a kind of verdict: few below statements of the text, more without them.
constexpr std::size_t kFew = 3, kMany = 12;

std::string sentence(std::string text) {
  if (text.empty()) return text;
  text[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(text[0])));
  return text + ".";
}

page::Html bullets(std::string_view kind, const page::Html& items) {
  return items.empty() ? items : page::html(R"(<ul class="{}">{}</ul>)", kind, items);
}

page::Html source_text(const claims::Claim& claim) {
  return page::html(R"(<span class="standing">{}</span> {}{}{})", name(claim.standing),
                    page::link(claim.source.url, claim.source.title),
                    claim.source.date.empty() ? "" : ", ", claim.source.date);
}

bool same_source(const claims::Claim& a, const claims::Claim& b) {
  return a.source.title == b.source.title && a.source.url == b.source.url &&
         a.source.date == b.source.date && a.standing == b.standing;
}

/// `named`: whether the source stands above the table.
page::Html statement_cell(const claims::Statement& one, bool named) {
  const claims::Claim& claim = *one.claim;
  page::Html out = page::html(R"(<p class="said"><a href="#c-{}">{}</a></p>)", claim.id, one.said);
  if (!claim.quote.empty()) out += page::html(R"(<p class="facts">{}</p>)", claim.statement);
  if (!named) out += page::html(R"(<p class="source">{}</p>)", source_text(claim));
  return out;
}

page::Html contest_lines(const claims::ContestTable& table) {
  const claims::ContestDigest contest = claims::digest(table);
  page::Html items;
  for (const claims::MetricGroup& group : contest.groups) {
    items += page::html(R"(<li><b class="{0}">{0}</b> {1}: {2}</li>)", group.outcome, group.group,
                        fmt::format("{}", fmt::join(group.metrics, ", ")));
  }
  if (!contest.today.empty()) items += page::html("<li>{}</li>", contest.today);
  if (!contest.open.empty()) {
    items += page::html("<li><b>not comparable</b> {}</li>",
                        fmt::format("{}", fmt::join(contest.open, "; ")));
  }
  return page::html(R"(<p class="facts">{}, the first divided by the second</p>{})", contest.sides,
                    bullets("why", items));
}

page::Html answer_cell(const claims::Statement& one) {
  const claims::VerdictKind kind = one.verdict->kind;
  page::Html items;
  for (std::size_t i = 0; i < one.evidence.size() && i < kEvidence; ++i) {
    items += page::html("<li>{}</li>", page::prose(one.evidence[i]));
  }
  if (one.contest == nullptr) {
    return page::html("{}{}", verdict_badge(kind, one.answer), bullets("why", items));
  }
  return page::html(R"({} <b class="answer">{}</b><p class="reason">{}</p>{}{})",
                    verdict_badge(kind, name(kind)), one.answer, page::prose(one.verdict->reason),
                    contest_lines(*one.contest), bullets("why", items));
}

page::Html statements(const claims::Digest& said) {
  if (said.statements.empty()) return {};
  const claims::Claim& first = *said.statements.front().claim;
  const bool one_source = std::ranges::all_of(said.statements, [&](const claims::Statement& one) {
    return same_source(*one.claim, first);
  });
  page::Html rows, source;
  if (one_source) {
    source = page::html(R"( <span class="source">{}</span>)", source_text(first));
  }
  for (const claims::Statement& one : said.statements) {
    rows += page::html(R"(<tr><th scope="row">{}</th><td>{}</td></tr>)",
                       statement_cell(one, one_source), answer_cell(one));
  }
  return page::html(
      R"(<div class="table stacking"><table class="answers"><caption>What {} says, in its order{})"
      R"(</caption><thead><tr><th scope="col">Statement</th><th scope="col">Answer</th></tr></thead>)"
      R"(<tbody>{}</tbody></table></div>)",
      said.text.empty() ? "the source" : said.text, source, rows);
}

page::Html reason_item(const claims::ReasonDigest& one) {
  page::Html claims, against;
  for (const claims::Claim* claim : one.claims) {
    claims += page::html(R"({}<a href="#c-{}">{}</a>)", claims.empty() ? "" : "; ", claim->id,
                         claim->statement);
  }
  if (!one.by.empty()) {
    against =
        page::html(R"( <span class="small">{} said so; against it {}</span>)",
                   one.claims.front()->source.voice(), fmt::format("{}", fmt::join(one.by, "; ")));
  }
  return page::html(R"(<li>{}: <span class="sum">{}</span>{}</li>)", claims,
                    page::prose(one.detail), against);
}

page::Html kind_row(const claims::KindDigest& kind, std::size_t most) {
  page::Html items;
  std::size_t shown = 0;
  for (const claims::ReasonDigest& one : kind.listed) {
    if (most-- == 0) break;
    items += reason_item(one);
    shown += one.claims.size();
  }
  page::Html what = bullets("why", items);
  if (items.empty()) what = page::html("{}", meaning(kind.kind));
  if (!items.empty() && shown < kind.number) {
    what += page::html(R"(<p class="facts">and <a href="#verdicts">{} more</a></p>)",
                       kind.number - shown);
  }
  return page::html(R"(<tr><th scope="row">{} <b>{}</b></th><td>{}</td></tr>)",
                    verdict_badge(kind.kind, name(kind.kind)), kind.number, what);
}

page::Html kinds(const claims::Digest& said) {
  if (said.kinds.empty()) return {};
  page::Html rows;
  for (const claims::KindDigest& kind : said.kinds) {
    rows += kind_row(kind, said.statements.empty() ? kMany : kFew);
  }
  return page::html(
      R"(<div class="table stacking"><table class="kinds"><caption>{}</caption><thead><tr>)"
      R"(<th scope="col">Verdict</th><th scope="col">Claims, the worst first</th></tr></thead>)"
      R"(<tbody>{}</tbody></table></div>)",
      said.statements.empty() ? "The claims by verdict" : "The other claims by verdict", rows);
}

/// "built by GNU 12.2.0 -O3", from the environment of a run; empty if unknown.
std::string build_text(const ReportInput& input, const record::Run& run) {
  const auto found = input.environments.find(run.environment);
  if (found == input.environments.end()) return "";
  const ordered_json all = record::parse_json<ordered_json>(found->second);
  if (!all.is_object() || !all.contains("build") || !all["build"].is_object()) return "";
  std::string out;
  for (const auto& [key, lead] : {std::pair("compiler", "built by "), std::pair("flags", " ")}) {
    const auto value = all["build"].find(key);
    if (value == all["build"].end() || !value->is_string()) continue;
    const auto text = value->get<std::string>();
    if (!text.empty()) out += lead + text;
  }
  return out;
}

page::Html run_item(const ReportInput& input, const record::Run& run, bool judged, bool shown) {
  std::string facts = fmt::format(" {} on host {}, by Assay {}", page::moment_text(run.started),
                                  run.host, run.assay_version);
  if (const std::string build = build_text(input, run); !build.empty()) facts += ", " + build;
  const std::string_view use = judged && shown ? "judged by and shown"
                               : judged        ? "judged by"
                                               : "shown";
  const std::string id = page::short_id(run.id);
  return page::html(R"(<li>run {}{} ({})</li>)",
                    shown ? page::html(R"(<a href="#run-{}"><code>{}</code></a>)", run.id, id)
                          : page::html("<code>{}</code>", id),
                    facts, use);
}

/// The runs by which was judged and those whose measurements are shown, each once.
page::Html run_list(const ReportInput& input) {
  std::set<std::string> judged, shown, listed;
  std::vector<const record::Run*> runs;
  for (const ReportRun& run : input.runs) {
    shown.insert(run.run.id);
    runs.push_back(&run.run);
  }
  for (const record::Run& run : input.judged_runs) {
    judged.insert(run.id);
    runs.push_back(&run);
  }
  page::Html items;
  std::size_t more = 0;
  for (const record::Run* run : runs) {
    if (!listed.insert(run->id).second) continue;
    if (listed.size() > kRuns) {
      ++more;
    } else {
      items += run_item(input, *run, judged.contains(run->id), shown.contains(run->id));
    }
  }
  if (more > 0) items += page::html("<li>and {}</li>", page::counted(more, "further run"));
  return bullets("why", items);
}

/// Whose signature the bundle of a run has.
page::Html signature_line(const ReportInput& input) {
  if (!input.bundle) return {};
  const SignedBundle& bundle = *input.bundle;
  return page::html(
      R"(<p class="signature {}">Bundle <code>{}</code> of run <code>{}</code>: {}. SHA-256 )"
      R"(<code>{}</code>.</p>)",
      bundle.good ? "good" : "bad", bundle.file, page::short_id(bundle.run), bundle.text,
      bundle.sha256);
}

page::Html basis(const ReportInput& input, const claims::Digest& said) {
  std::string judged = sentence(input.basis.origin);
  if (input.basis.records > 0) {
    judged = sentence(fmt::format("{}; {}", input.basis.origin, trust_text(input.basis)));
  }
  page::Html hint;
  if (input.basis.runs.empty() && !input.runs.empty()) {
    hint = page::html(
        " The measurements below are of another machine; <code>{}</code> judges by them.",
        page::judge_by_last_run_command());
  }
  return page::html(
      R"(<section class="basis"><h2>What this rests on</h2><p>{}{}{}</p><p>{}</p>{}{}<p class="facts">)"
      R"(Published figures: catalogue <code>{}</code>. Written {} by Assay {}.</p></section>)",
      said.measured ? "" : "None of these claims was measured here. ", judged, hint,
      measured_sentence(input), run_list(input), signature_line(input), input.catalogue.sha256,
      page::moment_text(input.written), input.assay_version);
}

}  // namespace

page::Html front(const ReportInput& input) {
  const claims::Digest said =
      claims::digest(input.catalogue, input.set, input.verdicts, input.present, input.contests);
  return page::html(
      R"(<header id="answers" class="front"><p class="kicker">Assay report</p><h1>{}</h1>)"
      R"(<p class="decision">{}</p>{}{}{}</header>)",
      said.title, said.decision, statements(said), kinds(said), basis(input, said));
}

}  // namespace assay::results::report
