// assay report: what was measured and what it means, as one HTML file.
#include "results/report/report.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <set>
#include <utility>

#include "harness/cli/candidates.h"
#include "harness/cli/catalogue_options.h"
#include "harness/cli/common.h"
#include "harness/cli/completion.h"
#include "harness/cli/judged_records.h"
#include "harness/cli/page_file.h"
#include "harness/cli/verb.h"
#include "harness/environment/environment.h"
#include "kernels/error.h"
#include "results/claims/audit.h"
#include "results/project/claim_projection.h"
#include "results/store/store.h"

namespace assay::cli {
extern const Verb report_verb;

namespace {

namespace fs = std::filesystem;
using results::store::Store;

struct Options {
  std::vector<std::string> runs;
  CatalogueChoice catalogue;
  std::string set = "waic-2025", db, output = "report.html";
  bool force = false;
};

constexpr const char* kFirstRun = "run `assay run --suite quick` first";

results::store::Store open_filled_store(const Options& options) {
  const results::store::StoreAddress address = store_address(options.db);
  if (address.is_missing()) {
    throw InputError(
        fmt::format("store {}: there is none yet, so nothing to report", address.text()),
        kFirstRun);
  }
  results::store::Store store = open_store(address, results::store::Access::read);
  if (store.runs().empty()) {
    throw InputError(fmt::format("store {}: holds no run yet, so nothing to report", store.name()),
                     kFirstRun);
  }
  return store;
}

/// Each once, in the order asked for.
std::vector<results::record::Run> chosen_runs(const results::store::Store& store,
                                              std::vector<std::string> asked) {
  if (asked.empty()) asked.emplace_back("last");
  std::vector<results::record::Run> runs;
  std::set<std::string> seen;
  for (const std::string& id : asked) {
    results::record::Run run = find_run(store, id);
    if (seen.insert(run.id).second) runs.push_back(std::move(run));
  }
  return runs;
}

void add_environments(const results::store::Store& store, results::report::ReportInput& input) {
  std::set<std::string> hashes;
  for (const results::report::ReportRun& run : input.runs) {
    if (!run.run.environment.empty()) hashes.insert(run.run.environment);
    for (const results::record::Record& record : run.records) {
      if (!record.environment.empty()) hashes.insert(record.environment);
    }
  }
  for (const std::string& hash : hashes) input.environments[hash] = store.environment(hash);
}

results::report::ReportInput gather(const Options& options) {
  results::report::ReportInput input;
  input.catalogue = load_catalogue(options.catalogue);
  input.set = options.set == "all" ? "" : options.set;
  if (!input.set.empty()) find_set(input.catalogue, input.set);
  const results::store::Store store = open_filled_store(options);
  const auto runs = chosen_runs(store, options.runs);
  for (const results::record::Run& run : runs) {
    input.runs.push_back({run, store.records({.run = run.id})});
  }
  add_environments(store, input);
  const JudgedRecords judged = judged_records(store, runs);
  input.judged_from = judged.origin;
  input.verdicts =
      judge(input.catalogue, input.set, judged.records, results::project::projected_evidence);
  input.present = judge_present_devices(input.catalogue, input.set, judged.records,
                                        results::project::projected_evidence);
  input.findings = results::claims::audit(input.catalogue);
  input.contests = contests_answering(input.catalogue, input.verdicts, judged);
  input.assay_version = harness::environment::version_text();
  input.written = results::store::now_utc();
  return input;
}

int run(const Options& options) {
  const PageFile file("--output", options.output, options.force);
  file.write(results::report::report_html(gather(options)));
  return kDone;
}

std::function<int()> add(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  complete_with(
      app.add_option("--run", options->runs, "A run to report: an id or a prefix (default last)")
          ->take_all(),
      run_ids);
  complete_with(app.add_option("--claims", options->set, "Set of claims to judge, or all")
                    ->capture_default_str(),
                set_ids);
  add_catalogue_options(app, options->catalogue);
  app.add_option("--db", options->db, "Store to read");
  app.add_option("--output", options->output, "File to write, - for standard output")
      ->capture_default_str();
  app.add_flag("--force", options->force, "Replace a file that is not a report");
  app.footer(
      "One HTML file that needs no network: verdicts, contradictions between published\n"
      "figures, measurements, rooflines under measured ceilings, and the environment.");
  return [options] { return run(*options); };
}

}  // namespace

const Verb report_verb = {"report", "Write what was measured and judged as one HTML file", add};

}  // namespace assay::cli
