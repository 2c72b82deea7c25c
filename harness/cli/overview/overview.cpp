// assay without a verb: what is here, what was measured, and what to do next.
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>

#include "harness/cli/common.h"
#include "harness/cli/judged_records.h"
#include "harness/cli/verb.h"
#include "harness/environment/environment.h"
#include "harness/terminal/wrapped.h"
#include "kernels/error.h"
#include "results/claims/catalogue.h"
#include "results/claims/digest.h"
#include "results/claims/verdict.h"
#include "results/page/text.h"
#include "results/record/listing.h"
#include "results/store/store.h"

namespace assay::cli::overview {
extern const Verb verb;

namespace {

constexpr int kTextColumn = 17;

constexpr const char* kNext =
    "  assay run                measure this machine, in half a minute\n"
    "  assay check              what is claimed of it, and whether it holds\n"
    "  assay compare A B        two runs, bundles, files or published systems\n"
    "  assay regress            what became slower\n"
    "  assay report             one page to hand on\n"
    "\n"
    "All verbs: assay help   one verb: assay help run   devices: assay devices\n";

void print_row(std::string_view label, const std::string& text) {
  std::string lines = harness::terminal::wrapped(text, kTextColumn);
  lines.replace(2, label.size(), label);
  fmt::print("{}", lines);
}

std::string devices_text() {
  std::string out;
  for (const auto& module : harness::worker::probe_all({})) {
    for (const results::record::DeviceIdentity& device : module.devices) {
      if (only_when_named(device)) continue;
      out += fmt::format("{}{} ({})", out.empty() ? "" : ", ", device.name,
                         results::record::device_key(device));
    }
  }
  return out.empty() ? "no device was found; `assay devices --explain` says why" : out;
}

std::string run_text(const results::store::Store& store) {
  const results::record::Run run = store.run("last");
  const auto records = store.headlines({.run = run.id});
  const auto right = std::ranges::count_if(
      records, [](const auto& record) { return results::record::is_evidence(record); });
  std::string moment = run.started.substr(0, 16);
  std::ranges::replace(moment, 'T', ' ');
  return fmt::format("{}, {} UTC: {} of {} verified{}", run.suite.empty() ? "problems" : run.suite,
                     moment, right, records.size(), run.ended.empty() ? ", interrupted" : "");
}

std::string claims_text(const results::store::Store& store) {
  const JudgedRecords records = best_records(store, harness::environment::host_name());
  const results::claims::Catalogue catalogue = results::claims::built_in_catalogue();
  results::claims::Judge judge(catalogue, records.records);
  const auto verdicts = judge.verdicts_on_present_devices();
  if (verdicts.empty()) return "none of the catalogue's is about the devices measured here";
  return results::claims::counts_text(verdicts, "claim about this machine");
}

int run() {
  fmt::print("Assay {}: does hardware do what is claimed of it?\n\n",
             harness::environment::version_text());
  print_row("this machine", devices_text());
  const results::store::StoreAddress address = store_address({});
  std::optional<std::string> why_unread;
  try {
    if (address.is_missing()) {
      print_row("last run", "none yet");
    } else if (const auto store = open_store(address, results::store::Access::read);
               has_runs(store)) {
      print_row("last run", run_text(store));
      print_row("claims", claims_text(store));
    } else {
      print_row("last run", "none yet");
    }
  } catch (const Error& error) {
    // The first screen is useful without a store, too.
    why_unread = error.what();
  }
  if (why_unread) print_row("last run", "unknown: " + *why_unread);
  fmt::print("\n{}", kNext);
  return kDone;
}

std::function<int()> add(Options&) {
  return run;
}

}  // namespace

const Verb verb = {"overview", "Say what is here and what to do next", add, VerbGroup::hidden};

}  // namespace assay::cli::overview
