#include "results/compare/matching.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <tuple>
#include <unordered_map>

#include "results/page/text.h"
#include "results/record/listing.h"
#include "results/trust/beside.h"

namespace assay::results::compare {

namespace {

/// Must be equal for two records to be compared, except the origin if modelled records are allowed.
struct Key {
  std::string problem;
  record::Division division = record::Division::unknown;
  record::Mode mode = record::Mode::cold;
  std::string device;
  record::Origin origin = record::Origin::measured;

  auto tied() const { return std::tie(problem, division, mode, device, origin); }
  friend bool operator<(const Key& a, const Key& b) { return a.tied() < b.tied(); }
};

std::string device_of(const record::Record& record) {
  return device_key(record.device) + " " + record.device.name;
}

/// The records of one side, separated into those that can be compared and those that cannot.
struct Sorted {
  std::map<Key, Contender> contenders;
  std::unordered_map<std::string, std::vector<const Key*>> by_problem;
  std::unordered_map<std::string, LeftOut> unusable;  ///< one per problem
  std::vector<LeftOut> left_out;
};

bool is_requested(const record::Record& record, const CompareOptions& options) {
  const auto& divisions = options.divisions;
  return divisions.empty() || std::find(divisions.begin(), divisions.end(),
                                        record.implementation.division) != divisions.end();
}

std::string outcome_text(const record::Record& record) {
  return std::string(record.status == record::Status::ok ? name(record.check.outcome)
                                                         : name(record.status));
}

/// Why a record cannot be compared at all; `no_partner` if it can.
LeftOut judged(const record::Record& record, const CompareOptions& options) {
  const bool model = is_modelled(record);  // nothing ran, so there is nothing to check
  const bool right = record.status == record::Status::ok &&
                     (model || record.check.outcome == kernels::Outcome::right);
  LeftOut out{LeftOutReason::no_partner, true, &record, {}};
  if (!right) {
    out.reason = LeftOutReason::not_verified;
    out.detail = outcome_text(record);
  } else if (model ? !(record.summary.median > 0) : !has_interval(record.summary)) {
    out.reason = LeftOutReason::no_interval;
    out.detail = page::counted(record.summary.count, "sample");
  } else if (options.divisions.empty() && !facts(record.implementation.division).ranks_by_default) {
    out.reason = LeftOutReason::other_division;
    out.detail =
        fmt::format("{} is compared only on request", name(record.implementation.division));
  } else if (const auto doubt = model ? std::nullopt : trust::may_be_false(record)) {
    out.reason = doubt->fault == trust::Fault::implausible ? LeftOutReason::implausible
                                                           : LeftOutReason::suspect;
    out.detail = doubt->text;
  }
  return out;
}

/// Prefers measured to imported and imported to modelled records; then those whose times can be
/// true; then, unless doubtful records are judged too, those whose figure is not off; then the
/// faster one.
bool better(const Contender& a, const Contender& b, const CompareOptions& options) {
  const auto rank = [&](const Contender& one) {
    return std::tuple(
        kind_of(*one.record),
        one.trust.has(trust::Fault::implausible) || one.trust.has(trust::Fault::suspect),
        !options.doubtful && one.trust.may_be_off(), one.record->summary.median);
  };
  return rank(a) < rank(b);
}

/// Remembers a doubtful measurement that was faster than the one that stands for its side.
void overtake(Contender& best, const record::Record& record, const trust::Trust& trust) {
  if (best.trust.may_be_off() || !trust.may_be_off() || kind_of(record) != kind_of(*best.record) ||
      record.summary.median >= best.record->summary.median) {
    return;
  }
  if (best.overtaken_by != nullptr && best.overtaken_by->summary.median <= record.summary.median) {
    return;
  }
  best.overtaken_by = &record;
  best.overtaken_trust = trust;
}

/// Makes `best` the better one of both.
void merge(Contender& best, Contender other, const CompareOptions& options) {
  const std::size_t implementations = best.implementations + other.implementations;
  if (better(other, best, options)) std::swap(best, other);
  best.implementations = implementations;
  if (options.doubtful) return;
  overtake(best, *other.record, other.trust);
  if (other.overtaken_by != nullptr) overtake(best, *other.overtaken_by, other.overtaken_trust);
}

/// The same of all repetitions: one that is not right or implausible spoils them all, in whatever
/// order they were measured; one that is suspect or without an interval is left out, if others
/// remain.
LeftOut judged_together(const std::vector<const record::Record*>& repeated,
                        const CompareOptions& options) {
  LeftOut usable, unusable;
  for (const record::Record* record : repeated) {
    LeftOut one = judged(*record, options);
    if (one.reason == LeftOutReason::not_verified || one.reason == LeftOutReason::implausible) {
      if (repeated.size() > 1)
        one.detail += fmt::format(" in 1 or more of {} processes", repeated.size());
      return one;
    }
    (one.reason == LeftOutReason::no_partner ? usable : unusable) = std::move(one);
  }
  return usable.record != nullptr ? usable : unusable;
}

std::string process_of(const record::Record& record) {
  return fmt::format("{}/{}", record.run, record.repetition);
}

/// All repetitions of one implementation that can be compared, the oldest first; at least the last
/// one can be.
Contender contender_of(const std::vector<const record::Record*>& repeated,
                       const CompareOptions& options, trust::Beside& beside) {
  Contender out;
  std::vector<std::pair<const record::Record*, trust::Trust>> usable;
  for (const record::Record* record : repeated) {
    if (judged(*record, options).reason != LeftOutReason::no_partner) continue;
    usable.emplace_back(record, is_modelled(*record) ? trust::Trust{} : beside.trust_of(*record));
  }
  const auto sound = [&](const auto& one) { return !one.second.may_be_off(); };
  if (!options.doubtful && std::ranges::any_of(usable, sound)) {
    std::erase_if(usable, std::not_fn(sound));
  }
  for (const auto& [record, trust] : usable) {
    for (Unlike& one : unlike(*usable.front().first, *record)) {
      if (std::ranges::find(out.mixed, one) == out.mixed.end()) out.mixed.push_back(std::move(one));
    }
    if (!is_modelled(*record))
      out.processes.push_back({process_of(*record), record->summary.median,
                               record->summary.tick / 2 / record->summary.median});
  }
  const auto middle = usable.begin() + static_cast<std::ptrdiff_t>((usable.size() - 1) / 2);
  std::ranges::nth_element(usable, middle, {}, [](const auto& one) {
    return std::tie(one.first->summary.median, one.first->id);
  });
  out.record = middle->first;
  out.trust = std::move(middle->second);
  return out;
}

using DeviceNames = std::map<std::string, std::string>;  // a device's partner's common name

Sorted sorted(std::span<const record::Record> records, const DeviceNames& devices,
              const CompareOptions& options, Divisions divisions) {
  Sorted out;
  trust::Beside beside(records);
  for (const std::vector<const record::Record*>& repeated : repetitions(records)) {
    const record::Record* record = repeated.back();
    if (!is_requested(*record, options)) continue;
    const LeftOut judgement = judged_together(repeated, options);
    if (judgement.reason != LeftOutReason::no_partner) {
      out.unusable.try_emplace(record->problem, judgement);
      out.left_out.push_back(judgement);
      continue;
    }
    const record::Division division = divisions == Divisions::together
                                          ? record::Division::unknown
                                          : record->implementation.division;
    const Key key{record->problem, division, record->settings.mode, devices.at(device_of(*record)),
                  options.modelled ? record::Origin::measured : kind_of(*record)};
    Contender contender = contender_of(repeated, options, beside);
    const auto [place, added] = out.contenders.try_emplace(key, contender);
    if (!added) merge(place->second, std::move(contender), options);
  }
  for (const auto& [key, contender] : out.contenders) out.by_problem[key.problem].push_back(&key);
  return out;
}

std::set<std::string> devices_of(std::span<const record::Record> records) {
  std::set<std::string> out;
  for (const record::Record& record : records) out.insert(device_of(record));
  return out;
}

/// Names that are equal for partner devices and different for all others.
std::pair<DeviceNames, DeviceNames> device_names(std::span<const record::Record> baseline,
                                                 std::span<const record::Record> other) {
  const auto a = devices_of(baseline), b = devices_of(other);
  const bool alone = a.size() == 1 && b.size() == 1;
  const auto named = [&](const std::set<std::string>& own, const std::set<std::string>& others,
                         const char* mark) {
    DeviceNames names;
    for (const std::string& device : own) {
      names[device] = alone ? "" : others.contains(device) ? device : mark + device;
    }
    return names;
  };
  return {named(a, b, "baseline's "), named(b, a, "other's ")};
}

/// Why a record has no partner, by the most similar record of that problem on the other side.
LeftOut without_partner(const Key& key, const record::Record& record, const Sorted& other) {
  LeftOut out{LeftOutReason::no_partner, true, &record, {}};
  const auto found = other.by_problem.find(key.problem);
  if (found == other.by_problem.end()) {
    if (const auto spoilt = other.unusable.find(key.problem); spoilt != other.unusable.end()) {
      const LeftOut& why = spoilt->second;
      out.detail = fmt::format("its {}: {}, {}", why.record->implementation.name, name(why.reason),
                               why.detail);
    }
    return out;
  }
  // A record that differs in only one property explains it best.
  for (const Key* near : found->second) {
    const int unlike = (near->origin != key.origin) + (near->mode != key.mode) +
                       (near->division != key.division) + (near->device != key.device);
    if (unlike > 1) continue;
    if (near->origin != key.origin) {
      out.reason = LeftOutReason::other_origin;
      out.detail = fmt::format("{} and {}", name(key.origin), name(near->origin));
    } else if (near->mode != key.mode) {
      out.reason = LeftOutReason::other_mode;
      out.detail = fmt::format("{} and {}", name(key.mode), name(near->mode));
    } else if (near->division != key.division) {
      out.reason = LeftOutReason::other_division;
      out.detail = fmt::format("{} and {}", name(key.division), name(near->division));
    } else {
      out.reason = LeftOutReason::other_device;
      out.detail = device_of(record);
    }
    return out;
  }
  const Key& near = *found->second.front();
  out.reason = near.origin != key.origin       ? LeftOutReason::other_origin
               : near.device != key.device     ? LeftOutReason::other_device
               : near.division != key.division ? LeftOutReason::other_division
                                               : LeftOutReason::other_mode;
  out.detail = fmt::format("{} {} {} and {} {} {}", name(key.origin), name(key.division),
                           name(key.mode), name(near.origin), name(near.division), name(near.mode));
  return out;
}

bool have_different_operands(const record::Record& a, const record::Record& b) {
  return !a.operands_hash.empty() && !b.operands_hash.empty() && a.operands_hash != b.operands_hash;
}

/// Pairs the records of two sides, and remembers which of them have a partner.
class Pairing {
 public:
  Pairing(const Sorted& a, const Sorted& b, Matches& out) : a_(a), b_(b), out_(out) {}

