#include "harness/cli/run/ranked_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <thread>
#include <utility>

#include "harness/cli/common.h"
#include "harness/cli/run/rank_gathering.h"
#include "harness/cli/values.h"
#include "harness/cli/verb.h"
#include "harness/environment/environment.h"
#include "harness/ranks/briefing.h"
#include "harness/ranks/member.h"
#include "harness/ranks/pinning.h"
#include "kernels/error.h"
#include "kernels/sha256.h"
#include "results/page/text.h"
#include "results/record/device.h"
#include "results/store/store.h"

namespace assay::cli::run {

using harness::ranks::Place;

void add_rank_options(Options& options, RankOptions& ranks) {
  options.group("Ranks");
  options.option("--ranks", ranks.ranks, cli::count<std::uint32_t>(),
                 "Start COUNT ranks on this host, one per device; mpirun and srun start ranks "
                 "themselves");
  options
      .option("--simultaneous", ranks.simultaneous, cli::count<std::uint32_t>(),
              "Number of ranks that measure at the same time")
      .default_rule = "all";
  options
      .option("--rendezvous", ranks.rendezvous, named("PLACE", file()),
              "A folder that all ranks can read, HOST:PORT of rank 0, or pmix to ask the launcher")
      .default_rule = "the store's folder";
  options
      .option("--gather", ranks.gather_seconds, duration(),
              "How long to wait until all ranks are ready")
      .default_value("2m");
  options
      .option("--silence", ranks.silence_seconds, duration(),
              "A rank that sends nothing for this time counts as lost")
      .default_value("1m");
  options.flag("--no-pin", ranks.unpinned, "Do not pin ranks to cores");
  options.flag("--alone", ranks.alone, "Ignore mpirun/srun; run as one process");
}

std::optional<Place> place_of_run(const RankOptions& options) {
  if (options.alone) return std::nullopt;
  auto place = harness::ranks::place_of(harness::ranks::environment_variable);
  if (options.ranks == 0) return place;
  if (place && place->ranks != options.ranks && place->launcher != "assay") {
    throw InputError(fmt::format("--ranks {}: {} has already started {}", options.ranks,
                                 place->launcher, place->ranks),
                     "leave --ranks out, or start assay without the launcher");
  }
  if (place) return place;
  return Place{.rank = 0,
               .ranks = options.ranks,
               .slots = options.ranks,
               .job = fmt::format("{}", getpid()),
               .launcher = ""};
}

std::vector<harness::worker::ModuleReport> probe_modules(const RunOptions& options,
                                                         const Place& place) {
  constexpr double kSeconds = 10;
  // All ranks of a host probe at the same time, unless one process starts them.
  const unsigned cores = std::max(1U, std::thread::hardware_concurrency());
  const double at_once = place.launcher.empty() ? 1 : std::max(1U, place.slots / cores);
  // The launcher's devices are not named, so that all modules are asked.
  return harness::worker::probe_all(worker_settings(options, options.what.threads),
                                    kSeconds * at_once);
}

namespace {

std::string rendezvous_of(const RunOptions& options) {
  using harness::ranks::environment_variable;
  // Rank 0 tells the ranks that it starts.
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

/// The index of this rank's device: an accelerator if there is one, else a processor.
std::size_t own_device(const Preparation& found, const Place& place) {
  std::vector<std::size_t> accelerators, others;
  for (std::size_t i = 0; i < found.devices.size(); ++i) {
    (results::record::is_last_choice(found.devices[i]) ? others : accelerators).push_back(i);
  }
  const auto& choice = accelerators.empty() ? others : accelerators;
  if (choice.empty()) throw Error("no device was found", "`assay devices --explain` says more");
  return choice[place.slot % choice.size()];
}

/// Adds workers for devices that exist only under a launcher, such as host memory between which MPI
/// moves data.
void add_ranks_of_launcher(const RunOptions& options, Preparation& found,
                           const harness::worker::Interrupt& interrupt) {
  for (const harness::worker::ModuleReport& module : found.modules) {
    for (const results::record::DeviceIdentity& device : module.devices) {
      if (!device.properties.contains("ranks")) continue;
      found.workers.emplace_back(worker_settings(options, options.what.threads), device,
                                 module.path, &interrupt);
    }
  }
}

/// What this rank measures with. The workers are in `found`, which then has only its device.
harness::ranks::Equipment equip(const RunOptions& options, const Place& place,
                                std::vector<harness::worker::ModuleReport> modules,
                                Preparation& found, const harness::worker::Interrupt& interrupt) {
  found = prepare(options, options.what.threads, interrupt, std::move(modules));
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
  out.environment_json =
      harness::environment::environment_json(found.modules, options.what.threads);
  out.workers = &found.workers;
  return out;
}

/// Keeps the records in a file of this host, since rank 0 no longer takes them.
void rescue(const Place& place, const Preparation& found, const RunOptions& options,
            const std::vector<results::record::Record>& records) {
  const std::string file =
      (std::filesystem::temp_directory_path() /
       fmt::format("assay-{}-rank{}.db", records.front().run.substr(0, 8), place.rank))
          .string();
  auto store = open_store(file, results::store::Access::write);
  results::record::Run run;
  run.id = records.front().run;
  run.started = records.front().started;
  run.suite = options.what.suite;
  run.command = command_line();
  run.host = harness::environment::host_name();
  run.assay_version = harness::environment::version_text();
  run.plan = harness::plan::plan_to_json({}, {});
  run.environment = store.put_environment(
      harness::environment::environment_json(found.modules, options.what.threads));
  store.begin(run);
  store.put(records);
  fmt::print(stderr,
             "note: rank {}: rank 0 is lost; {} are in {} on {}\n"
             "  to add them: assay push --all --db {} --to STORE\n",
             place.rank, results::page::counted(records.size(), "measurement"), file,
             harness::environment::host_name(), file);
}

int be_member(const RunOptions& options, const Place& place,
              const harness::worker::Interrupt& interrupt) {
  std::optional<harness::ranks::Briefing> told;
  if (place.launcher == "assay") told = harness::ranks::briefing_from_parent();
  const harness::ranks::Meeting meeting(rendezvous_of(options), place,
                                        told ? std::optional(told->secret) : std::nullopt);
  harness::ranks::Member member(place, meeting, interrupt, options.ranks.gather_seconds);
  Preparation found;
  harness::ranks::Equipment equipment;
  try {
    equipment = equip(
        options, place,
        told && !told->modules.empty() ? std::move(told->modules) : probe_modules(options, place),
        found, interrupt);
  } catch (const Error& error) {
    member.fail(error.what(), error.hint());
    return kDone;
  }
  harness::worker::SessionOptions session = session_options(options);
  session.environment = sha256(equipment.environment_json);
  member.serve(equipment, session, [&](const std::vector<results::record::Record>& records) {
    rescue(place, found, options, records);
  });
  return kDone;
}

}  // namespace

int run_as_rank(const RunOptions& options, const Place& place,
                const harness::worker::Interrupt& interrupt) {
  if (place.rank > 0 || place.launcher == "assay") {
    // Only rank 0 reports what is wrong with the command line.
    try {
      problems_of(options, place.ranks);
    } catch (const InputError&) {
      return kBadInput;
    }
    return options.dry_run ? kDone : be_member(options, place, interrupt);
  }
  if (options.dry_run) {
    Preparation found;
    const harness::ranks::Equipment equipment =
        equip(options, place, probe_modules(options, place), found, interrupt);
    fmt::print(stderr, "the plan of rank 0, for each of {} ranks:\n", place.ranks);
    return show_plan(options, found, equipment.plan);
  }
  return gather_ranks(options, place, rendezvous_of(options), interrupt);
}

}  // namespace assay::cli::run
