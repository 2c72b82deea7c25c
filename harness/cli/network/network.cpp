// assay network [SYSTEM]: a system's network, and the time of collectives on it.
#include "results/network/network.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>

#include "harness/cli/catalogue_options.h"
#include "harness/cli/common_options.h"
#include "harness/cli/values.h"
#include "harness/cli/verb.h"
#include "harness/terminal/table.h"
#include "harness/terminal/wrapped.h"
#include "kernels/error.h"
#include "results/network/simulation.h"
#include "results/page/quantity_text.h"
#include "results/record/json_library.h"

namespace assay::cli::network {
extern const Verb verb;

namespace {

using harness::terminal::Align;
using harness::terminal::Table;
using nlohmann::ordered_json;
using results::network::Amount;
using results::network::Network;
using results::network::Tier;

constexpr std::array kSizes = {8.0, 65536.0, 1048576.0, 67108864.0, 1073741824.0};

struct Arguments {
  std::string system;
  results::network::Collective collective = results::network::Collective::all_reduce;
  std::vector<double> sizes;                 ///< bytes; empty: kSizes
  int ranks = 0, stride = 1, endpoints = 0;  ///< 0: all that the system has
  bool simulate = false, json = false;
  CatalogueChoice catalogue;
};

/// A size with its time by closed form and by simulation.
struct Row {
  double bytes = 0;
  results::network::CollectiveCost cost;
  std::optional<results::network::Simulated> simulated;
  double formula_of_simulated = 0;  ///< seconds, by the same algorithm

