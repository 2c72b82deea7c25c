// assay-simulate: simulates one collective as flows over a platform with SimGrid. Reads a JSON
// request from standard input and writes a JSON answer to standard output; called by
// results/network/simulation.cpp.
#include <sys/resource.h>

#include <chrono>
#include <iostream>
#include <simgrid/s4u.hpp>
#include <sstream>

#include "kernels/error.h"
#include "results/network/rounds.h"
#include "results/network/simulation_json.h"
#include "results/network/simulator/platform.h"
#include "results/record/json_library.h"

namespace {

using namespace assay::results::network;
namespace s4u = simgrid::s4u;

/// Number of rounds of each stage that are simulated if not all are.
constexpr long kRoundsPerStage = 3;

struct Totals {
  double seconds =
      0;  ///< of all rounds; the mean of its stage is used for a round that was not simulated
  long simulated = 0, flows = 0;
};

double run_round(const Platform& platform, const Round& round, long& flows) {
  std::vector<s4u::CommPtr> under_way;
  under_way.reserve(round.size());
  const double begin = s4u::Engine::get_clock();
  for (const Message& one : round) {
    const auto [from, to] = platform.ends(one.from, one.to);
    const auto bytes = static_cast<std::uint64_t>(std::max(1.0, one.bytes));
    under_way.push_back(s4u::Comm::sendto_async(from, to, bytes));
  }
  s4u::Comm::wait_all(under_way);
  flows += static_cast<long>(under_way.size());
  return s4u::Engine::get_clock() - begin;
}

Totals simulate(const Platform& platform, const Schedule& schedule, bool every_round) {
  Totals out;
  for (const Stage& stage : schedule.stages) {
    const long rounds = every_round ? stage.count : std::min(stage.count, kRoundsPerStage);
    double seconds = 0;
    for (long number = 0; number < rounds; ++number) {
      seconds += run_round(platform, schedule.everywhere(stage.round(number)), out.flows);
    }
    out.seconds += seconds / static_cast<double>(rounds) * static_cast<double>(stage.count);
    out.simulated += rounds;
  }
  return out;
}

nlohmann::ordered_json answer(const SimulationRequest& request) {
  const auto begin = std::chrono::steady_clock::now();
  const Schedule schedule = schedule_of(request.network, request.collective, request.group,
                                        request.bytes, request.algorithm);
  const Platform platform(request.network);
  Totals totals;
  s4u::Actor::create("driver", platform.first(),
                     [&] { totals = simulate(platform, schedule, request.every_round); });
  s4u::Engine::get_instance()->run();
  const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - begin;
  rusage usage = {};
  getrusage(RUSAGE_SELF, &usage);
  return {{"seconds", totals.seconds},
          {"rounds", schedule.count()},
          {"rounds_simulated", totals.simulated},
          {"flows", totals.flows},
          {"wall_seconds", spent.count()},
          {"peak_bytes", static_cast<double>(usage.ru_maxrss) * 1024}};
}

}  // namespace

int main(int argc, char** argv) {
  s4u::Engine engine(&argc, argv);
  // Links share their full rate, without the corrections of the default model for TCP and Ethernet.
  for (const char* setting : {"network/model:CM02", "network/crosstraffic:0",
                              "network/TCP-gamma:1e15", "contexts/stack-size:256"}) {
    s4u::Engine::set_config(setting);
  }
  std::stringstream text;
  text << std::cin.rdbuf();
  try {
    std::cout << answer(request_from_json(nlohmann::ordered_json::parse(text.str()))) << '\n';
    return 0;
  } catch (const assay::InputError& error) {
    std::cout << nlohmann::ordered_json{{"error", error.what()}, {"hint", error.hint()}} << '\n';
    return 2;
  } catch (const std::exception& error) {
    std::cerr << "assay-simulate: " << error.what() << '\n';
    return 1;
  }
}
