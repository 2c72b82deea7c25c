#include "results/network/simulation.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <optional>

#include "kernels/error.h"
#include "results/network/rounds.h"
#include "results/network/simulation_json.h"
#include "results/process/command.h"
#include "results/record/json_library.h"

namespace assay::results::network {

namespace {

namespace fs = std::filesystem;

/// With more messages than this, only some rounds of each stage are simulated.
constexpr double kMostMessages = 1e6;
/// Of more ranks, sending everything at once is not simulated unless it is asked for: all of its
/// flows share the links at the same time, and the simulator takes 1 s for those of 24 ranks, 10 s
/// for those of 32 and a minute for those of 64.
constexpr int kMostRanksAtOnce = 24;

/// Path of the simulator: from ASSAY_SIMULATOR, next to the program, or in its installation.
std::optional<fs::path> simulator() {
  std::error_code ignored;
  const fs::path program = fs::read_symlink("/proc/self/exe", ignored).parent_path();
  std::vector<fs::path> candidates = {program / "assay-simulate",
                                      program / "../libexec/assay/assay-simulate"};
  if (const char* named = std::getenv("ASSAY_SIMULATOR"))
    candidates.insert(candidates.begin(), named);
  for (const fs::path& one : candidates) {
    if (access(one.c_str(), X_OK) == 0) return one;
  }
  return std::nullopt;
}

/// The fastest algorithm by closed form.
std::string chosen(const Network& network, Collective collective, const Group& group,
                   double bytes) {
  auto costs = closed_forms(network, collective, group, bytes);
  std::erase_if(costs, [&](const CollectiveCost& one) {
    return one.algorithm == "direct" && group.ranks > kMostRanksAtOnce;
  });
  return std::min_element(
             costs.begin(), costs.end(),
             [](const CollectiveCost& a, const CollectiveCost& b) { return a.seconds < b.seconds; })
      ->algorithm;
}

double messages_of(const Schedule& schedule) {
  double sum = 0;
  for (const Stage& stage : schedule.stages) {
    const Round round = schedule.everywhere(stage.round(0));
    sum += static_cast<double>(stage.count) * static_cast<double>(round.size());
  }
  return sum;
}

}  // namespace

bool can_simulate() {
  return simulator().has_value();
}

Simulated simulated(const Network& network, Collective collective, const Group& group, double bytes,
                    const std::string& algorithm) {
  const auto program = simulator();
  if (!program) {
    throw Error("the simulator is missing: this build or package was made without SimGrid",
                "install libsimgrid-dev and build again, or use the closed formulas");
  }
  SimulationRequest request{network, collective, algorithm, group, bytes};
  if (request.algorithm.empty()) {
    request.algorithm = chosen(network, collective, group, bytes);
  }
  const Schedule schedule = schedule_of(network, collective, group, bytes, request.algorithm);
  request.every_round = messages_of(schedule) <= kMostMessages;
  const process::CommandResult result =
      process::run_command_with_text({program->string()}, to_json(request).dump());
  const auto answer = nlohmann::ordered_json::parse(result.out, nullptr, false);
  if (answer.is_object() && answer.contains("error")) {
    throw InputError(answer.at("error"), answer.at("hint"));
  }
  if (result.code != 0 || !answer.is_object()) {
    throw Error(fmt::format("the simulator failed: {}",
                            result.error.empty()
                                ? "it was killed, possibly because it used too much memory"
                                : result.error));
  }
  Simulated out;
  out.seconds = answer.at("seconds");
  out.algorithm = request.algorithm;
  out.rounds = answer.at("rounds");
  out.rounds_simulated = answer.at("rounds_simulated");
  out.flows = answer.at("flows");
  out.wall_seconds = answer.at("wall_seconds");
  out.peak_bytes = answer.at("peak_bytes");
  return out;
}

}  // namespace assay::results::network
