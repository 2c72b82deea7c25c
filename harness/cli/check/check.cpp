// assay check [SET]: holds published claims against what was measured.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>

#include "harness/cli/candidates.h"
#include "harness/cli/catalogue_options.h"
#include "harness/cli/check/contest_text.h"
#include "harness/cli/claims/text.h"
#include "harness/cli/common.h"
#include "harness/cli/completion.h"
#include "harness/cli/judged_records.h"
#include "harness/cli/verb.h"
#include "harness/terminal/wrapped.h"
#include "results/claims/catalogue.h"
#include "results/claims/verdict.h"
#include "results/project/claim_projection.h"
#include "results/store/store.h"

namespace assay::cli {
extern const Verb check_verb;

namespace {

using nlohmann::ordered_json;
using results::claims::Verdict;
using results::claims::VerdictKind;

struct Options {
  std::string set, run = "last", db;
  CatalogueChoice catalogue;
  bool all_runs = false, json = false;
};

JudgedRecords read_records(const Options& options) {
  const results::store::StoreAddress address = store_address(options.db);
  // Before the first run there is no store, and nothing measured is a fair answer.
  if (options.db.empty() && address.is_missing()) return {{}, 0, "nothing measured yet"};
  const auto store = open_store(address, results::store::Access::read);
  if (store.runs().empty()) return {{}, 0, "nothing measured yet"};
  std::vector<results::record::Run> runs;
  if (!options.all_runs) runs.push_back(find_run(store, options.run));
  return judged_records(store, runs);
}

std::map<results::claims::VerdictKind, int> count(
    const std::vector<results::claims::Verdict>& verdicts) {
  std::map<results::claims::VerdictKind, int> counts;
  for (const results::claims::Verdict& verdict : verdicts) ++counts[verdict.kind];
  return counts;
}

std::string counts_text(const std::vector<results::claims::Verdict>& verdicts) {
  std::string text = fmt::format("{} claim{}:", verdicts.size(), verdicts.size() == 1 ? "" : "s");
  const char* separator = " ";
  for (const auto& [kind, number] : count(verdicts)) {
    text += fmt::format("{}{} {}", separator, number, name(kind));
    separator = ", ";
  }
  return text;
}

/// What the verdicts together allow one to say, and no more.
std::string closing(const std::vector<results::claims::Verdict>& all) {
  const auto counts = count(all);
  const auto number = [&](results::claims::VerdictKind kind) {
    const auto found = counts.find(kind);
    return found == counts.end() ? 0 : found->second;
  };
  const int decided = number(VerdictKind::supported) + number(VerdictKind::refuted);
  std::string text =
      decided == 0 ? "No claim is decided by measurement here."
                   : fmt::format("Measurement here decides {} of {} claims.", decided, all.size());
  if (const int odd = number(VerdictKind::inconsistent); odd > 0) {
    text += fmt::format(
        " {} other published figures, which says that not all of those can be right, not which.",
        odd == 1 ? "1 claim contradicts" : fmt::format("{} claims contradict", odd));
  }
  if (number(VerdictKind::untested) > 0) {
    text += " Untested means that nothing measured speaks to it, neither for nor against.";
  }
  return text;
}

void print_list(const results::claims::Catalogue& catalogue,
                const std::vector<results::claims::Verdict>& verdicts) {
  const bool colour = harness::terminal::use_colour();
  for (const results::claims::Verdict& verdict : verdicts) {
    fmt::print("{}\n", verdict_text(find_claim(catalogue, verdict.claim), verdict, colour));
  }
}

void print_json(const results::claims::Catalogue& catalogue, const Options& options,
                const JudgedRecords& records, const std::vector<results::claims::Verdict>& verdicts,
                const std::vector<results::claims::Verdict>& present) {
  const auto list = [&](const std::vector<results::claims::Verdict>& from) {
    ordered_json out = ordered_json::array();
    for (const results::claims::Verdict& verdict : from) {
      out.push_back(to_json(find_claim(catalogue, verdict.claim), verdict));
    }
    return out;
  };
  ordered_json summary = ordered_json::object();
  for (const auto* part : {&verdicts, &present}) {
    for (const auto& [kind, number] : count(*part)) {
      const std::string key(name(kind));
      summary[key] = summary.value(key, 0) + number;
    }
  }
  ordered_json tables = ordered_json::array();
  for (const auto& table : contests_answering(catalogue, verdicts, records))
    tables.push_back(to_json(table));
  const ordered_json out = {{"set", options.set},
                            {"catalogue_sha256", catalogue.sha256},
                            {"records", records.records.size()},
                            {"modelled", records.modelled},
                            {"origin", records.origin},
                            {"verdicts", list(verdicts)},
                            {"present_devices", list(present)},
                            {"contests", tables},
                            {"summary", summary}};
  fmt::print("{}\n", out.dump(2));
}

int run(const Options& options) {
  const results::claims::Catalogue catalogue = load_catalogue(options.catalogue);
  if (!options.set.empty()) find_set(catalogue, options.set);
  const JudgedRecords records = read_records(options);
  const auto verdicts =
      judge(catalogue, options.set, records.records, results::project::projected_evidence);
  const auto present = judge_present_devices(catalogue, options.set, records.records,
                                             results::project::projected_evidence);
  std::vector<results::claims::Verdict> all = verdicts;
  all.insert(all.end(), present.begin(), present.end());
  if (options.json) {
    print_json(catalogue, options, records, verdicts, present);
  } else {
    const std::string title = options.set.empty() ? "all claims of the catalogue"
                                                  : find_set(catalogue, options.set).title;
    fmt::print("{}", harness::terminal::wrapped(title, 0));
    fmt::print("{}\n", harness::terminal::wrapped(fmt::format("{}; catalogue {}", records.origin,
                                                              catalogue.sha256.substr(0, 12)),
                                                  0));
    print_list(catalogue, verdicts);
    if (!present.empty()) {
      fmt::print("Claims about this machine's devices\n\n");
      print_list(catalogue, present);
    }
    for (const auto& table : contests_answering(catalogue, verdicts, records)) {
      fmt::print("{}\n", contest_text(table));
    }
    fmt::print("{}", harness::terminal::wrapped(counts_text(all), 0));
    fmt::print("{}", harness::terminal::wrapped(
                         closing(all) + " `assay claims ID` shows a claim's source.", 0));
  }
  const bool refuted = std::any_of(
      all.begin(), all.end(),
      [](const results::claims::Verdict& verdict) { return verdict.kind == VerdictKind::refuted; });
  return refuted ? kFellShort : kDone;
}

std::function<int()> add(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  complete_with(app.add_option("set", options->set,
                               "Set of claims, such as waic-2025; all claims where none is named"),
                set_ids);
  auto* run_option = app.add_option("--run", options->run,
                                    "Judge from this run: an id or a prefix (default last)");
  complete_with(run_option, run_ids);
  app.add_flag("--all-runs", options->all_runs, "Judge from the newest records of all runs")
      ->excludes(run_option);
  app.add_option("--db", options->db, "Store to read");
  add_catalogue_options(app, options->catalogue);
  app.add_flag("--json", options->json, "Print JSON");
  app.footer(
      "Exit code 1 when a claim is refuted by measurement. A claim that merely\n"
      "contradicts other published figures (inconsistent) does not fail the command.\n"
      "What is modelled from published figures is listed and decides nothing.");
  return [options] { return run(*options); };
}

}  // namespace

const Verb check_verb = {"check", "Judge published claims against what was measured", add};

}  // namespace assay::cli
