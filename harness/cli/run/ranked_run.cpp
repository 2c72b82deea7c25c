#include "harness/cli/run/ranked_run.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>

#include "harness/cli/common.h"
#include "harness/cli/run/rank_gathering.h"
#include "harness/cli/verb.h"
#include "harness/environment/environment.h"
#include "harness/ranks/member.h"
#include "harness/ranks/pinning.h"
#include "harness/terminal/quantities.h"
#include "kernels/error.h"
#include "kernels/sha256.h"
#include "results/record/device.h"
#include "results/store/store.h"

namespace assay::cli {

using harness::ranks::Place;

void add_rank_options(CLI::App& app, RankOptions& options) {
  const auto add = [&](const std::string& name, auto& value, const std::string& help) {
    app.add_option(name, value, help)->group("Ranks");
  };
  add("--ranks", options.ranks,
      "Start so many here, one a device; mpirun and srun start them everywhere");
  add("--simultaneous", options.simultaneous, "So many measure at once (default: all)");
  add("--rendezvous", options.rendezvous,
      "A folder that all ranks see, or rank 0's HOST:PORT (default: the store's folder)");
  add("--gather", options.gather, "Wait so long for all ranks to be ready (default 2m)");
  add("--silence", options.silence, "A rank not heard of for this time is lost (default 1m)");
  app.add_flag("--no-pin", options.unpinned, "Leave each rank all cores")->group("Ranks");
  app.add_flag("--alone", options.alone, "Heed no launcher")->group("Ranks");
}

std::optional<harness::ranks::Place> place_of_run(const RankOptions& options) {
  if (options.alone) return std::nullopt;
  auto place = harness::ranks::place_of(harness::ranks::environment_variable);
  if (options.ranks == 0) return place;
  if (place && place->ranks != options.ranks && place->launcher != "assay") {
    throw InputError(fmt::format("--ranks {}: {} has started {} already", options.ranks,
                                 place->launcher, place->ranks),
                     "leave --ranks out, or start assay without the launcher");
  }
  if (place) return place;
  return harness::ranks::Place{.rank = 0,
                               .ranks = options.ranks,
                               .slots = options.ranks,
                               .job = fmt::format("{}", getpid()),
                               .launcher = ""};
}

namespace {

std::string rendezvous_of(const RunOptions& options) {
  using harness::ranks::environment_variable;
  // A member that rank 0 started is told where by rank 0.
  if (const auto told = harness::ranks::environment_variable("ASSAY_RENDEZVOUS");
      told &&
      (harness::ranks::environment_variable("ASSAY_RANK") || options.ranks.rendezvous.empty())) {
    return *told;
  }
  if (!options.ranks.rendezvous.empty()) return options.ranks.rendezvous;
  const results::store::StoreAddress store = store_address(options.db);
  if (!store.on_server()) return std::filesystem::absolute(store.file()).parent_path().string();
  const auto data = harness::ranks::environment_variable("XDG_DATA_HOME");
  return data ? *data + "/assay"
              : harness::ranks::environment_variable("HOME").value_or("") + "/.local/share/assay";
}

double seconds_of(const std::string& text, const std::string& option, double otherwise) {
  return text.empty() ? otherwise : harness::terminal::parse_duration(text, option);
}

/// Of those found, the one that is this rank's: accelerators stand before processors.
std::size_t own_device(const Preparation& found, const harness::ranks::Place& place) {
  std::vector<std::size_t> accelerators, others;
  for (std::size_t i = 0; i < found.devices.size(); ++i) {
    (results::record::is_last_choice(found.devices[i]) ? others : accelerators).push_back(i);
  }
  const auto& choice = accelerators.empty() ? others : accelerators;
  if (choice.empty()) throw Error("no device was found", "`assay devices --explain` says more");
  return choice[place.slot % choice.size()];
}

/// Devices that a module has only because a launcher started several ranks: memory of their hosts,
/// between which MPI moves.
void add_ranks_of_launcher(const RunOptions& options, Preparation& found,
                           const harness::worker::Interrupt& interrupt) {
  for (const harness::worker::ModuleReport& module : found.modules) {
    for (const results::record::DeviceIdentity& device : module.devices) {
      if (!device.properties.contains("ranks")) continue;
      found.workers.emplace_back(worker_settings(options, options.threads), device, module.path,
                                 &interrupt);
    }
  }
}

/// What this rank measures with; the workers live in `found`, which is left with its device alone.
harness::ranks::Equipment equip(const RunOptions& options, const harness::ranks::Place& place,
                                Preparation& found, const harness::worker::Interrupt& interrupt) {
  found = prepare(options, options.threads, interrupt);
  const std::size_t own = own_device(found, place);
  harness::ranks::Equipment out;
  out.device = found.devices[own];
  out.device.properties["host"] = harness::environment::host_name();
  out.device.properties["rank"] = std::to_string(place.rank);
  out.device.properties["slot"] = std::to_string(place.slot);
  if (!options.ranks.unpinned) {
    out.device.properties["cores"] = harness::ranks::pin(place, out.device);
  }
  harness::worker::DeviceWorker worker = found.workers[own].as(out.device);
  found.devices = {out.device};
  found.workers.clear();
  found.workers.push_back(std::move(worker));
  add_ranks_of_launcher(options, found, interrupt);
  for (harness::worker::DeviceWorker& one : found.workers) {
    out.collective[one.device().backend] = &one;
  }
  out.plan = plan_new(options, problems_of_one(problems_of(options, place.ranks)), found);
  out.environment_json = harness::environment::environment_json(found.modules, options.threads);
  out.workers = &found.workers;
  return out;
}

/// Where nobody takes what was measured, it is kept here.
void rescue(const harness::ranks::Place& place, const Preparation& found, const RunOptions& options,
            const std::vector<results::record::Record>& records) {
  const std::string file =
      (std::filesystem::temp_directory_path() /
       fmt::format("assay-{}-rank{}.db", records.front().run.substr(0, 8), place.rank))
          .string();
  auto store = open_store(file, results::store::Access::write);
  results::record::Run run;
  run.id = records.front().run;
  run.started = records.front().started;
  run.suite = options.suite;
  run.command = command_line();
  run.host = harness::environment::host_name();
  run.assay_version = harness::environment::version_text();
  run.plan = harness::plan::plan_to_json({}, {});
  run.environment =
      store.put_environment(harness::environment::environment_json(found.modules, options.threads));
  store.begin(run);
  store.put(records);
  fmt::print(stderr,
             "note: rank {}: rank 0 is lost; {} measurements are in {} of {}\n"
             "  to bring them: assay push --all --db {} --to STORE\n",
             place.rank, records.size(), file, harness::environment::host_name(), file);
}

int be_member(const RunOptions& options, const harness::ranks::Place& place,
              const harness::worker::Interrupt& interrupt) {
  const double patience = seconds_of(options.ranks.gather, "--gather", kGatherSeconds);
  const harness::ranks::Meeting meeting(rendezvous_of(options), place);
  harness::ranks::Member member(place, meeting, interrupt, patience);
  Preparation found;
  harness::ranks::Equipment equipment;
  try {
    equipment = equip(options, place, found, interrupt);
  } catch (const Error& error) {
    member.fail(error.what(), error.mend());
    return kDone;
  }
  harness::worker::SessionOptions session;
  session.environment = sha256(equipment.environment_json);
  if (!options.timeout.empty()) {
    session.timeout_seconds = harness::terminal::parse_duration(options.timeout, "--timeout");
  }
  member.serve(equipment, session, [&](const std::vector<results::record::Record>& records) {
    rescue(place, found, options, records);
  });
  return kDone;
}

}  // namespace

int run_as_rank(const RunOptions& options, const harness::ranks::Place& place,
                const harness::worker::Interrupt& interrupt) {
  if (place.rank > 0 || place.launcher == "assay") {
    // What is wrong with the command line is rank 0's to say.
    try {
      measurement_options_of(options);
      problems_of(options, place.ranks);
    } catch (const InputError&) {
      return kBadInput;
    }
    return options.dry_run ? kDone : be_member(options, place, interrupt);
  }
  if (options.dry_run) {
    Preparation found;
    const harness::ranks::Equipment equipment = equip(options, place, found, interrupt);
    fmt::print(stderr, "each of {} ranks, as rank 0 would do it:\n", place.ranks);
    return show_plan(options, found, equipment.plan);
  }
  return gather_ranks(options, place, rendezvous_of(options), interrupt);
}

}  // namespace assay::cli
