// assay check [SET]: judges published claims by measurements.
#include <fmt/format.h>

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
#include "harness/cli/common_options.h"
#include "harness/cli/judged_records.h"
#include "harness/cli/values.h"
#include "harness/cli/verb.h"
#include "harness/terminal/wrapped.h"
#include "results/claims/catalogue.h"
#include "results/claims/verdict.h"
#include "results/page/text.h"
#include "results/project/claim_projection.h"
#include "results/store/store.h"

namespace assay::cli::check {
extern const Verb verb;

namespace {

using nlohmann::ordered_json;
using results::claims::Verdict;
using results::claims::VerdictKind;

struct Arguments {
  std::string set, run = "last";
  std::optional<results::store::StoreAddress> db;
  CatalogueChoice catalogue;
  bool all_runs = false, json = false;
};

JudgedRecords read_records(const Arguments& arguments) {
  const results::store::StoreAddress address = store_address(arguments.db);
  // Before the first run there is no store; that is no error here.
  if (!arguments.db && address.is_missing()) return {{}, 0, "nothing measured yet"};
  const auto store = open_store(address, results::store::Access::read);
  if (store.runs().empty()) return {{}, 0, "nothing measured yet"};
  std::vector<results::record::Run> runs;
  if (!arguments.all_runs) runs.push_back(find_run(store, arguments.run));
  return judged_records(store, runs);
}

std::map<VerdictKind, int> count(const std::vector<Verdict>& verdicts) {
  std::map<VerdictKind, int> counts;
  for (const Verdict& verdict : verdicts) ++counts[verdict.kind];
  return counts;
}

std::string counts_text(const std::vector<Verdict>& verdicts) {
  std::string text = results::page::counted(verdicts.size(), "claim") + ":";
  const char* separator = " ";
  for (const auto& [kind, number] : count(verdicts)) {
    text += fmt::format("{}{} {}", separator, number, name(kind));
    separator = ", ";
  }
  return text;
}

/// What follows from all verdicts together.
std::string closing(const std::vector<Verdict>& all) {
  const auto counts = count(all);
  const auto number = [&](VerdictKind kind) {
    const auto found = counts.find(kind);
    return found == counts.end() ? 0 : found->second;
  };
  const int decided = number(VerdictKind::supported) + number(VerdictKind::refuted);
  std::string text = decided == 0 ? "No claim is decided by a measurement."
                                  : fmt::format("Measurements decide {} of {}.", decided,
                                                results::page::counted(all.size(), "claim"));
  if (const int odd = number(VerdictKind::disputed); odd > 0) {
    text += fmt::format(
        " Figures of equal or better standing contradict {}: at least one of those figures is "
        "wrong; arithmetic alone cannot say which.",
        results::page::counted(static_cast<std::size_t>(odd), "claim"));
  }
  if (number(VerdictKind::untested) > 0) {
    text += " Untested means that no measurement supports or refutes the claim.";
  }
  return text;
}

void print_list(const results::claims::Catalogue& catalogue, const std::vector<Verdict>& verdicts) {
  const bool colour = harness::terminal::use_colour();
  for (const Verdict& verdict : verdicts) {
    fmt::print("{}\n", claims::verdict_text(find_claim(catalogue, verdict.claim), verdict, colour));
  }
}

void print_json(const results::claims::Catalogue& catalogue, const Arguments& arguments,
                const JudgedRecords& records, const std::vector<Verdict>& verdicts,
                const std::vector<Verdict>& present,
                const std::vector<results::claims::ContestTable>& contests) {
  const auto list = [&](const std::vector<Verdict>& from) {
    ordered_json out = ordered_json::array();
    for (const Verdict& verdict : from) {
      out.push_back(claims::to_json(find_claim(catalogue, verdict.claim), verdict));
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
  for (const auto& table : contests) tables.push_back(to_json(table));
  const ordered_json out = {{"set", arguments.set},
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

int run(const Arguments& arguments) {
  const results::claims::Catalogue catalogue = load_catalogue(arguments.catalogue);
  if (!arguments.set.empty()) find_set(catalogue, arguments.set);
  const JudgedRecords records = read_records(arguments);
  results::claims::Judge judge(catalogue, records.records, results::project::projected_evidence);
  const auto verdicts = judge.verdicts(arguments.set);
  const auto present = judge.verdicts_on_present_devices(arguments.set);
  const auto contests = contests_answering(catalogue, verdicts, judge.evidence());
  std::vector<Verdict> all = verdicts;
  all.insert(all.end(), present.begin(), present.end());
  if (arguments.json) {
    print_json(catalogue, arguments, records, verdicts, present, contests);
  } else {
    const std::string title = arguments.set.empty() ? "all claims of the catalogue"
                                                    : find_set(catalogue, arguments.set).title;
    fmt::print("{}", harness::terminal::wrapped(title, 0));
    fmt::print("{}\n", harness::terminal::wrapped(fmt::format("{}; catalogue {}", records.origin,
                                                              catalogue.sha256.substr(0, 12)),
                                                  0));
    print_list(catalogue, verdicts);
    if (!present.empty()) {
      fmt::print("Claims about this machine's devices\n\n");
      print_list(catalogue, present);
    }
    for (const auto& table : contests) {
      fmt::print("{}\n", contest_text(table));
    }
    fmt::print("{}", harness::terminal::wrapped(counts_text(all), 0));
    fmt::print("{}", harness::terminal::wrapped(
                         closing(all) + " `assay claims CLAIM` shows a claim's source.", 0));
  }
  const bool refuted = std::any_of(all.begin(), all.end(), [](const Verdict& verdict) {
    return verdict.kind == VerdictKind::refuted;
  });
  return refuted ? kFinding : kDone;
}

std::function<int()> add(Options& options) {
  const auto arguments = std::make_shared<Arguments>();
  options.argument(arguments->set, claim_set(), "Set of claims to judge, e.g. waic-2025")
      .default_rule = "all claims";
  Option& run_option = options.option("--run", arguments->run, run_id(), "Judge by this run");
  run_option.default_text = arguments->run;
  options.flag("--all-runs", arguments->all_runs, "Judge by the newest records of all runs")
      .excludes = {&run_option};
  add_store_option(options, arguments->db, "read");
  add_catalogue_options(options, arguments->catalogue);
  add_json_option(options, arguments->json);
  options.footer(
      "Exit code 1: a measurement refutes a claim. A claim that other published figures\n"
      "contradict (disputed) does not change the exit code. Modelled records\n"
      "are listed but decide nothing.");
  return [arguments] { return run(*arguments); };
}

}  // namespace

const Verb verb = {"check", "Judge published claims by measurements", add};

}  // namespace assay::cli::check
