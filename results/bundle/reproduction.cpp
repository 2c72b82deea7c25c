#include "results/bundle/reproduction.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

namespace assay::results {

namespace {

using nlohmann::ordered_json;

/// Why a record is no result to compare with; empty where it is one.
std::string fault_of(const Record& record) {
  if (record.status != Status::ok) {
    return fmt::format("{}{}{}", name(record.status), record.reason.empty() ? "" : ": ",
                       record.reason);
  }
  if (record.check.outcome != kernels::Outcome::right) {
    return fmt::format("the check says {}", name(record.check.outcome));
  }
  return record.device_seconds.empty() ? "it has no samples" : "";
}

std::string other_work(const Record& there, const Record& here) {
  if (there.operands_hash.empty() || here.operands_hash.empty()) {
    return "not known to be the same work: no hash of the operands";
  }
  if (there.operands_hash == here.operands_hash) return "";
  return fmt::format("not the same work: operands {} there, {} here", there.operands_hash,
                     here.operands_hash);
}

std::string value_text(const ordered_json& value) {
  if (value.is_null()) return "not told";
  return value.is_string() ? value.get<std::string>()
                           : value.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

void add_differences(const ordered_json& there, const ordered_json& here, const std::string& path,
                     std::vector<std::string>& out) {
  if (there == here) return;
  if (!there.is_object() || !here.is_object()) {
    out.push_back(fmt::format("{}: {} there, {} here", path, value_text(there), value_text(here)));
    return;
  }
  std::set<std::string> keys;
  for (const auto& item : there.items()) keys.insert(item.key());
  for (const auto& item : here.items()) keys.insert(item.key());
  for (const std::string& key : keys) {
    add_differences(there.value(key, ordered_json()), here.value(key, ordered_json()),
                    path.empty() ? key : path + "." + key, out);
  }
}

}  // namespace

std::string_view name(Obstacle obstacle) {
  switch (obstacle) {
    case Obstacle::none:
      return "none";
    case Obstacle::modelled:
      return "modelled";
    case Obstacle::failed_there:
      return "failed there";
    case Obstacle::no_device:
      return "no such device";
    case Obstacle::no_implementation:
      return "no such implementation";
    case Obstacle::no_memory:
      return "no room";
    case Obstacle::not_run:
      return "not run";
    case Obstacle::failed_here:
      return "failed here";
    case Obstacle::other_work:
      return "other work";
  }
  return "";
}

Reproduction reproducible(const Record& there) {
  Reproduction out;
  out.there = &there;
  if (is_modelled(there)) {
    out.obstacle = Obstacle::modelled;
    out.reason = "modelled: nothing ran there";
  } else if (const std::string fault = fault_of(there); !fault.empty()) {
    out.obstacle = Obstacle::failed_there;
    out.reason = "no result there: " + fault;
  }
  return out;
}

Reproduction reproduction(const Record& there, Record here, double margin) {
  Reproduction out = reproducible(there);
  if (out.obstacle != Obstacle::none) return out;
  const std::string fault = fault_of(here), other = other_work(there, here);
  if (!fault.empty()) {
    out.obstacle = Obstacle::failed_here;
    out.reason = fault;
  } else if (!other.empty()) {
    out.obstacle = Obstacle::other_work;
    out.reason = other;
  } else {
    out.test = equivalence(here.device_seconds, there.device_seconds, margin);
  }
  out.here = std::move(here);
  return out;
}

ReproductionCounts count(std::span<const Reproduction> all) {
  ReproductionCounts counts;
  for (const Reproduction& one : all) {
    if (!one.test) {
      ++(one.obstacle == Obstacle::failed_here || one.obstacle == Obstacle::other_work
             ? counts.failed
             : counts.impossible);
      continue;
    }
    switch (one.test->agreement) {
      case Agreement::equivalent:
        ++counts.equivalent;
        break;
      case Agreement::different:
        ++counts.different;
        break;
      case Agreement::undecided:
        ++counts.undecided;
        break;
    }
  }
  return counts;
}

std::vector<std::string> environment_differences(const std::string& there,
                                                 const std::string& here) {
  std::vector<std::string> out;
  const auto parse = [](const std::string& text) {
    return ordered_json::parse(text, nullptr, /*allow_exceptions=*/false);
  };
  const ordered_json a = parse(there), b = parse(here);
  if (a.is_object() && b.is_object()) add_differences(a, b, "", out);
  return out;
}

}  // namespace assay::results
