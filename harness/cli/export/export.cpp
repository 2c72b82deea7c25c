// assay export [RUN]...: writes records for other tools.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <memory>
#include <set>

#include "harness/cli/candidates.h"
#include "harness/cli/common.h"
#include "harness/cli/common_options.h"
#include "harness/cli/filter_options.h"
#include "harness/cli/output_file.h"
#include "harness/cli/values.h"
#include "harness/cli/verb.h"
#include "harness/environment/environment.h"
#include "harness/plan/suite.h"
#include "harness/terminal/quantities.h"
#include "harness/terminal/telling.h"
#include "harness/terminal/wrapped.h"
#include "results/exchange/format.h"
#include "results/page/text.h"
#include "results/record/texts.h"
#include "results/store/store.h"

namespace assay::cli::export_ {
extern const Verb verb;

namespace {

namespace fs = std::filesystem;
using results::record::RecordSet;
using results::store::Store;

struct Arguments {
  std::vector<std::string> runs;
  results::store::Filter filter;
  std::string format, output = "-", bundle;
  std::optional<results::store::StoreAddress> db;
  bool all = false;
};

/// Without duplicates, the oldest first.
std::vector<results::record::Run> chosen_runs(const Store& store, const Arguments& arguments) {
  std::vector<results::record::Run> runs;
  if (arguments.all) {
    runs = store.runs();
  } else if (arguments.runs.empty()) {
    runs.push_back(find_run(store, "last"));
  } else {
    std::set<std::string> seen;
    for (const std::string& id : arguments.runs) {
      results::record::Run run = find_run(store, id);
      if (seen.insert(run.id).second) runs.push_back(std::move(run));
    }
  }
  std::stable_sort(runs.begin(), runs.end(),
                   [](const auto& a, const auto& b) { return a.started < b.started; });
  return runs;
}

void add_environments(const Store& store, RecordSet& record_set) {
  std::set<std::string> hashes;
  for (const results::record::Run& run : record_set.runs) hashes.insert(run.environment);
  for (const results::record::Record& record : record_set.records)
    hashes.insert(record.environment);
  hashes.erase("");
  for (const std::string& hash : hashes) record_set.environments[hash] = store.environment(hash);
}

void add_suites(RecordSet& record_set) {
  for (const results::record::Run& run : record_set.runs) {
    for (const EmbeddedFile& file : harness::plan::suite_files()) {
      if (file.name == run.suite + ".toml") record_set.suites[run.suite] = std::string(file.text);
    }
  }
}

RecordSet gather(const Arguments& arguments) {
  const Store store = open_store(store_address(arguments.db), results::store::Access::read);
  RecordSet record_set;
  record_set.runs = chosen_runs(store, arguments);
  for (const results::record::Run& run : record_set.runs) {
    results::store::Filter filter = arguments.filter;
    filter.run = run.id;
    auto records = store.records(filter);
    std::move(records.begin(), records.end(), std::back_inserter(record_set.records));
  }
  if (record_set.records.empty()) {
    throw InputError(fmt::format("store {}: no record fits the filter", store.name()),
                     "`assay show --runs` lists the runs, `assay show` the last one's records");
  }
  add_environments(store, record_set);
  add_suites(record_set);
  return record_set;
}

/// Refuses to overwrite a store.
void refuse_store(const std::string& path) {
  std::error_code none;
  // Reading from a pipe or a terminal would wait for its other end.
  if (!fs::is_regular_file(path, none)) return;
  std::ifstream stream(path, std::ios::binary);
  std::string beginning(15, '\0');
  stream.read(beginning.data(), static_cast<std::streamsize>(beginning.size()));
  if (beginning != "SQLite format 3") return;
  throw InputError(fmt::format("--output {}: is a store; export does not overwrite it", path),
                   "name another file; --db names the store to read");
}

/// Masks secrets, and says where they stand in the store, which keeps them.
void tell_masked(RecordSet& record_set) {
  std::vector<std::string> places;
  const std::size_t masked = results::record::mask_secrets(record_set, &places);
  if (masked == 0) return;
  constexpr std::size_t kNamed = 5;
  const std::size_t more = places.size() - std::min(kNamed, places.size());
  places.resize(places.size() - more);
  std::string text =
      fmt::format("note: {} that {} like a password or a key {} masked: in {}",
                  results::page::counted(masked, "text"), masked == 1 ? "looks" : "look",
                  masked == 1 ? "is" : "are", fmt::join(places, ", "));
  if (more > 0) text += fmt::format(" and {} more", results::page::counted(more, "place"));
  fmt::print(stderr, "{}", harness::terminal::wrapped(text, 0));
}

int run(const Arguments& arguments) {
  const std::string place = arguments.bundle.empty() ? "--format" : "--bundle";
  const results::exchange::Exporter& exporter = results::exchange::find_exporter(
      arguments.bundle.empty() ? arguments.format : "bundle", place);
  const std::string& path = arguments.bundle.empty() ? arguments.output : arguments.bundle;
  const std::string option = arguments.bundle.empty() ? "--output" : "--bundle";
  if (exporter.binary && path == "-" && isatty(STDOUT_FILENO) != 0) {
    throw InputError(
        fmt::format("--format {}: is binary and not printed on a terminal", exporter.name),
        "name a file with --output");
  }
  RecordSet record_set = gather(arguments);
  tell_masked(record_set);
  if (path != "-") refuse_store(path);
  OutputFile file(option, path);
  exporter.write(record_set, {harness::environment::version_text(), results::store::now_utc()},
                 file.stream());
  file.commit();
  if (path == "-") return kDone;
  harness::terminal::remark(fmt::format(
      "{} {} ({}; {} of {})\n", exporter.name, fs::absolute(path).lexically_normal().string(),
      results::page::bytes_text(static_cast<double>(file.bytes())),
      results::page::counted(record_set.records.size(), "record"),
      results::page::counted(record_set.runs.size(), "run")));
  return kDone;
}

std::string formats_text() {
  std::string text = "Formats:\n";
  for (const results::exchange::Exporter* exporter : results::exchange::exporters()) {
    text += fmt::format("  {:<18}{}\n", exporter->name, exporter->summary);
  }
  return text;
}

std::function<int()> add(Options& options) {
  const auto arguments = std::make_shared<Arguments>();
  const Option& runs = add_runs_argument(options, arguments->runs);
  add_all_runs_option(options, arguments->all, runs);
  Option& format = options.option("--format", arguments->format, text("FORMAT", exporter_names),
                                  "What to write, see below");
  Option& output =
      options.option("-o,--output", arguments->output, file(), "File to write; - prints it");
  output.default_text = arguments->output;
  options.option("--bundle", arguments->bundle, file(), "Short for --format bundle --output FILE")
      .excludes = {&format, &output};
  add_filter_options(options, arguments->filter);
  add_store_option(options, arguments->db, "read");
  options.footer(formats_text() +
                 "\n--problem, --operation, --implementation and --device match any part of the\n"
                 "text, upper or lower case. A file is replaced only when all of it is written.");
  return [arguments] {
    if (arguments->format.empty() && arguments->bundle.empty()) {
      throw InputError("--format: is missing", "`assay export --help` lists the formats");
    }
    return run(*arguments);
  };
}

}  // namespace

const Verb verb = {"export", "Write records for other tools", add, VerbGroup::look};

}  // namespace assay::cli::export_
