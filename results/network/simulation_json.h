// Messages between the program and its simulator.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "results/network/network.h"

namespace assay::results::network {

struct SimulationRequest {
  Network network;
  Collective collective = Collective::all_reduce;
  std::string algorithm;
  Group group;
  double bytes = 0;
  bool every_round = true;
};

nlohmann::ordered_json to_json(const SimulationRequest& request);
SimulationRequest request_from_json(const nlohmann::ordered_json& json);

}  // namespace assay::results::network