  /// Bytes of one rank per second; times the bus factor, what nccl-tests calls bus bandwidth.
  double algorithm_rate() const { return bytes / cost.seconds; }
};

std::vector<Row> rows_of(const Network& network, const Arguments& arguments,
                         const results::network::Group& group) {
  const auto collective = arguments.collective;
  const auto sizes =
      arguments.sizes.empty() ? std::vector<double>(kSizes.begin(), kSizes.end()) : arguments.sizes;
  std::vector<Row> rows;
  for (const double size : sizes) {
    Row row;
    row.bytes = size;
    row.cost = closed_form(network, collective, group, row.bytes);
    if (arguments.simulate) {
      row.simulated = simulated(network, collective, group, row.bytes);
      row.formula_of_simulated =
          closed_form_by(network, collective, group, row.bytes, row.simulated->algorithm).seconds;
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

std::string amount_text(const Amount& amount, const std::string& value) {
  const std::string spread =
      amount.uncertainty > 0 ? " " + results::page::half_width_text(1.96 * amount.uncertainty) : "";
  return fmt::format("{}{} ({})", value, spread, amount.source);
}

std::string tier_text(const Tier& tier) {
  std::string text = fmt::format("{}: {} endpoints\n", tier.name, tier.endpoints);
  const auto line = [&](const std::string& what) { text += harness::terminal::wrapped(what, 4); };
  line("port " + amount_text(tier.port, results::page::scaled_text(tier.port.value, "B/s")) +
       (tier.own_port ? ", separate from the port of the tier below" : ""));
  if (tier.uplink.value > 0) {
    line("uplink of a group " +
         amount_text(tier.uplink, results::page::scaled_text(tier.uplink.value, "B/s")));
  }
  line("latency " + amount_text(tier.latency, results::page::duration_text(tier.latency.value)));
  line("transfers reach " +
       amount_text(tier.efficiency, results::page::percent_text(tier.efficiency.value)));
  return text;
}

std::string cost_text(const Arguments& arguments, const results::network::Group& group,
                      const std::vector<Row>& rows) {
  // The simulation takes another algorithm where the fastest one has too many messages.
  const bool others = std::any_of(rows.begin(), rows.end(), [](const Row& row) {
    return row.simulated && row.simulated->algorithm != row.cost.algorithm;
  });
  Table table({{"bytes", Align::right},
               {"closed form", Align::right},
               {"algorithm"},
               {"busbw", Align::right},
               {arguments.simulate ? "simulated" : "", Align::right},
               {others ? "algorithm" : ""},
               {others ? "its formula" : "", Align::right}});
  const double factor = bus_factor(arguments.collective, group.ranks);
  for (const Row& row : rows) {
    std::vector<harness::terminal::Cell> cells = {
        {results::page::bytes_text(row.bytes)},
        {results::page::duration_text(row.cost.seconds)},
        {row.cost.algorithm},
        {results::page::scaled_text(row.algorithm_rate() * factor, "B/s")}};
    if (row.simulated) cells.push_back({results::page::duration_text(row.simulated->seconds)});
    if (row.simulated && others) {
      cells.push_back({row.simulated->algorithm});
      cells.push_back({results::page::duration_text(row.formula_of_simulated)});
    }
    table.add(cells);
  }
  return table.text(2, harness::terminal::terminal_width(), harness::terminal::use_colour());
}

ordered_json to_json(const Network& network, const results::network::Group& group,
                     results::network::Collective collective, const std::vector<Row>& rows) {
  const double factor = bus_factor(collective, group.ranks);
  const auto amount = [](const Amount& one) {
    return ordered_json{{"value", one.value},
                        {"relative_standard_uncertainty", one.uncertainty},
                        {"source", one.source},
                        {"assumed", one.assumed}};
  };
  ordered_json tiers = ordered_json::array(), costs = ordered_json::array();
  for (const Tier& tier : network.tiers) {
    tiers.push_back({{"name", tier.name},
                     {"endpoints", tier.endpoints},
                     {"port", amount(tier.port)},
                     {"uplink", amount(tier.uplink)},
                     {"own_port", tier.own_port},
                     {"latency", amount(tier.latency)},
                     {"efficiency", amount(tier.efficiency)}});
  }
  for (const Row& row : rows) {
    ordered_json one = {{"bytes", row.bytes},
                        {"closed_form",
                         {{"algorithm", row.cost.algorithm},
                          {"seconds", row.cost.seconds},
                          {"latency_seconds", row.cost.latency_seconds},
                          {"bandwidth_seconds", row.cost.bandwidth_seconds},
                          {"algbw_bytes_per_second", row.algorithm_rate()},
                          {"busbw_bytes_per_second", row.algorithm_rate() * factor}}}};
    if (row.simulated) {
      one["simulated"] = {{"algorithm", row.simulated->algorithm},
                          {"seconds", row.simulated->seconds},
                          {"closed_form_seconds", row.formula_of_simulated},
                          {"rounds", row.simulated->rounds},
                          {"rounds_simulated", row.simulated->rounds_simulated},
                          {"flows", row.simulated->flows},
                          {"wall_seconds", row.simulated->wall_seconds},
                          {"peak_bytes", row.simulated->peak_bytes}};
    }
    costs.push_back(std::move(one));
  }
  return {{"system", network.id},
          {"endpoint", network.endpoint},
          {"endpoints", network.endpoints},
          {"tiers", tiers},
          {"collective", name(collective)},
          {"ranks", group.ranks},
          {"stride", group.stride},
          {"projected", true},
          {"costs", costs}};
}

int run(const Arguments& arguments) {
  if (arguments.system.empty()) {
    for (const std::string& system : results::network::systems_with_networks())
      fmt::print("{}\n", system);
    return kDone;
  }
  const auto& catalogue = load_catalogue(arguments.catalogue);
  Network network = results::network::network_of(
      catalogue, results::network::id_as_written(catalogue, arguments.system));
  if (arguments.endpoints > 0) network = scaled(network, arguments.endpoints);
  const results::network::Group group = {arguments.ranks > 0 ? arguments.ranks : network.endpoints,
                                         arguments.stride};
  const auto rows = rows_of(network, arguments, group);
  if (arguments.json) {
    fmt::print("{}\n", to_json(network, group, arguments.collective, rows).dump(2));
    return kDone;
  }
  fmt::print("{}: {} endpoints ({})\n", network.id, network.endpoints, network.endpoint);
  for (const Tier& tier : network.tiers) fmt::print("  {}", tier_text(tier));
  fmt::print("\n{} over {} ranks, projected from these figures\n{}", name(arguments.collective),
             group.ranks, cost_text(arguments, group, rows));
  return kDone;
}

std::vector<std::pair<std::string, results::network::Collective>> collectives() {
  using results::network::Collective;
  std::vector<std::pair<std::string, results::network::Collective>> out;
  for (const results::network::Collective one :
       {results::network::Collective::all_reduce, results::network::Collective::all_gather,
        results::network::Collective::reduce_scatter, results::network::Collective::all_to_all,
        results::network::Collective::broadcast, results::network::Collective::send_receive}) {
    out.emplace_back(name(one), one);
  }
  return out;
}

std::function<int()> add(Options& options) {
  const auto arguments = std::make_shared<Arguments>();
  options
      .argument(arguments->system, text("SYSTEM", results::network::systems_with_networks),
                "A system with a described network")
      .default_rule = "list those systems";
  options
      .option("--collective", arguments->collective, choice("COLLECTIVE", collectives()),
              "The collective")
      .default_value("all_reduce");
  options.option("--size", arguments->sizes, bytes(), "Bytes of a rank's buffer, e.g. \"64 KiB\"")
      .default_rule = "8 B to 1 GiB";
  options.option("--ranks", arguments->ranks, count<int>(), "Number of ranks").default_rule =
      "all endpoints";
  options
      .option("--stride", arguments->stride, count<int>(), "Distance between participating ranks")
      .default_value("1");
  options.option("--endpoints", arguments->endpoints, count<int>(),
                 "Pretend the system has this many endpoints");
  add_simulate_option(options, arguments->simulate);
  add_json_option(options, arguments->json);
  add_catalogue_options(options, arguments->catalogue);
  options.footer(
      "Examples:\n"
      "  assay network cloudmatrix384 --collective all_to_all --simulate\n"
      "  assay network h800-cluster --ranks 64 --size \"7 MiB\"\n"
      "\n"
      "The closed form takes the fastest of the algorithms that libraries choose from\n"
      "(Thakur, Rabenseifner & Gropp 2005). It counts their rounds, for any number of\n"
      "ranks: the latency of each, and the bytes on its busiest link. The arithmetic\n"
      "of reductions is left out. All figures are projected.");
  return [arguments] { return run(*arguments); };
}

}  // namespace

const Verb verb = {"network", "Show a system's network and the time of collectives on it", add,
                   VerbGroup::decide};

}  // namespace assay::cli::network