  /// Records with equal keys.
  void pair_equal_keys() {
    for (const auto& [key, contender] : a_.contenders) {
      const auto partner = b_.contenders.find(key);
      if (partner != b_.contenders.end()) pair(key, contender, key, partner->second);
    }
  }
  /// Modelled records, which have no division, with the remaining records of each division.
  void pair_models() {
    for (const auto& [key, contender] : a_.contenders) {
      const auto model = model_for(key, b_, done_a_);
      if (model != b_.contenders.end()) pair(key, contender, model->first, model->second);
    }
    for (const auto& [key, contender] : b_.contenders) {
      const auto model = model_for(key, a_, done_b_);
      if (model != a_.contenders.end()) pair(model->first, model->second, key, contender);
    }
  }
  void leave_out_remaining() {
    for (const auto& [key, contender] : a_.contenders) {
      if (!done_a_.contains(key)) add(without_partner(key, *contender.record, b_), true);
    }
    for (const auto& [key, contender] : b_.contenders) {
      if (!done_b_.contains(key)) add(without_partner(key, *contender.record, a_), false);
    }
  }
  void add(LeftOut one, bool of_baseline) {
    one.of_baseline = of_baseline;
    out_.left_out.push_back(std::move(one));
  }

 private:
  static std::map<Key, Contender>::const_iterator model_for(Key key, const Sorted& others,
                                                            const std::set<Key>& done) {
    if (done.contains(key) || !facts(key.division).is_solved) return others.contenders.end();
    key.division = record::Division::modelled;
    return others.contenders.find(key);
  }

