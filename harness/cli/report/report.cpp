// assay report: measurements and verdicts as one HTML file.
#include "results/report/report.h"

#include <fmt/format.h>

#include <memory>
#include <set>
#include <utility>

#include "harness/cli/candidates.h"
#include "harness/cli/catalogue_options.h"
#include "harness/cli/common.h"
#include "harness/cli/common_options.h"
#include "harness/cli/judged_records.h"
#include "harness/cli/page_file.h"
#include "harness/cli/report/signed_bundle.h"
#include "harness/cli/values.h"
#include "harness/cli/verb.h"
#include "harness/environment/environment.h"
#include "kernels/error.h"
#include "results/claims/audit.h"
#include "results/project/claim_projection.h"
#include "results/store/store.h"

namespace assay::cli::report {
extern const Verb verb;

namespace {

using results::store::Store;

struct Arguments {
  std::vector<std::string> runs;
  CatalogueChoice catalogue;
  std::string set = "waic-2025";
  std::vector<std::string> devices;
  std::string bundle;
  results::bundle::Signers signers;
  bool all_runs = false, brief = false;
  std::optional<results::store::StoreAddress> db;
  PageChoice page;
};

constexpr const char* kFirstRun = "run `assay run --suite quick` first";

Store open_filled_store(const Arguments& arguments) {
  const results::store::StoreAddress address = store_address(arguments.db);
  if (address.is_missing()) {
    throw InputError(
        fmt::format("store {}: does not exist yet, so there is nothing to report", address.text()),
        kFirstRun);
  }
  Store store = open_store(address, results::store::Access::read);
  if (!has_runs(store)) {
    throw InputError(
        fmt::format("store {}: has no runs yet, so there is nothing to report", store.name()),
        kFirstRun);
  }
  return store;
}

/// Without duplicates, in the order of the options.
std::vector<results::record::Run> chosen_runs(const Store& store, std::vector<std::string> asked) {
  if (asked.empty()) asked.emplace_back("last");
  std::vector<results::record::Run> runs;
  std::set<std::string> seen;
  for (const std::string& id : asked) {
    results::record::Run run = find_run(store, id);
    if (seen.insert(run.id).second) runs.push_back(std::move(run));
  }
  return runs;
}

void add_environments(const Store& store, results::report::ReportInput& input) {
  std::set<std::string> hashes;
  for (const results::report::ReportRun& run : input.runs) {
    if (!run.run.environment.empty()) hashes.insert(run.run.environment);
    for (const results::record::Record& record : run.records) {
      if (!record.environment.empty()) hashes.insert(record.environment);
    }
  }
  for (const results::record::Run& run : input.judged_runs) {
    if (!run.environment.empty()) hashes.insert(run.environment);
  }
  for (const std::string& hash : hashes) input.environments[hash] = store.environment(hash);
}

/// With runs named, those; with --all-runs the newest of all machines; else the best evidence of
/// this machine, as `assay check` takes it.
JudgedRecords records_to_judge(const Arguments& arguments, const Store& store,
                               const std::vector<results::record::Run>& shown) {
  if (arguments.all_runs) return judged_records(store, {});
  return arguments.runs.empty() ? best_records(store, harness::environment::host_name())
                                : judged_records(store, shown);
}

void judge(const JudgedRecords& judged, const std::vector<std::string>& devices,
           results::report::ReportInput& input) {
  input.basis = judged.basis;
  results::claims::Judge judge(input.catalogue, judged.records,
                               results::project::projected_evidence, devices);
  input.verdicts = judge.verdicts(input.set);
  input.derived = judge.derived(input.set);
  if (!input.set.empty()) input.present = judge.verdicts_on_present_devices(input.set);
  input.findings = judge.findings();
  input.contests = contests_answering(input.catalogue, input.verdicts, judge);
}

results::report::ReportInput gather(const Arguments& arguments) {
  results::report::ReportInput input;
  input.catalogue = load_catalogue(arguments.catalogue);
  input.set = arguments.set == "all" ? "" : arguments.set;
  if (!input.set.empty()) find_set(input.catalogue, input.set);
  const Store store = open_filled_store(arguments);
  const auto runs = chosen_runs(store, arguments.runs);
  for (const results::record::Run& run : runs) {
    input.runs.push_back({run, store.records({.run = run.id})});
  }
  const JudgedRecords judged = records_to_judge(arguments, store, runs);
  for (const std::string& id : judged.basis.runs) input.judged_runs.push_back(store.run(id));
  add_environments(store, input);
  judge(judged, arguments.devices, input);
  if (!arguments.bundle.empty()) {
    input.bundle = signed_bundle(arguments.bundle, arguments.signers, input, store);
  }
  input.brief = arguments.brief;
  input.assay_version = harness::environment::version_text();
  input.written = results::store::now_utc();
  return input;
}

int run(const Arguments& arguments) {
  const PageFile file("--output", arguments.page.file, arguments.page.force);
  file.write(results::report::report_html(gather(arguments)));
  return kDone;
}

void add_bundle_options(Options& options, Arguments& arguments) {
  Option& bundle =
      options.option("--bundle", arguments.bundle, file(),
                     "The bundle of a run in this report: the first page says who signed it");
  Option& signers = options.option("--signers", arguments.signers.file, file(),
                                   "Keys that are trusted (allowed signers, see ssh-keygen(1))");
  signers.needs = {&bundle};
  options.option("--identity", arguments.signers.identity, text("NAME"), "Require this signer")
      .needs = {&signers};
}

std::function<int()> add(Options& options) {
  const auto arguments = std::make_shared<Arguments>();
  Option& run_option =
      options.option("--run", arguments->runs, run_id(), "Run to show, and to judge by");
  run_option.default_rule =
      "shows the last run; judges by the newest verified result of each problem on this machine";
  options
      .flag("--all-runs", arguments->all_runs,
            "Judge by the newest verified results of all machines in the store")
      .excludes = {&run_option};
  options.option("--device-is", arguments->devices, system_id(),
                 "The system that a device is which fits several");
  Option& set =
      options.option("--claims", arguments->set, claim_set(), "Set of claims to judge, or all");
  set.default_text = arguments->set;
  add_catalogue_options(options, arguments->catalogue);
  add_store_option(options, arguments->db, "read");
  Option& output =
      options.option("-o,--output", arguments->page.file, file(), "File to write; - prints it");
  output.default_value("report.html");
  add_force_option(options, arguments->page.force);
  options.flag("--brief", arguments->brief, "The first page only");
  add_bundle_options(options, *arguments);
  options.footer(
      "Examples:\n"
      "  assay report --claims waic-2025 --brief\n"
      "  assay report --run last --bundle night.assay --signers allowed_signers\n"
      "\n"
      "One HTML file that needs no network. Its first page, also in print, answers the\n"
      "text's own statements and says by what. Then follow measurements, rooflines,\n"
      "all verdicts, contradictions between published figures, and the environment.");
  return [arguments] { return run(*arguments); };
}

}  // namespace

const Verb verb = {"report", "Write measurements and verdicts as one HTML file", add,
                   VerbGroup::look};

}  // namespace assay::cli::report
