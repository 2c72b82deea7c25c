#include "results/network/simulation_json.h"

#include "results/record/json_library.h"

namespace assay::results::network {

using nlohmann::ordered_json;

ordered_json to_json(const SimulationRequest& request) {
  ordered_json tiers = ordered_json::array();
  for (const Tier& tier : request.network.tiers) {
    tiers.push_back({{"name", tier.name},
                     {"endpoints", tier.endpoints},
                     {"port", tier.port.value},
                     {"uplink", tier.uplink.value},
                     {"own_port", tier.own_port},
                     {"latency", tier.latency.value},
                     {"efficiency", tier.efficiency.value}});
  }
  return {{"network",
           {{"id", request.network.id},
            {"endpoint", request.network.endpoint},
            {"endpoints", request.network.endpoints},
            {"tiers", tiers}}},
          {"collective", name(request.collective)},
          {"algorithm", request.algorithm},
          {"ranks", request.group.ranks},
          {"stride", request.group.stride},
          {"bytes", request.bytes},
          {"every_round", request.every_round}};
}

SimulationRequest request_from_json(const ordered_json& json) {
  SimulationRequest out;
  const ordered_json& network = json.at("network");
  out.network.id = network.at("id");
  out.network.endpoint = network.at("endpoint");
  out.network.endpoints = network.at("endpoints");
  for (const ordered_json& one : network.at("tiers")) {
    Tier tier;
    tier.name = one.at("name");
    tier.endpoints = one.at("endpoints");
    tier.port.value = one.at("port");
    tier.uplink.value = one.at("uplink");
    tier.own_port = one.at("own_port");
    tier.latency.value = one.at("latency");
    tier.efficiency.value = one.at("efficiency");
    out.network.tiers.push_back(std::move(tier));
  }
  out.collective = collective_named(json.at("collective").get<std::string>());
  out.algorithm = json.at("algorithm");
  out.group = {json.at("ranks"), json.at("stride")};
  out.bytes = json.at("bytes");
  out.every_round = json.at("every_round");
  return out;
}

}  // namespace assay::results::network
