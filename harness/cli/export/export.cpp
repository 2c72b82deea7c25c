// assay export [RUN]...: what was measured, for other tools.
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <fstream>
#include <iterator>
#include <memory>
#include <set>

#include "harness/cli/candidates.h"
#include "harness/cli/common.h"
#include "harness/cli/completion.h"
#include "harness/cli/filter_options.h"
#include "harness/cli/output_file.h"
#include "harness/cli/verb.h"
#include "harness/environment/environment.h"
#include "harness/plan/suite.h"
#include "harness/terminal/quantities.h"
#include "results/exchange/format.h"
#include "results/page/text.h"
#include "results/store/store.h"

namespace assay::cli {
extern const Verb export_verb;

namespace {

namespace fs = std::filesystem;
using results::record::RecordSet;
using results::store::Store;

struct Options {
  std::vector<std::string> runs;
  results::store::Filter filter;
  std::string format, output = "-", bundle, db;
  bool all = false;
};

/// Each once, the oldest first.
std::vector<results::record::Run> chosen_runs(const results::store::Store& store,
                                              const Options& options) {
  std::vector<results::record::Run> runs;
  if (options.all) {
    runs = store.runs();
  } else if (options.runs.empty()) {
    runs.push_back(find_run(store, "last"));
  } else {
    std::set<std::string> seen;
    for (const std::string& id : options.runs) {
      results::record::Run run = find_run(store, id);
      if (seen.insert(run.id).second) runs.push_back(std::move(run));
    }
  }
  std::stable_sort(runs.begin(), runs.end(),
                   [](const auto& a, const auto& b) { return a.started < b.started; });
  return runs;
}

void add_environments(const results::store::Store& store, results::record::RecordSet& record_set) {
  std::set<std::string> hashes;
  for (const results::record::Run& run : record_set.runs) hashes.insert(run.environment);
  for (const results::record::Record& record : record_set.records)
    hashes.insert(record.environment);
  hashes.erase("");
  for (const std::string& hash : hashes) record_set.environments[hash] = store.environment(hash);
}

void add_suites(results::record::RecordSet& record_set) {
  for (const results::record::Run& run : record_set.runs) {
    for (const EmbeddedFile& file : harness::plan::suite_files()) {
      if (file.name == run.suite + ".toml") record_set.suites[run.suite] = std::string(file.text);
    }
  }
}

results::record::RecordSet gather(const Options& options) {
  const results::store::Store store =
      open_store(store_address(options.db), results::store::Access::read);
  results::record::RecordSet record_set;
  record_set.runs = chosen_runs(store, options);
  for (const results::record::Run& run : record_set.runs) {
    results::store::Filter filter = options.filter;
    filter.run = run.id;
    auto records = store.records(filter);
    std::move(records.begin(), records.end(), std::back_inserter(record_set.records));
  }
  if (record_set.records.empty()) {
    throw InputError(fmt::format("store {}: no record matches, so nothing to export", store.name()),
                     "`assay show --runs` lists the runs, `assay show` the last one's records");
  }
  add_environments(store, record_set);
  add_suites(record_set);
  return record_set;
}

/// A store named by mistake is not to be lost.
void refuse_store(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  std::string beginning(15, '\0');
  stream.read(beginning.data(), static_cast<std::streamsize>(beginning.size()));
  if (beginning != "SQLite format 3") return;
  throw InputError(fmt::format("--output {}: is a store, not an export", path),
                   "name another file; --db names the store to read");
}

int run(const Options& options) {
  const std::string place = options.bundle.empty() ? "--format" : "--bundle";
  const results::exchange::Exporter& exporter =
      results::exchange::find_exporter(options.bundle.empty() ? options.format : "bundle", place);
  const std::string& path = options.bundle.empty() ? options.output : options.bundle;
  const std::string option = options.bundle.empty() ? "--output" : "--bundle";
  if (exporter.binary && path == "-" && isatty(STDOUT_FILENO) != 0) {
    throw InputError(fmt::format("--format {}: is not for a terminal", exporter.name),
                     "name a file with --output");
  }
  const results::record::RecordSet record_set = gather(options);
  if (path != "-") refuse_store(path);
  OutputFile file(option, path);
  exporter.write(record_set, {harness::environment::version_text(), results::store::now_utc()},
                 file.stream());
  file.commit();
  if (path == "-") return kDone;
  fmt::print(stderr, "{} {} ({}; {} of {})\n", exporter.name,
             fs::absolute(path).lexically_normal().string(),
             harness::terminal::bytes_text(static_cast<double>(file.bytes())),
             results::page::counted(record_set.records.size(), "record"),
             results::page::counted(record_set.runs.size(), "run"));
  return kDone;
}

std::string formats_text() {
  std::string text = "Formats:\n";
  for (const results::exchange::Exporter* exporter : results::exchange::exporters()) {
    text += fmt::format("  {:<18}{}\n", exporter->name, exporter->summary);
  }
  return text;
}

std::function<int()> add(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  auto* runs = app.add_option("run", options->runs, "Runs' ids or prefixes (default last)");
  complete_with(runs, run_ids);
  app.add_flag("--all", options->all, "All runs of the store")->excludes(runs);
  auto* format = app.add_option("--format", options->format, "What to write; see below");
  complete_with(format, exporter_names);
  auto* output =
      app.add_option("-o,--output", options->output, "File to write, - for standard output")
          ->capture_default_str();
  auto* bundle =
      app.add_option("--bundle", options->bundle, "Short for --format bundle --output FILE");
  bundle->excludes(format)->excludes(output);
  add_filter_options(app, options->filter);
  app.add_option("--db", options->db, "Store to read");
  app.footer(formats_text() +
             "\nFilters match when they are contained, whatever the case. A file is replaced\n"
             "as a whole, so that who reads it never sees half of one.");
  return [options] {
    if (options->format.empty() && options->bundle.empty()) {
      throw InputError("--format: is missing", "`assay export --help` lists the formats");
    }
    return run(*options);
  };
}

}  // namespace

const Verb export_verb = {"export", "Write what was measured for other tools", add};

}  // namespace assay::cli
