#include "results/project/inputs.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <stdexcept>

#include "kernels/error.h"
#include "kernels/philox.h"
#include "results/project/data_files.h"

namespace assay::results::project {

namespace {

constexpr double kNormal95 = 1.96;

/// Even a figure whose published digits are exact is assumed to be uncertain by half a percent.
constexpr double kLeastSpread = 0.005;

Input amount_input(const std::string& name, const network::Amount& amount, bool share) {
  return {name,  amount.value,   std::max(kLeastSpread, amount.uncertainty),
          share, amount.assumed, amount.source};
}

Input assumption_input(const toml::table& table) {
  const double value = table["value"].value_or(0.0), low = table["low"].value_or(value),
               high = table["high"].value_or(value);
  const std::string id = table["id"].value_or(std::string());
  Input out{id,
            value,
            std::log(high / low) / (2 * kNormal95),
            id.starts_with("efficiency"),
            true,
            table["source"].value_or(std::string())};
  out.share = out.share || id == "overlap" || id == "acceptance" || id == "small-kernels";
  return out;
}

/// An entry for the system takes precedence over the entry for all systems.
void add_assumptions(const claims::System& endpoint, std::vector<Input>& inputs) {
  const toml::table file = toml::parse(project_file("assumptions.toml"));
  for (const toml::node& node : *file["assumption"].as_array()) {
    const toml::table& table = *node.as_table();
    const std::string system = table["system"].value_or(std::string());
    if (!system.empty() && system != endpoint.id) continue;
    Input input = assumption_input(table);
    const auto same = std::find_if(inputs.begin(), inputs.end(),
                                   [&](const Input& one) { return one.name == input.name; });
    if (same == inputs.end()) {
      inputs.push_back(std::move(input));
    } else if (!system.empty()) {
      *same = std::move(input);
    }
  }
}

/// A normal number for an input in a draw, by Box & Muller (1958).
double normal_of(std::uint64_t seed, std::uint64_t draw, std::size_t input) {
  constexpr std::uint32_t kDomain = 0x50524f4a;
  std::array<std::uint32_t, kernels::kPhiloxWords> bits{};
  kernels::philox_blocks(seed, static_cast<std::uint32_t>(input), kDomain, draw, bits);
  const auto uniform = [](std::uint32_t word) { return (word + 0.5) / 4294967296.0; };
  return std::sqrt(-2 * std::log(uniform(bits[0]))) *
         std::cos(2 * std::numbers::pi * uniform(bits[1]));
}

}  // namespace

Input figure_input(const claims::Catalogue& catalogue, const claims::System& endpoint,
                   const std::string& quantity) {
  const claims::Property* property = endpoint.figure(quantity);
  double parts = 1;
  std::string owner = endpoint.id;
  for (auto whole = catalogue.systems.begin();
       property == nullptr && whole != catalogue.systems.end(); ++whole) {
    const auto part = whole->second.parts.find(endpoint.id);
    if (part == whole->second.parts.end() || whole->second.parts.size() > 1) continue;
    property = whole->second.figure(quantity);
    parts = part->second;
    owner = whole->first;
  }
  if (property == nullptr) {
    throw InputError(fmt::format("{}: no {} is published", endpoint.id, quantity),
                     "use another type, or add the figure to the file of the system");
  }
  const double half = (property->range.upper - property->range.lower) / 2;
  return {quantity,
          property->value / parts,
          std::max(kLeastSpread, half / std::sqrt(3.0) / property->value),
          false,
          false,
          fmt::format("{}:{}{}, {}", owner, quantity, parts > 1 ? fmt::format(" / {}", parts) : "",
                      property->source.title)};
}

double Values::operator[](std::string_view name) const {
  const auto found = values_.find(name);
  if (found == values_.end()) throw std::logic_error("there is no input " + std::string(name));
  return found->second;
}

std::vector<Input> inputs_of(const claims::Catalogue& catalogue, const claims::System& endpoint,
                             const network::Network* network,
                             const std::vector<std::string>& figures) {
  std::vector<Input> out;
  for (const std::string& quantity : figures)
    out.push_back(figure_input(catalogue, endpoint, quantity));
  if (network != nullptr) {
    for (std::size_t tier = 0; tier < network->tiers.size(); ++tier) {
      const network::Tier& one = network->tiers[tier];
      const std::string name = fmt::format("network.{}.", tier);
      out.push_back(amount_input(name + "port", one.port, false));
      if (one.uplink.value > 0) out.push_back(amount_input(name + "uplink", one.uplink, false));
      out.push_back(amount_input(name + "latency", one.latency, false));
      out.push_back(amount_input(name + "efficiency", one.efficiency, true));
    }
  }
  add_assumptions(endpoint, out);
  return out;
}

Values nominal(const std::vector<Input>& inputs) {
  Values out;
  for (const Input& input : inputs) out.set(input.name, input.value);
  return out;
}

Values drawn(const std::vector<Input>& inputs, std::uint64_t seed, std::uint64_t draw) {
  Values out;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const Input& input = inputs[i];
    double value = input.value * std::exp(input.spread * normal_of(seed, draw, i));
    if (input.share) value = std::min(value, 1.0);
    out.set(input.name, value);
  }
  return out;
}

network::Network with_values(network::Network network, const Values& values) {
  for (std::size_t tier = 0; tier < network.tiers.size(); ++tier) {
    network::Tier& one = network.tiers[tier];
    const std::string name = fmt::format("network.{}.", tier);
    one.port.value = values[name + "port"];
    if (one.uplink.value > 0) one.uplink.value = values[name + "uplink"];
    one.latency.value = values[name + "latency"];
    one.efficiency.value = values[name + "efficiency"];
  }
  return network;
}

bool has_figure(const claims::Catalogue& catalogue, const claims::System& endpoint,
                const std::string& quantity) {
  try {
    figure_input(catalogue, endpoint, quantity);
    return true;
  } catch (const InputError&) {
    return false;
  }
}

}  // namespace assay::results::project
