// assay network [SYSTEM]: what connects a system's devices, and what collectives cost on it.
#include "results/network/network.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "harness/cli/catalogue_options.h"
#include "harness/cli/claims/text.h"
#include "harness/cli/completion.h"
#include "harness/cli/verb.h"
#include "harness/terminal/quantities.h"
#include "harness/terminal/table.h"
#include "harness/terminal/wrapped.h"
#include "kernels/error.h"
#include "results/network/simulation.h"

namespace assay::cli {
extern const Verb network_verb;

namespace {

using harness::terminal::Align;
using harness::terminal::Table;
using nlohmann::ordered_json;
using results::network::Amount;
using results::network::Network;
using results::network::Tier;

struct Options {
  std::string system, collective = "all_reduce";
  std::vector<std::string> sizes;
  int ranks = 0, stride = 1, endpoints = 0;
  bool simulate = false, json = false;
  CatalogueChoice catalogue;
};

/// A size, its cost in closed form, and as simulated.
struct Row {
  double bytes = 0;
  results::network::CollectiveCost cost;
  std::optional<results::network::Simulated> simulated;
  double formula_of_simulated = 0;  ///< seconds, by the same algorithm

  /// Of the bytes that a rank holds; and what nccl-tests calls its bus bandwidth.
  double algorithm_rate() const { return bytes / cost.seconds; }
};

double parse_size(const std::string& text) {
  try {
    const results::claims::Quantity quantity =
        results::claims::parse_quantity(text + (std::isdigit(text.back()) ? " B" : ""));
    if (quantity.value >= 1) return quantity.value;
  } catch (const InputError&) {
  }
  throw InputError(fmt::format("--size {}: is no number of bytes", text),
                   "write 8, \"64 KiB\" or \"1 GB\"");
}

std::vector<Row> rows_of(const results::network::Network& network, const Options& options,
                         const results::network::Group& group) {
  const auto collective = results::network::collective_named(options.collective);
  std::vector<Row> rows;
  for (const std::string& size : options.sizes) {
    Row row;
    row.bytes = parse_size(size);
    row.cost = closed_form(network, collective, group, row.bytes);
    if (options.simulate) {
      row.simulated = simulated(network, collective, group, row.bytes);
      row.formula_of_simulated =
          closed_form_by(network, collective, group, row.bytes, row.simulated->algorithm).seconds;
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

std::string amount_text(const results::network::Amount& amount, const std::string& value) {
  const std::string spread =
      amount.uncertainty > 0 ? fmt::format(" ±{:.0f}%", 196 * amount.uncertainty) : "";
  return fmt::format("{}{} ({})", value, spread, amount.source);
}

std::string tier_text(const results::network::Tier& tier) {
  std::string text = fmt::format("{}: {} endpoints\n", tier.name, tier.endpoints);
  const auto line = [&](const std::string& what) { text += harness::terminal::wrapped(what, 4); };
  line("port " + amount_text(tier.port, harness::terminal::rate_text(tier.port.value, "B/s")) +
       (tier.own_port ? ", beside that of the tier below" : ""));
  if (tier.uplink.value > 0) {
    line("uplink of a group " +
         amount_text(tier.uplink, harness::terminal::rate_text(tier.uplink.value, "B/s")));
  }
  line("latency " +
       amount_text(tier.latency, harness::terminal::duration_text(tier.latency.value)));
  line("transfers reach " +
       amount_text(tier.efficiency, harness::terminal::percent_text(tier.efficiency.value)));
  return text;
}

std::string cost_text(const Options& options, const results::network::Group& group,
                      const std::vector<Row>& rows) {
  harness::terminal::Table table({{"bytes", Align::right},
                                  {"closed form", Align::right},
                                  {"algorithm"},
                                  {"busbw", Align::right},
                                  {options.simulate ? "simulated" : "", Align::right},
                                  {options.simulate ? "algorithm" : ""},
                                  {options.simulate ? "its formula" : "", Align::right}});
  const double factor =
      bus_factor(results::network::collective_named(options.collective), group.ranks);
  for (const Row& row : rows) {
    std::vector<harness::terminal::Cell> cells = {
        {harness::terminal::bytes_text(row.bytes)},
        {harness::terminal::duration_text(row.cost.seconds)},
        {row.cost.algorithm},
        {harness::terminal::rate_text(row.algorithm_rate() * factor, "B/s")}};
    if (row.simulated) {
      cells.push_back({harness::terminal::duration_text(row.simulated->seconds)});
      cells.push_back({row.simulated->algorithm});
      cells.push_back({harness::terminal::duration_text(row.formula_of_simulated)});
    }
    table.add(cells);
  }
  return table.text(2, harness::terminal::terminal_width(), harness::terminal::use_colour());
}

ordered_json to_json(const results::network::Network& network, const results::network::Group& group,
                     const std::vector<Row>& rows) {
  const auto amount = [](const results::network::Amount& one) {
    return ordered_json{{"value", one.value},
                        {"relative_standard_uncertainty", one.uncertainty},
                        {"source", one.source},
                        {"assumed", one.assumed}};
  };
  ordered_json tiers = ordered_json::array(), costs = ordered_json::array();
  for (const results::network::Tier& tier : network.tiers) {
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
                          {"bandwidth_seconds", row.cost.bandwidth_seconds}}}};
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
          {"ranks", group.ranks},
          {"stride", group.stride},
          {"projected", true},
          {"costs", costs}};
}

int run(const Options& options) {
  if (options.system.empty()) {
    for (const std::string& system : results::network::systems_with_networks())
      fmt::print("{}\n", system);
    return kDone;
  }
  results::network::Network network =
      results::network::network_of(load_catalogue(options.catalogue), options.system);
  if (options.endpoints > 0) network = scaled(network, options.endpoints);
  const results::network::Group group = {options.ranks > 0 ? options.ranks : network.endpoints,
                                         options.stride};
  const auto rows = rows_of(network, options, group);
  if (options.json) {
    fmt::print("{}\n", to_json(network, group, rows).dump(2));
    return kDone;
  }
  fmt::print("{}: {} endpoints ({})\n", network.id, network.endpoints, network.endpoint);
  for (const results::network::Tier& tier : network.tiers) fmt::print("  {}", tier_text(tier));
  fmt::print("\n{} over {} ranks, projected from these figures\n{}", options.collective,
             group.ranks, cost_text(options, group, rows));
  return kDone;
}

std::function<int()> add(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  options->sizes = {"8", "64 KiB", "1 MiB", "64 MiB", "1 GiB"};
  complete_with(
      app.add_option("system", options->system, "The system; without it, those there are"),
      results::network::systems_with_networks);
  app.add_option("--collective", options->collective,
                 "all_reduce, all_gather, reduce_scatter, all_to_all, broadcast, send_receive")
      ->capture_default_str();
  app.add_option("--size", options->sizes, "Of a rank's buffer: 8, \"64 KiB\"; may be repeated")
      ->allow_extra_args(false);
  app.add_option("--ranks", options->ranks, "So many take part (default: all endpoints)");
  app.add_option("--stride", options->stride, "They lie so far apart");
  app.add_option("--endpoints", options->endpoints, "As if the system had so many");
  app.add_flag("--simulate", options->simulate, "Simulate the flows too (SimGrid)");
  app.add_flag("--json", options->json, "Print JSON");
  add_catalogue_options(app, options->catalogue);
  app.footer(
      "Examples:\n"
      "  assay network cloudmatrix384 --collective all_to_all --simulate\n"
      "  assay network h800-cluster --ranks 64 --size \"7 MiB\"\n"
      "\n"
      "Closed forms are the cheapest of the algorithms that libraries choose from\n"
      "(Thakur, Rabenseifner & Gropp 2005), tier by tier. All figures are projected.");
  return [options] { return run(*options); };
}

}  // namespace

const Verb network_verb = {"network", "Show a network and what collectives cost on it", add};

}  // namespace assay::cli
