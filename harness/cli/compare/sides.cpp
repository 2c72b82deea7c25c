#include "harness/cli/compare/sides.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "harness/cli/common.h"
#include "harness/cli/hints.h"
#include "kernels/error.h"
#include "results/bundle/verification.h"
#include "results/compare/matching.h"
#include "results/exchange/format.h"
#include "results/process/read_file.h"
#include "results/record/contradiction.h"
#include "results/record/listing.h"
#include "results/record/parse_json.h"

namespace assay::cli::compare {

namespace {

using nlohmann::ordered_json;
using results::compare::Side;
using results::record::Record;

constexpr std::string_view kDevice = "device:";
constexpr char kJoin = '+';

bool is_file(const std::string& argument) {
  for (const char* end : {".json", ".jsonl", ".assay"}) {
    if (argument.ends_with(end)) return true;
  }
  return argument.find('/') != std::string::npos;
}

std::string devices_of(const std::vector<Record>& records) {
  std::set<std::string> devices;
  for (const Record& record : records) devices.insert(device_title(record));
  return fmt::format("{}", fmt::join(devices, ", "));
}

bool fits(const Record& record, const results::store::Filter& filter) {
  return record.problem.find(filter.problem) != std::string::npos &&
         record.operation.find(filter.operation) != std::string::npos;
}

std::string text_of(const std::string& file) {
  return results::process::read_file(
      file, results::process::kLargestImport,
      "name a run, a bundle, or a file that `assay show --json` wrote");
}

ordered_json parsed(const std::string& file, const std::string& text) {
  if (const std::string excess = results::record::json_excess(text); !excess.empty()) {
    throw InputError(fmt::format("{}: {}", file, excess), "it was not written by assay");
  }
  try {
    ordered_json json = ordered_json::parse(text);
    if (json.is_object()) json = ordered_json::array({std::move(json)});
    if (json.is_array()) return json;
  } catch (const ordered_json::exception&) {
    throw InputError(fmt::format("{}: is not JSON, and no bundle", file),
                     "`assay export --bundle FILE.assay` and `assay show RUN --json` write files "
                     "that can be compared");
  }
  throw InputError(fmt::format("{}: is not an array of records", file),
                   "`assay show RUN --json` writes such a file");
}

}  // namespace

const results::store::Store& SideFinder::store() {
  if (!store_) store_ = open_store(address_, results::store::Access::read);
  return *store_;
}

Side SideFinder::of_runs(const std::string& argument) {
  Side side{argument, "", {}, {}};
  std::set<std::string> runs;
  for (std::size_t begin = 0; begin <= argument.size();) {
    const std::size_t end = std::min(argument.find(kJoin, begin), argument.size());
    Side one = of_run(argument.substr(begin, end - begin));
    if (!one.records.empty() && !runs.insert(one.records.front().run).second) {
      throw InputError(fmt::format("{}: names one run twice", argument),
                       "name each run once; `assay show --runs` lists them");
    }
    side.origin += (side.origin.empty() ? "" : " and ") + one.origin;
    std::ranges::move(one.records, std::back_inserter(side.records));
    begin = end + 1;
  }
  return side;
}

Side SideFinder::of_run(const std::string& argument) {
  const std::size_t at = argument.find('@');
  const results::record::Run run = store().run(argument.substr(0, at));
  results::store::Filter filter = filter_;
  filter.run = run.id;
  filter.device = at == std::string::npos ? "" : argument.substr(at + 1);
  // With samples, which tell whether times drifted.
  Side side{argument, "", store().records(filter), {}};
  if (side.records.empty() && !filter.device.empty()) {
    filter.device.clear();
    throw InputError(
        fmt::format("{}: run {} has no records of such a device", argument, run.id.substr(0, 8)),
        fmt::format("it has {}", devices_of(store().headlines(filter))));
  }
  side.origin =
      fmt::format("run {} of {}, {}, on {}; {}", run.id.substr(0, 8), run.started.substr(0, 10),
                  run.suite.empty() ? "single problems" : "suite " + run.suite, run.host,
                  devices_of(side.records));
  return side;
}

Side SideFinder::of_device(const std::string& argument) {
  results::store::Filter filter = filter_;
  filter.run.clear();
  filter.device = argument.substr(kDevice.size());
  Side side{argument, "", store().headlines(filter), {}};
  if (side.records.empty()) {
    throw InputError(fmt::format("{}: the store has no records of such a device", argument),
                     "`assay show --runs` lists the runs, `assay show RUN` their devices");
  }
  // Of each measurement the repetitions of its newest run, with their samples, which tell whether
  // times drifted.
  std::vector<std::string> compared;
  for (const auto& repeated : results::compare::repetitions(side.records)) {
    for (const Record* record : repeated) {
      if (record->run == repeated.back()->run) compared.push_back(record->id);
    }
  }
  side.records.clear();
  for (const std::string& id : compared) {
    if (auto whole = store().record(id)) side.records.push_back(std::move(*whole));
  }
  side.origin = fmt::format("newest of all runs; {}", devices_of(side.records));
  return side;
}

namespace {

/// Nothing is told from figures that contradict themselves.
void refuse_contradiction(const std::string& argument, const Record& record) {
  const std::string why = results::record::contradiction(record);
  if (why.empty()) return;
  throw InputError(
      fmt::format("{}: record {:.8}, {}: {}", argument, record.id, record.problem, why),
      "its figures contradict themselves, so nothing is compared; use the file as it was written");
}

/// The same of the rules of a bundle.
void refuse_contradictions(const std::string& argument,
                           const results::bundle::Verification& verification) {
  for (const results::bundle::RuleOutcome& outcome : verification.rules) {
    const bool broken = outcome.state == results::bundle::RuleState::broken;
    if (!broken || !outcome.rule->contradiction) continue;
    const results::bundle::Violation& first = outcome.result.violations.front();
    throw InputError(
        fmt::format("{}: breaks the rule {}: {}: {}", argument, outcome.rule->id, first.subject,
                    first.what),
        fmt::format("its figures contradict themselves, so nothing is compared; `assay verify {}` "
                    "names them all",
                    argument));
  }
}

}  // namespace

Side SideFinder::of_bundle(const std::string& argument) const {
  const auto verification = at_place("--signers", [&] {
    return results::bundle::verify_bundle(argument, {signers_, {}});
  });
  if (!verification.bundle) {
    // Reading it again tells what is wrong.
    results::bundle::read_bundle_file(argument);
    throw InputError(fmt::format("{}: cannot be read", argument), verification.hint);
  }
  refuse_contradictions(argument, verification);
  const results::bundle::BundleContents& contents = verification.bundle->contents;
  Side side{argument, "", {}, {}};
  for (const Record& record : contents.records) {
    if (fits(record, filter_)) side.records.push_back(record);
  }
  side.environments = contents.environments;
  side.offer = results::compare::offer_of(verification);
  side.origin = fmt::format("bundle of run {} of {}{}; {}", contents.run.id.substr(0, 8),
                            contents.run.started.substr(0, 10),
                            contents.run.host.empty() ? "" : " on " + contents.run.host,
                            devices_of(side.records));
  return side;
}

Side SideFinder::of_json_lines(const std::string& argument, const std::string& text) const {
  const auto& importer = results::exchange::find_importer("json-lines", argument);
  results::record::RecordSet records = importer.read({argument, text, "", ""});
  Side side{argument, "", {}, {}};
  for (Record& record : records.records) {
    refuse_contradiction(argument, record);
    if (fits(record, filter_)) side.records.push_back(std::move(record));
  }
  side.environments = std::move(records.environments);
  side.origin = fmt::format("JSON lines, not from a store; {}", devices_of(side.records));
  return side;
}

Side SideFinder::of_file(const std::string& argument) const {
  const std::string text = text_of(argument);
  if (results::bundle::is_bundle(std::string_view(text).substr(0, 512))) return of_bundle(argument);
  if (results::exchange::find_importer("json-lines", argument).recognises(text) &&
      !ordered_json::accept(text)) {
    return of_json_lines(argument, text);
  }
  Side side{argument, "", {}, {}};
  const ordered_json json = parsed(argument, text);
  for (std::size_t i = 0; i < json.size(); ++i) {
    Record record = at_place(fmt::format("{}: entry {}", argument, i + 1),
                             [&] { return results::record::record_from_json(json[i].dump()); });
    refuse_contradiction(argument, record);
    if (fits(record, filter_)) side.records.push_back(std::move(record));
  }
  side.origin = fmt::format("from a file, not from a store; {}", devices_of(side.records));
  return side;
}

void SideFinder::add_environments(Side& side) {
  for (const Record& record : side.records) {
    if (record.environment.empty() || side.environments.contains(record.environment)) continue;
    side.environments[record.environment] = store().environment(record.environment);
  }
}

Side SideFinder::find(const std::string& argument) {
  if (is_file(argument)) return of_file(argument);
  Side side = argument.starts_with(kDevice)               ? of_device(argument)
              : argument.find(kJoin) == std::string::npos ? of_run(argument)
                                                          : of_runs(argument);
  add_environments(side);
  return side;
}

}  // namespace assay::cli::compare
