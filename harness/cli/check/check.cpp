// assay check [SET|CLAIM…]: judges published claims by measurements.
#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "harness/cli/candidates.h"
#include "harness/cli/catalogue_options.h"
#include "harness/cli/check/contest_text.h"
#include "harness/cli/check/screen.h"
#include "harness/cli/claims/text.h"
#include "harness/cli/common.h"
#include "harness/cli/common_options.h"
#include "harness/cli/judged_records.h"
#include "harness/cli/values.h"
#include "harness/cli/verb.h"
#include "harness/environment/environment.h"
#include "harness/terminal/wrapped.h"
#include "kernels/error.h"
#include "kernels/nearest.h"
#include "results/claims/catalogue.h"
#include "results/claims/digest.h"
#include "results/claims/verdict.h"
#include "results/project/claim_projection.h"
#include "results/record/json_library.h"
#include "results/store/store.h"

namespace assay::cli::check {
extern const Verb verb;

namespace {

using nlohmann::ordered_json;
using results::claims::Verdict;
using results::claims::VerdictKind;

struct Arguments {
  std::vector<std::string> which;
  std::optional<std::string> run;
  std::optional<results::store::StoreAddress> db;
  CatalogueChoice catalogue;
  std::vector<std::string> devices;
  bool all = false, all_runs = false, json = false;
};

results::claims::Basis nothing_measured() {
  results::claims::Basis basis;
  basis.origin = "nothing measured yet";
  return basis;
}

JudgedRecords read_records(const Arguments& arguments) {
  const results::store::StoreAddress address = store_address(arguments.db);
  // Before the first run there is no store; that is no error unless a run is named.
  if (!arguments.db && !arguments.run && address.is_missing()) return {{}, nothing_measured()};
  const auto store = open_store(address, results::store::Access::read);
  if (arguments.run) return judged_records(store, std::vector{find_run(store, *arguments.run)});
  if (!has_runs(store)) return {{}, nothing_measured()};
  return arguments.all_runs ? judged_records(store, {})
                            : best_records(store, harness::environment::host_name());
}

/// A set, or claims by their ids.
struct Choice {
  std::string set;
  std::vector<const results::claims::Claim*> claims;
};

Choice choose(const results::claims::Catalogue& catalogue, const std::vector<std::string>& which) {
  Choice out;
  if (which.empty()) return out;
  if (catalogue.sets.contains(which.front())) {
    if (which.size() > 1) {
      throw InputError(fmt::format("check: `{}` follows a set of claims", which[1]),
                       "name one set, or claims only");
    }
    out.set = which.front();
    return out;
  }
  for (const std::string& id : which) {
    const auto found = std::ranges::find(catalogue.claims, id, &results::claims::Claim::id);
    if (catalogue.sets.contains(id)) {
      throw InputError(fmt::format("check: `{}` is a set of claims", id),
                       "name one set alone, or claims only");
    }
    if (found == catalogue.claims.end()) {
      throw InputError(
          fmt::format("no set and no claim `{}` in the catalogue", id),
          did_you_mean(id, set_and_claim_ids(catalogue), "`assay claims` lists sets and claims"));
    }
    out.claims.push_back(&*found);
  }
  return out;
}

/// The readings that answer a question are part of the contests; all others are listed on request.
Judged judge_all(const results::claims::Catalogue& catalogue, const Choice& choice,
                 const JudgedRecords& records, results::claims::Judge& judge, bool all) {
  Judged out;
  out.catalogue = &catalogue;
  out.set = choice.set;
  out.records = &records;
  if (!choice.claims.empty()) {
    for (const results::claims::Claim* claim : choice.claims) {
      out.verdicts.push_back(judge.verdict(*claim));
    }
  } else if (choice.set.empty() && !all) {
    out.verdicts = judge.verdicts_on_present_devices();
  } else {
    out.verdicts = judge.verdicts(choice.set);
    out.derived = judge.derived(choice.set);
    if (!choice.set.empty()) out.present = judge.verdicts_on_present_devices(choice.set);
  }
  out.contests = contests_answering(catalogue, out.verdicts, judge);
  return out;
}

void print_list(const results::claims::Catalogue& catalogue, const std::vector<Verdict>& verdicts) {
  const bool colour = harness::terminal::use_colour();
  for (const Verdict& verdict : verdicts) {
    fmt::print("{}\n", claims::verdict_text(find_claim(catalogue, verdict.claim), verdict, colour));
  }
}

void print_json(const Judged& judged) {
  const auto list = [&](const std::vector<Verdict>& from) {
    ordered_json out = ordered_json::array();
    for (const Verdict& verdict : from) {
      out.push_back(claims::to_json(find_claim(*judged.catalogue, verdict.claim), verdict));
    }
    return out;
  };
  ordered_json summary = ordered_json::object();
  for (const auto* part : {&judged.verdicts, &judged.present}) {
    for (const Verdict& verdict : *part) {
      const std::string key(name(verdict.kind));
      summary[key] = summary.value(key, 0) + 1;
    }
  }
  ordered_json tables = ordered_json::array();
  for (const auto& table : judged.contests) tables.push_back(to_json(table));
  const ordered_json out = {{"set", judged.set},
                            {"catalogue_sha256", judged.catalogue->sha256},
                            {"records", judged.records->records.size()},
                            {"modelled", judged.records->basis.modelled},
                            {"doubtful", judged.records->basis.doubtful},
                            {"busy", judged.records->basis.busy},
                            {"runs", judged.records->basis.runs},
                            {"origin", judged.records->basis.origin},
                            {"verdicts", list(judged.verdicts)},
                            {"derived", list(judged.derived)},
                            {"present_devices", list(judged.present)},
                            {"contests", tables},
                            {"summary", summary}};
  fmt::print("{}\n", out.dump(2));
}

/// Every verdict with its evidence.
void print_all(const Judged& judged) {
  fmt::print("{}\n", harness::terminal::wrapped(
                         fmt::format("{}; catalogue {}", judged.records->basis.origin,
                                     judged.catalogue->sha256.substr(0, 12)),
                         0));
  print_list(*judged.catalogue, judged.verdicts);
  if (!judged.derived.empty()) {
    fmt::print("Readings and calculations that nobody stated, not counted among the claims\n\n");
    print_list(*judged.catalogue, judged.derived);
  }
  if (!judged.present.empty()) {
    fmt::print("Claims about this machine's devices\n\n");
    print_list(*judged.catalogue, judged.present);
  }
  for (const auto& table : judged.contests) fmt::print("{}\n", contest_text(table));
  fmt::print("{}", harness::terminal::wrapped(results::claims::counts_text(judged.verdicts), 0));
}

/// Where the rest is.
std::string ways_on(const Judged& judged) {
  if (!judged.set.empty()) {
    return fmt::format(
        "all: assay check {0} --all   one: assay check CLAIM\npage: assay report --claims {0}\n",
        judged.set);
  }
  return harness::terminal::wrapped(
      fmt::format("The catalogue has {} claims in {} sets: `assay check SET` judges one, `assay "
                  "claims` lists them, `assay check CLAIM` shows all evidence about a claim.",
                  judged.catalogue->claims.size(), judged.catalogue->sets.size()),
      0);
}

void print_text(const Judged& judged, const Choice& choice, bool all) {
  const bool colour = harness::terminal::use_colour();
  if (!choice.claims.empty()) {
    fmt::print("{}\n", harness::terminal::wrapped(judged.records->basis.origin, 0));
    print_list(*judged.catalogue, judged.verdicts);
    for (const auto& table : judged.contests) fmt::print("{}\n", contest_text(table));
  } else if (all) {
    print_all(judged);
  } else if (choice.set.empty()) {
    fmt::print("{}\n{}", machine_screen(judged, colour), ways_on(judged));
  } else {
    fmt::print("{}{}", set_screen(judged, colour), ways_on(judged));
  }
}

int run(const Arguments& arguments) {
  const results::claims::Catalogue& catalogue = load_catalogue(arguments.catalogue);
  const Choice choice = choose(catalogue, arguments.which);
  const JudgedRecords records = read_records(arguments);
  results::claims::Judge judge(catalogue, records.records, results::project::projected_evidence,
                               arguments.devices);
  const Judged judged = judge_all(catalogue, choice, records, judge, arguments.all);
  if (arguments.json) {
    print_json(judged);
  } else {
    print_text(judged, choice, arguments.all);
  }
  const auto refuted = [](const Verdict& verdict) { return verdict.kind == VerdictKind::refuted; };
  return std::ranges::any_of(judged.verdicts, refuted) ||
                 std::ranges::any_of(judged.present, refuted)
             ? kFinding
             : kDone;
}

std::function<int()> add(Options& options) {
  const auto arguments = std::make_shared<Arguments>();
  options
      .argument(arguments->which, text("SET|CLAIM", claim_ids),
                "A set of claims, e.g. waic-2025, or claims by their ids")
      .default_rule = "the claims about this machine";
  Option& run_option = options.option("--run", arguments->run, run_id(), "Judge by this run only");
  run_option.default_rule =
      "of each problem the newest verified result of this machine that may refute a claim";
  options
      .flag("--all-runs", arguments->all_runs,
            "Judge by the newest verified results of all machines in the store")
      .excludes = {&run_option};
  options.option("--device-is", arguments->devices, system_id(),
                 "The system that a device is which fits several");
  options.flag("--all", arguments->all, "All claims with all evidence");
  add_store_option(options, arguments->db, "read");
  add_catalogue_options(options, arguments->catalogue);
  add_json_option(options, arguments->json);
  options.footer(
      "Exit code 1: a measurement refutes a claim. A claim that other published figures\n"
      "contradict (disputed) does not change the exit code, nor does an implementation\n"
      "that stays below a peak (not reached). A measurement on a busy machine refutes\n"
      "nothing. Modelled records are listed but decide nothing.");
  return [arguments] { return run(*arguments); };
}

}  // namespace

const Verb verb = {"check", "Judge published claims by measurements", add, VerbGroup::judge};

}  // namespace assay::cli::check
