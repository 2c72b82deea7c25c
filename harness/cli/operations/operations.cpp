// assay operations [NAME]: what there is to compute.
#include <fmt/format.h>

#include <memory>
#include <set>

#include "harness/cli/common.h"
#include "harness/cli/common_options.h"
#include "harness/cli/operations/text.h"
#include "harness/cli/values.h"
#include "harness/cli/verb.h"
#include "harness/conformance/trial.h"
#include "harness/worker/device_worker.h"
#include "kernels/error.h"
#include "kernels/operation.h"
#include "results/record/json_library.h"
#include "results/record/listing.h"

namespace assay::cli::operations {
extern const Verb verb;

namespace {

using kernels::Operation;
using nlohmann::ordered_json;

/// Problems of an operation that its implementations are asked about: one that solves any of them
/// knows the operation.
constexpr std::size_t kProblems = 12;

struct Arguments {
  std::string name;
  bool all = false, json = false;
};

/// Those that the devices of this machine offer for small problems of the operation.
std::vector<KnownImplementation> known_here(const Operation& operation) {
  const harness::worker::WorkerSettings settings;
  std::vector<KnownImplementation> out;
  for (const FoundDevice& device : select_devices(harness::worker::probe_all(settings), {})) {
    harness::worker::DeviceWorker worker(settings, device.identity, device.module, nullptr);
    std::set<std::string> names;
    try {
      for (const auto& problem : harness::conformance::small_problems(operation, kProblems)) {
        for (const auto& offer : worker.implementations(problem)) {
          // A collective gives a reason until its ranks have joined.
          if (offer.reason.empty() || operation.collective != nullptr) names.insert(offer.name);
        }
      }
    } catch (const Error& error) {
      fmt::print(stderr, "note: {}\n", error.what());
    }
    for (const std::string& name : names) {
      out.push_back({results::record::device_key(device.identity), name});
    }
  }
  return out;
}

void print_all() {
  const char* separator = "";
  for (const Operation* operation : kernels::operations()) {
    fmt::print("{}{}", separator, operation_text(*operation));
    separator = "\n\n";
  }
}

void print_json(const ordered_json& json) {
  fmt::print("{}\n", json.dump(2, ' ', false, ordered_json::error_handler_t::replace));
}

int list(const Arguments& arguments) {
  if (arguments.json) {
    ordered_json all = ordered_json::array();
    for (const Operation* operation : kernels::operations()) all.push_back(to_json(*operation));
    print_json({{"operations", all}});
  } else if (arguments.all) {
    print_all();
  } else {
    fmt::print("{}\n`assay operations NAME` shows its fields, operands and work.\n",
               operations_text());
  }
  return kDone;
}

int run(const Arguments& arguments) {
  if (arguments.name.empty()) return list(arguments);
  const Operation& operation = kernels::operation_named(arguments.name, "NAME");
  const auto known = known_here(operation);
  if (arguments.json) {
    ordered_json out = to_json(operation);
    out["implementations"] = ordered_json::array();
    for (const KnownImplementation& one : known) {
      out["implementations"].push_back({{"device", one.device}, {"name", one.name}});
    }
    print_json(out);
  } else {
    fmt::print("{}{}", operation_text(operation), implementations_text(known));
  }
  return kDone;
}

std::function<int()> add(Options& options) {
  const auto arguments = std::make_shared<Arguments>();
  Option& name =
      options.argument(arguments->name, named("NAME", operation_name()), "The operation to show");
  name.default_rule = "list all operations";
  Option& all = options.flag("--all", arguments->all, "Show every operation in full");
  all.excludes.push_back(&name);
  add_json_option(options, arguments->json);
  options.footer(
      "Examples:\n  assay operations\n  assay operations matmul\n  assay operations --json");
  return [arguments] { return run(*arguments); };
}

}  // namespace

const Verb verb = {"operations", "List what can be computed, or explain one operation", add,
                   VerbGroup::measure};

}  // namespace assay::cli::operations