  void pair(const Key& key_a, const Contender& a, const Key& key_b, const Contender& b) {
    done_a_.insert(key_a);
    done_b_.insert(key_b);
    if (have_different_operands(*a.record, *b.record)) {
      add({LeftOutReason::other_operands, true, a.record,
           a.record->operands_hash + " and " + b.record->operands_hash},
          true);
    } else {
      out_.partners.push_back({a, b});
    }
  }

  const Sorted& a_;
  const Sorted& b_;
  Matches& out_;
  std::set<Key> done_a_, done_b_;
};

}  // namespace

std::vector<std::vector<const record::Record*>> repetitions(
    std::span<const record::Record> records) {
  std::map<std::tuple<std::string, std::string, record::Mode, std::string, record::Origin>,
           std::map<std::string, const record::Record*>>
      all;
  for (const record::Record& record : records) {
    const record::Record*& slot =
        all[{record.problem, record.implementation.name, record.settings.mode, device_of(record),
             kind_of(record)}][process_of(record)];
    if (slot == nullptr || std::tie(slot->started, slot->id) < std::tie(record.started, record.id))
      slot = &record;
  }
  std::vector<std::vector<const record::Record*>> out;
  for (const auto& [key, by_process] : all) {
    std::vector<const record::Record*>& repeated = out.emplace_back();
    for (const auto& [process, record] : by_process) repeated.push_back(record);
    std::ranges::sort(repeated, {}, [](const record::Record* record) {
      return std::tie(record->started, record->id);
    });
  }
  return out;
}

Matches match(std::span<const record::Record> baseline, std::span<const record::Record> other,
              const CompareOptions& options, Divisions divisions) {
  const auto [names_a, names_b] = device_names(baseline, other);
  const Sorted a = sorted(baseline, names_a, options, divisions);
  const Sorted b = sorted(other, names_b, options, divisions);
  Matches out;
  Pairing pairing(a, b, out);
  for (const LeftOut& one : a.left_out) pairing.add(one, true);
  for (const LeftOut& one : b.left_out) pairing.add(one, false);
  pairing.pair_equal_keys();
  if (options.modelled) pairing.pair_models();
  pairing.leave_out_remaining();
  return out;
}

}  // namespace assay::results::compare
