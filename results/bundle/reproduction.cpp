#include "results/bundle/reproduction.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "results/record/environment_changes.h"
#include "results/record/listing.h"
#include "results/trust/trust.h"

namespace assay::results::bundle {

namespace {

/// Why a record cannot be compared; empty if it can.
std::string unusable_reason(const record::Record& record) {
  if (record.status != record::Status::ok) {
    return fmt::format("{}{}{}", name(record.status), record.reason.empty() ? "" : ": ",
                       record.reason);
  }
  if (record.check.outcome != kernels::Outcome::right) {
    return fmt::format("the check says {}", name(record.check.outcome));
  }
  return record.device_seconds.empty() ? "it has no samples" : "";
}

std::string work_difference(const record::Record& there, const record::Record& here) {
  if (there.operands_hash.empty() || here.operands_hash.empty()) {
    return "cannot tell whether the work is the same: a hash of the operands is missing";
  }
  if (there.operands_hash == here.operands_hash) return "";
  return fmt::format("the work differs: operands {} there, {} here", there.operands_hash,
                     here.operands_hash);
}

/// Why the times must not be compared though there are samples; empty if they may.
std::string doubt_text(const Repeated& there, std::span<const record::Record> here) {
  std::string text;
  const auto add = [&](std::string_view where, const record::Record& record) {
    const trust::Trust trust = trust::trust_of(record);
    if (!trust.may_be_off() && !trust.has(trust::Fault::samples)) return;
    text += fmt::format("{}{}: {}", text.empty() ? "" : "; ", where, trust.text());
  };
  for (const record::Record* record : there) add("there", *record);
  for (const record::Record& record : here) add("here", record);
  return text;
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
      return "not enough memory";
    case Obstacle::not_run:
      return "not run";
    case Obstacle::failed_here:
      return "failed here";
    case Obstacle::other_work:
      return "different work";
  }
  return "";
}

std::vector<Repeated> repeated(std::span<const record::Record> records) {
  std::map<std::tuple<std::string, std::string, record::Mode, std::string>, std::size_t> places;
  std::vector<Repeated> out;
  for (const record::Record& record : records) {
    const auto [place, added] =
        places.try_emplace({record.problem, record.implementation.name, record.settings.mode,
                            record::device_key(record.device)},
                           out.size());
    if (added) out.emplace_back();
    out[place->second].push_back(&record);
  }
  return out;
}

Reproduction reproducible(const Repeated& there) {
  Reproduction out;
  out.processes_there = there;
  Repeated sorted = there;
  std::ranges::stable_sort(sorted, {},
                           [](const record::Record* record) { return record->summary.median; });
  out.there = sorted[(sorted.size() - 1) / 2];
  for (const record::Record* record : there) {
    if (is_modelled(*record)) {
      out.obstacle = Obstacle::modelled;
      out.reason = "modelled: nothing ran there";
      return out;
    }
    const std::string fault = unusable_reason(*record);
    if (fault.empty()) continue;
    out.there = record;
    out.obstacle = Obstacle::failed_there;
    out.reason = "no usable result there: " + fault;
    return out;
  }
  return out;
}

Reproduction reproduction(const Repeated& there, std::vector<record::Record> here, double margin) {
  Reproduction out = reproducible(there);
  if (out.obstacle != Obstacle::none) return out;
  out.here = std::move(here);
  std::vector<std::vector<double>> times_here, times_there;
  for (const record::Record* record : there) times_there.push_back(record->device_seconds);
  for (const record::Record& record : out.here) {
    const std::string fault = unusable_reason(record), other = work_difference(*out.there, record);
    if (fault.empty() && other.empty()) {
      times_here.push_back(record.device_seconds);
      continue;
    }
    out.obstacle = fault.empty() ? Obstacle::other_work : Obstacle::failed_here;
    out.reason = fault.empty() ? other : fault;
    return out;
  }
  out.test = statistics::equivalence(times_here, times_there, margin);
  out.reason = doubt_text(there, out.here);
  if (!out.reason.empty()) out.test->agreement = statistics::Agreement::undecided;
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
      case statistics::Agreement::equivalent:
        ++counts.equivalent;
        break;
      case statistics::Agreement::different:
        ++counts.different;
        break;
      case statistics::Agreement::undecided:
        ++counts.undecided;
        break;
    }
  }
  return counts;
}

std::vector<std::string> environment_differences(const std::string& there,
                                                 const std::string& here) {
  std::vector<std::string> out;
  for (const record::EnvironmentChange& change : record::environment_changes(there, here)) {
    out.push_back(fmt::format("{}: {} there, {} here", change.key, change.before, change.after));
  }
  return out;
}

}  // namespace assay::results::bundle
