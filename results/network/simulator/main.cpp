// assay-simulate: simulates one collective as flows over a platform with SimGrid. Reads a JSON
// request from standard input and writes a JSON answer to standard output; called by
// results/network/simulation.cpp.
#include <sys/resource.h>

#include <chrono>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <simgrid/s4u.hpp>
#include <sstream>

#include "kernels/error.h"
#include "results/network/rounds.h"
#include "results/network/simulation_json.h"
#include "results/network/simulator/platform.h"

namespace {

using namespace assay::results::network;
namespace s4u = simgrid::s4u;

/// Number of rounds of each kind that are simulated if not all are.
constexpr long kRoundsPerKind = 3;

struct Totals {
  double seconds =
      0;  ///< of all rounds; the mean of its kind is used for a round that was not simulated
  long simulated = 0, flows = 0;
};

double run_round(const Platform& platform, const Round& round, long& flows) {
  std::vector<s4u::CommPtr> under_way;
  under_way.reserve(round.messages.size());
  const double begin = s4u::Engine::get_clock();
  for (const Message& one : round.messages) {
    const auto [from, to] = platform.ends(one.from, one.to);
    const auto bytes = static_cast<std::uint64_t>(std::max(1.0, one.bytes));
    under_way.push_back(s4u::Comm::sendto_async(from, to, bytes));
  }
  s4u::Comm::wait_all(under_way);
  flows += static_cast<long>(under_way.size());
  return s4u::Engine::get_clock() - begin;
}

Totals simulate(const Platform& platform, const Schedule& schedule, bool every_round) {
  struct Kind {
    long rounds = 0, simulated = 0;
    double seconds = 0;
  };
  std::map<int, Kind> kinds;
  Totals out;
  for (long number = 0; number < schedule.count; ++number) {
    const Round round = schedule.round(number);
    Kind& kind = kinds[round.kind];
    ++kind.rounds;
    if (!every_round && kind.simulated >= kRoundsPerKind) continue;
    kind.seconds += run_round(platform, round, out.flows);
    ++kind.simulated;
    ++out.simulated;
  }
  for (const auto& [number, kind] : kinds) {
    out.seconds +=
        kind.seconds / static_cast<double>(kind.simulated) * static_cast<double>(kind.rounds);
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
          {"rounds", schedule.count},
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
