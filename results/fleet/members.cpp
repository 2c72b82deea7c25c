#include "results/fleet/members.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <tuple>
#include <unordered_map>

#include "kernels/error.h"
#include "results/record/listing.h"
#include "results/record/pattern.h"

namespace assay::results::fleet {

namespace {

using Members = std::map<std::string, std::vector<const record::Record*>>;  // by device

std::string property(const record::DeviceIdentity& device, const std::string& key) {
  const auto found = device.properties.find(key);
  return found == device.properties.end() ? "" : found->second;
}

/// Identifies a device among those of its kind: its serial number and its position. The position is
/// needed because some vendors give all devices the same serial number.
std::string identity_of(const record::DeviceIdentity& device) {
  const std::string host = property(device, "host"), slot = property(device, "slot");
  return fmt::format("{}\n{}\n{}\n{}\n{}", device.unique_id, host, slot, property(device, "rank"),
                     host.empty() ? device_key(device) : "");
}

FleetDevice device_of(const record::DeviceIdentity& from, const record::Pattern* rack) {
  FleetDevice out;
  out.name = from.name;
  out.serial = from.unique_id;
  out.host = property(from, "host");
  out.slot = property(from, "slot");
  if (out.slot.empty()) out.slot = std::to_string(from.index);
  out.rank = property(from, "rank");
  out.rack = property(from, "rack");
  if (rack != nullptr) out.rack = rack->first_group(out.host).value_or(out.rack);
  return out;
}

FleetTable table_of(const std::string& name, const Members& members, const record::Pattern* rack) {
  using Seat = std::pair<FleetDevice, const std::vector<const record::Record*>*>;
  std::vector<Seat> seats;
  for (const auto& [identity, records] : members) {
    seats.emplace_back(device_of(records.front()->device, rack), &records);
  }
  std::stable_sort(seats.begin(), seats.end(), [](const Seat& a, const Seat& b) {
    const auto differs = [](const std::string& left, const std::string& right) {
      return left != right;
    };
    if (differs(a.first.rack, b.first.rack))
      return record::naturally_less(a.first.rack, b.first.rack);
    if (differs(a.first.host, b.first.host))
      return record::naturally_less(a.first.host, b.first.host);
    if (differs(a.first.slot, b.first.slot))
      return record::naturally_less(a.first.slot, b.first.slot);
    return record::naturally_less(a.first.rank, b.first.rank);
  });
  FleetTable out;
  out.name = name;
  std::map<std::tuple<std::string, std::string, record::Mode>, std::size_t> known;
  for (std::size_t device = 0; device < seats.size(); ++device) {
    out.devices.push_back(seats[device].first);
    for (const record::Record* record : *seats[device].second) {
      const auto key =
          std::tuple(record->problem, record->implementation.name, record->settings.mode);
      const auto [place, fresh] = known.emplace(key, out.columns.size());
      if (fresh) {
        out.columns.push_back({std::get<0>(key), std::get<1>(key), std::get<2>(key),
                               std::vector<const record::Record*>(seats.size())});
      }
      const record::Record*& entry = out.columns[place->second].records[device];
      if (entry == nullptr || entry->started < record->started) entry = record;
    }
  }
  std::stable_sort(out.columns.begin(), out.columns.end(),
                   [](const FleetColumn& a, const FleetColumn& b) {
                     return record::naturally_less(a.problem, b.problem);
                   });
  return out;
}

}  // namespace

record::Pattern rack_pattern(const std::string& text, std::string_view place) {
  try {
    record::Pattern pattern(text);
    if (pattern.groups() > 0) return pattern;
  } catch (const std::invalid_argument&) {
  }
  throw InputError(fmt::format("{} {}: is not a regular expression with a group", place, text),
                   "put the rack's part of a host name in parentheses: ^(r[0-9]+)");
}

std::vector<FleetTable> fleet_tables(std::span<const record::Record> records,
                                     const std::optional<record::Pattern>& rack) {
  std::map<std::string, Members> kinds;
  for (const record::Record& record : records) {
    if (is_modelled(record) || is_unverified(record)) continue;
    const std::string kind = record.device.backend + " " + record.device.name;
    kinds[kind][identity_of(record.device)].push_back(&record);
  }
  std::vector<FleetTable> out;
  for (const auto& [kind, members] : kinds) {
    out.push_back(
        table_of(members.begin()->second.front()->device.name, members, rack ? &*rack : nullptr));
  }
  std::stable_sort(out.begin(), out.end(), [](const FleetTable& a, const FleetTable& b) {
    return a.devices.size() > b.devices.size();
  });
  return out;
}

}  // namespace assay::results::fleet
