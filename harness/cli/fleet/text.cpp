#include "harness/cli/fleet/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "harness/terminal/table.h"
#include "harness/terminal/wrapped.h"
#include "results/exchange/csv.h"
#include "results/page/text.h"
#include "results/record/json_library.h"
#include "results/record/listing.h"

namespace assay::cli::fleet {

using harness::terminal::Align;
using harness::terminal::Cell;
using harness::terminal::Style;
using harness::terminal::Table;
using nlohmann::ordered_json;
using results::fleet::Fleet;
using results::fleet::FleetDevice;
using results::fleet::FleetFault;
using results::fleet::FleetFinding;
using results::fleet::FleetWork;

namespace {

constexpr std::size_t kMostFindings = 20, kMostWork = 12, kMostHosts = 16;

std::string more_text(std::size_t left, std::string_view thing) {
  return left == 0 ? ""
                   : fmt::format("  and {} more (--all)\n", results::page::counted(left, thing));
}

std::string where_text(const FleetFinding& finding) {
  std::string out;
  if (!finding.problem.empty()) {
    out = fmt::format("; {}", results::record::brief_problem(finding.problem));
    if (finding.count > 1) {
      out += fmt::format(" and {}", results::page::counted(finding.count - 1, "problem"));
      out += " more";
    }
  } else if (finding.count > 0) {
    out = fmt::format(" over all problems; significant in {}",
                      results::page::counted(finding.count, "problem"));
  } else {
    out = " over all problems";
  }
  return out;
}

std::string findings_text(const Fleet& fleet, const FleetStyle& style) {
  const std::size_t shown =
      style.all ? fleet.findings.size() : std::min(kMostFindings, fleet.findings.size());
  std::string text;
  for (std::size_t i = 0; i < shown; ++i) {
    const FleetFinding& finding = fleet.findings[i];
    const FleetDevice& device = fleet.devices[finding.device];
    const std::string fault = fmt::format("{:<12}", name(finding.fault));
    text += "  " +
            harness::terminal::styled(
                fault, should_drain(finding.fault) ? Style::bad : Style::doubtful, style.colour) +
            fmt::format("  {}{}\n", device.place(),
                        device.serial.empty() ? "" : ", serial " + device.serial);
    text += harness::terminal::wrapped(finding.text + where_text(finding), 16,
                                       static_cast<int>(style.width));
  }
  return text + more_text(fleet.findings.size() - shown, "finding");
}

std::string rate(const FleetWork& work, double value) {
  return results::page::scaled_text(value, !work.flop ? "B/s" : work.integer ? "OP/s" : "FLOP/s");
}

/// The problem where the slowest device costs most comes first.
std::string work_text(const Fleet& fleet, const FleetStyle& style) {
  std::vector<const FleetWork*> order;
  for (const FleetWork& work : fleet.work) order.push_back(&work);
  std::stable_sort(order.begin(), order.end(),
                   [](const FleetWork* a, const FleetWork* b) { return a->lost() > b->lost(); });
  Table table({{"problem"},
               {"sum", Align::right},
               {"at slowest speed", Align::right},
               {"lost", Align::right},
               {"slowest"}});
  const std::size_t shown = style.all ? order.size() : std::min(kMostWork, order.size());
  for (std::size_t i = 0; i < shown; ++i) {
    const FleetWork& work = *order[i];
    table.add({{results::record::brief_problem(work.problem) + "  " + work.implementation},
               {rate(work, work.total_rate)},
               {rate(work, work.synchronous_rate)},
               {results::page::percent_text(work.lost())},
               {fleet.devices[work.slowest].place() +
                (work.doubt.empty() ? "" : " (" + work.doubt + ")")}});
  }
  return table.text(2, style.width, style.colour) + more_text(order.size() - shown, "problem");
}

struct Mark {
  std::string text;
  Style style;
};

/// A device in the map: how much slower than the median it is, or a worse fault.
Mark mark_of(const Fleet& fleet, std::size_t device,
             const std::map<std::size_t, FleetFault>& worst) {
  const auto found = worst.find(device);
  if (found != worst.end() && found->second < FleetFault::slow) return {"X", Style::bad};
  const double slowness = fleet.devices[device].slowness;
  if (std::isnan(slowness)) return {"?", Style::doubtful};
  const int percent = static_cast<int>(std::lround(100 * std::expm1(slowness)));
  if (found != worst.end() && should_drain(found->second)) {
    return {fmt::format("+{}!", percent), Style::bad};
  }
  if (found != worst.end()) return {fmt::format("{:+}*", percent), Style::doubtful};
  return {percent == 0 ? "·" : fmt::format("{:+}", percent), Style::faint};
}

/// One row per host, one column per slot. Without `all` only hosts with a finding.
std::string map_text(const Fleet& fleet, const FleetStyle& style) {
  std::map<std::size_t, FleetFault> worst;
  for (const FleetFinding& finding : fleet.findings)
    worst.try_emplace(finding.device, finding.fault);
  std::vector<std::string> slots;
  std::vector<std::pair<std::string, std::map<std::string, std::size_t>>> hosts;
  for (std::size_t device = 0; device < fleet.devices.size(); ++device) {
    const FleetDevice& one = fleet.devices[device];
    const std::string host = one.rack.empty() ? one.host : one.rack + " " + one.host;
    if (hosts.empty() || hosts.back().first != host) hosts.push_back({host, {}});
    hosts.back().second.emplace(one.slot, device);
    if (std::find(slots.begin(), slots.end(), one.slot) == slots.end()) slots.push_back(one.slot);
  }
  if (hosts.size() < 2 && slots.size() < 2) return "";
  std::sort(slots.begin(), slots.end(), results::record::naturally_less);
  std::vector<Table::Column> columns = {{"host"}};
  for (const std::string& slot : slots) columns.push_back({slot, Align::right});
  Table table(columns);
  std::size_t left = 0, rows = 0;
  for (const auto& [host, devices] : hosts) {
    const bool stands_out = std::any_of(devices.begin(), devices.end(), [&](const auto& one) {
      return worst.contains(one.second);
    });
    if (!style.all && hosts.size() > kMostHosts && (!stands_out || rows >= kMostHosts)) {
      ++left;
      continue;
    }
    ++rows;
    std::vector<Cell> row = {{host}};
    for (const std::string& slot : slots) {
      const auto device = devices.find(slot);
      if (device == devices.end()) {
        row.push_back({""});
      } else {
        const Mark mark = mark_of(fleet, device->second, worst);
        row.push_back({mark.text, mark.style});
      }
    }
    table.add(row);
  }
  std::string text = "\nmean time above the median device, in %; by host and slot\n";
  if (rows > 0) text += table.text(2, style.width, style.colour);
  if (left > 0)
    text += fmt::format("  and {} more (--all)\n", results::page::counted(left, "host"));
  return text +
         "  X other output, wrong, failed or missing; ! slow or throttled; * hot, noisy or\n"
         "  high power; · less than 0.5%\n";
}

}  // namespace

std::string fleet_text(const Fleet& fleet, const FleetStyle& style) {
  std::string text = harness::terminal::wrapped(
      fmt::format("{} × {}: {}", fleet.devices.size(), fleet.name, headline(fleet)), 0,
      static_cast<int>(style.width));
  if (!fleet.findings.empty()) text += findings_text(fleet, style);
  text += map_text(fleet, style);
  text += "\n" + work_text(fleet, style);
  for (const std::string& why : fleet.untested) {
    text += harness::terminal::wrapped("untested: " + why, 2, static_cast<int>(style.width));
  }
  if (const auto hosts = fleet.hosts_to_drain(); !hosts.empty()) {
    text += harness::terminal::wrapped(
        fmt::format("{} to take out of service: `assay fleet --drain` lists {}",
                    results::page::counted(hosts.size(), "host"),
                    hosts.size() == 1 ? "it" : "them"),
        0, static_cast<int>(style.width));
  }
  return text + harness::terminal::wrapped(
                    fmt::format("{}; in a fleet without outliers the probability of any false "
                                "finding is at most {}",
                                results::page::counted(fleet.tests, "test"),
                                results::page::target_text(fleet.options.level)),
                    0, static_cast<int>(style.width));
}

ordered_json to_json(std::span<const Fleet> fleets) {
  ordered_json out = ordered_json::array();
  for (const Fleet& fleet : fleets) {
    ordered_json devices = ordered_json::array(), findings = ordered_json::array(),
                 work = ordered_json::array();
    for (const FleetDevice& device : fleet.devices) {
      devices.push_back(
          {{"serial", device.serial},
           {"rack", device.rack},
           {"host", device.host},
           {"slot", device.slot},
           {"rank", device.rank},
           {"slowness", std::isnan(device.slowness) ? ordered_json(nullptr)
                                                    : ordered_json(std::expm1(device.slowness))}});
    }
    for (const FleetFinding& finding : fleet.findings) {
      findings.push_back(
          {{"fault", name(finding.fault)},
           {"device", finding.device},
           {"problem", finding.problem},
           {"problems", finding.count},
           {"size", finding.size},
           {"deviations", std::isfinite(finding.deviations) ? ordered_json(finding.deviations)
                                                            : ordered_json(nullptr)},
           {"text", finding.text},
           {"records", finding.records}});
    }
    for (const FleetWork& one : fleet.work) {
      work.push_back({{"problem", one.problem},
                      {"implementation", one.implementation},
                      {"mode", name(one.mode)},
                      {"devices", one.devices},
                      {"median_seconds", one.median_seconds},
                      {"scatter", one.scatter},
                      {"unit", one.flop ? "FLOP/s" : "B/s"},
                      {"sum", one.total_rate},
                      {"pace", one.synchronous_rate},
                      {"lost", one.lost()},
                      {"slowest", one.slowest},
                      {"slowest_doubt", one.doubt}});
    }
    out.push_back({{"name", fleet.name},
                   {"headline", headline(fleet)},
                   {"speed_tested", fleet.speed_tested},
                   {"level", fleet.options.level},
                   {"tests", fleet.tests},
                   {"drain", fleet.hosts_to_drain()},
                   {"findings", findings},
                   {"untested", fleet.untested},
                   {"work", work},
                   {"devices", devices}});
  }
  return out;
}

std::string fleet_csv(std::span<const Fleet> fleets) {
  std::string out = "fault,serial,rack,host,slot,rank,device,problem,problems,what,records\n";
  for (const Fleet& fleet : fleets) {
    for (const FleetFinding& finding : fleet.findings) {
      const FleetDevice& device = fleet.devices[finding.device];
      std::string records;
      for (const std::string& id : finding.records) records += (records.empty() ? "" : " ") + id;
      const std::string fields[] = {std::string(name(finding.fault)),
                                    device.serial,
                                    device.rack,
                                    device.host,
                                    device.slot,
                                    device.rank,
                                    device.name,
                                    finding.problem,
                                    std::to_string(finding.count),
                                    finding.text,
                                    records};
      for (const std::string& field : fields) {
        out += (&field == fields ? "" : ",") + results::exchange::csv_field(field);
      }
      out += '\n';
    }
  }
  return out;
}

}  // namespace assay::cli::fleet
