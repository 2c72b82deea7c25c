#include "results/bundle/rules.h"

#include <fmt/format.h>

#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <tuple>

#include "kernels/error.h"
#include "kernels/nearest.h"
#include "results/page/quantity_text.h"
#include "results/record/listing.h"

namespace assay::results::bundle {

namespace {

using nlohmann::ordered_json;

/// A figure that was measured, here or elsewhere, and counts.
bool is_figure(const record::Record& record) {
  return record.status == record::Status::ok && !is_modelled(record);
}

bool any(const record::Record&) {
  return true;
}

/// Judges the records that a rule looks at: `breach` says what is wrong with one, or nothing.
template <typename Breaking>
Ruling of_each(const Bundle& bundle, bool (*looked_at)(const record::Record&),
               const Breaking& breach) {
  Ruling ruling;
  for (const record::Record& record : bundle.contents.records) {
    if (!looked_at(record)) continue;
    ++ruling.judged;
    if (std::string what = breach(record); !what.empty()) {
      ruling.breaches.push_back({subject_of(record), std::move(what)});
    }
  }
  return ruling;
}

Ruling not_failed(const Bundle& bundle) {
  return of_each(bundle, any, [](const record::Record& record) -> std::string {
    if (record.status == record::Status::ok || record.status == record::Status::unsupported)
      return "";
    return fmt::format("{}{}{}", name(record.status), record.reason.empty() ? "" : ": ",
                       record.reason);
  });
}

Ruling verified(const Bundle& bundle) {
  return of_each(bundle, is_figure, [](const record::Record& record) -> std::string {
    if (record.check.outcome == kernels::Outcome::right) return "";
    return fmt::format("the check says {}", name(record.check.outcome));
  });
}

/// A member's text; empty where there is none.
std::string text_in(const ordered_json& json, const char* key) {
  if (!json.is_object()) return "";
  const auto found = json.find(key);
  return found != json.end() && found->is_string() ? found->get<std::string>() : "";
}

/// What a plan's entry and a record have in common.
using Planned = std::tuple<std::string, std::string, std::string, std::string>;

std::set<Planned> planned(const std::string& plan) {
  std::set<Planned> out;
  const ordered_json list = ordered_json::parse(plan, nullptr, /*allow_exceptions=*/false);
  if (!list.is_array()) return out;
  for (const ordered_json& entry : list) {
    out.emplace(text_in(entry, "device"), text_in(entry, "problem"),
                text_in(entry, "implementation"), text_in(entry, "mode"));
  }
  return out;
}

Ruling complete(const Bundle& bundle) {
  const BundleContents& contents = bundle.contents;
  Ruling ruling;
  if (contents.run.ended.empty()) ruling.breaches.push_back({"", "the run did not end"});
  std::set<Planned> missing = planned(contents.run.plan);
  if (missing.empty()) ruling.breaches.push_back({"", "the run keeps no plan"});
  for (const record::Record& record : contents.records) {
    ++ruling.judged;
    missing.erase({device_key(record.device), record.problem, record.implementation.name,
                   std::string(name(record.settings.mode))});
  }
  for (const auto& [device, problem, implementation, mode] : missing) {
    ruling.breaches.push_back(
        {fmt::format("{} {} {}", device, record::brief_problem(problem), implementation),
         fmt::format("was planned ({}), and is not there", mode)});
  }
  return ruling;
}

Ruling enough_samples(const Bundle& bundle) {
  return of_each(bundle, is_figure, [](const record::Record& record) -> std::string {
    const std::size_t least =
        std::max(record::Settings{}.minimum_samples, record.settings.minimum_samples);
    const std::size_t count = record.device_seconds.size();
    return count >= least ? "" : fmt::format("{} samples, at least {} required", count, least);
  });
}

Ruling enough_time(const Bundle& bundle) {
  return of_each(bundle, is_figure, [](const record::Record& record) -> std::string {
    const double seconds = record.phases.warm_up + record.phases.sample;
    const double least = record.target_met ? kMinimumSecondsOfMet : kMinimumSeconds;
    return seconds >= least ? ""
                            : fmt::format("{}, at least {} required", page::duration_text(seconds),
                                          page::duration_text(least));
  });
}

Ruling steady(const Bundle& bundle) {
  return of_each(bundle, is_figure, [](const record::Record& record) -> std::string {
    return record.steady ? "" : "times had not settled when warm-up ended";
  });
}

/// The interval is taken from the samples again, so that nobody's word is needed.
Ruling interval_met(const Bundle& bundle) {
  return of_each(bundle, is_figure, [](const record::Record& record) -> std::string {
    const record::Settings& asked = record.settings;
    if (!(asked.target <= kWidestTarget)) {
      return fmt::format("±{} requested, at most ±{} allowed", page::target_text(asked.target),
                         page::target_text(kWidestTarget));
    }
    if (!(asked.confidence >= record::Settings{}.confidence)) {
      return fmt::format("of {} confidence", page::target_text(asked.confidence));
    }
    const double reached =
        statistics::summarize(record.device_seconds, asked.confidence).half_width();
    // Libraries differ in the last digits of a bootstrap.
    if (record.target_met && reached <= asked.target * 1.02) return "";
    return fmt::format("{} reached, ±{} requested", page::half_width_text(reached),
                       page::target_text(asked.target));
  });
}

Ruling figures(const Bundle& bundle) {
  constexpr double kDigits = 1e-9;
  return of_each(bundle, is_figure, [](const record::Record& record) -> std::string {
    const statistics::Summary& told = record.summary;
    const statistics::Summary again =
        statistics::summarize(record.device_seconds, record.settings.confidence);
    const auto differs = [&](double a, double b) { return !(std::abs(a - b) <= kDigits * b); };
    if (told.count != again.count) {
      return fmt::format("{} samples told, {} there", told.count, again.count);
    }
    if (differs(told.median, again.median)) {
      return fmt::format("median {:.6g} s told, {:.6g} s by the samples", told.median,
                         again.median);
    }
    const bool others = differs(told.mean, again.mean) || differs(told.minimum, again.minimum) ||
                        differs(told.maximum, again.maximum);
    return others ? "mean or extremes are not those of the samples" : "";
  });
}

Ruling work_done(const Bundle& bundle) {
  return of_each(bundle, any, [](const record::Record& record) -> std::string {
    try {
      const auto problem = kernels::Problem::parse(record.problem);
      if (problem.text() != record.problem) return "the problem is not in its canonical form";
      const kernels::Work work = problem.operation().work(problem);
      const bool same = work.flop == record.work.flop && work.bytes == record.work.bytes &&
                        work.type == record.work.type;
      return same ? "" : "FLOP or bytes are not those of the problem";
    } catch (const InputError& error) {
      return fmt::format("no problem of this assay's: {}", error.what());
    }
  });
}

Ruling operands(const Bundle& bundle) {
  std::map<std::string, std::string> by_problem;
  return of_each(bundle, is_figure, [&](const record::Record& record) -> std::string {
    if (record.operands_hash.empty()) return "no hash of the operands";
    const auto [first, fresh] = by_problem.emplace(record.problem, record.operands_hash);
    if (first->second == record.operands_hash) return "";
    return fmt::format("operands {}, elsewhere {}", record.operands_hash, first->second);
  });
}

Ruling not_throttled(const Bundle& bundle) {
  return of_each(bundle, is_figure, [](const record::Record& record) -> std::string {
    if (record.throttling.kept_launches > 0) {
      return fmt::format("{} launches counted at a low clock", record.throttling.kept_launches);
    }
    return record.sensors.throttle.empty() ? "" : "the device tells: " + record.sensors.throttle;
  });
}

Ruling clocks(const Bundle& bundle) {
  return of_each(bundle, is_figure, [](const record::Record& record) -> std::string {
    return record.sensors.clock_hz_median.value_or(0) > 0 ? "" : "no clock was read";
  });
}

Ruling environments(const Bundle& bundle) {
  // What every environment tells, whatever the machine (harness/environment/environment.h).
  static constexpr const char* kTold[] = {"build",   "cpu",    "memory",
                                          "modules", "system", "topology"};
  const auto& known = bundle.contents.environments;
  return of_each(bundle, any, [&](const record::Record& record) -> std::string {
    const auto found = known.find(record.environment);
    if (found == known.end()) return "no environment";
    const auto json = ordered_json::parse(found->second, nullptr, /*allow_exceptions=*/false);
    for (const char* key : kTold) {
      if (!json.is_object() || !json.contains(key) || json[key].is_null()) {
        return fmt::format("the environment does not tell of `{}`", key);
      }
    }
    return "";
  });
}

Ruling known_build(const Bundle& bundle) {
  Ruling ruling;
  const std::string& version = bundle.contents.run.assay_version;
  const std::size_t open = version.find('('), close = version.rfind(')');
  if (open == std::string::npos || close == std::string::npos || close <= open + 1) {
    ruling.breaches.push_back({"", fmt::format("`{}` names no commit", version)});
  } else if (version.find("-dirty") != std::string::npos) {
    ruling.breaches.push_back({"", fmt::format("{} has changes beyond its commit", version)});
  }
  ruling.judged = 1;
  return ruling;
}

Ruling optimised(const Bundle& bundle) {
  Ruling ruling;
  for (const auto& [hash, text] : bundle.contents.environments) {
    ++ruling.judged;
    const auto json = ordered_json::parse(text, nullptr, /*allow_exceptions=*/false);
    const std::string type =
        json.is_object() && json.contains("build") ? text_in(json["build"], "type") : "";
    if (type == "Release" || type == "RelWithDebInfo" || type == "MinSizeRel") continue;
    ruling.breaches.push_back({"", fmt::format("the build's type is `{}`", type)});
  }
  return ruling;
}

Ruling not_modelled(const Bundle& bundle) {
  return of_each(bundle, any, [](const record::Record& record) -> std::string {
    return is_modelled(record) ? "modelled: nothing ran" : "";
  });
}

Ruling not_imported(const Bundle& bundle) {
  return of_each(bundle, any, [](const record::Record& record) -> std::string {
    return record.origin == record::Origin::imported ? "imported: take the original file" : "";
  });
}

constexpr BundleRule kRules[] = {
    {"verified", "each result was checked and is right", verified},
    {"no-failure", "no measurement failed, crashed or hung", not_failed},
    {"complete", "all that was planned is there, to the end", complete},
    {"minimum-samples", "ten samples each, or as many as asked for", enough_samples},
    {"minimum-time", "0.5 s each, or 10 ms and the interval met", enough_time},
    {"steady", "times had settled before the samples", steady},
    {"interval", "medians bound as closely as asked, ±2% at most", interval_met},
    {"figures", "the statistics are those of the samples", figures},
    {"work", "FLOP and bytes are those of the problem", work_done},
    {"operands", "operand hashes, equal for equal problems", operands},
    {"no-throttling", "no launch counts that ran at a low clock", not_throttled},
    {"clocks-recorded", "the device's clock was read", clocks},
    {"environment-recorded", "each record's environment is there", environments},
    {"known-build", "measured by a commit's build, unchanged", known_build},
    {"optimised-build", "measured by an optimised build", optimised},
    {"no-modelled-figure", "no figure is a model's", not_modelled},
    {"no-imported-figure", "no figure came from another file", not_imported},
};

}  // namespace

std::span<const BundleRule> bundle_rules() {
  return kRules;
}

const BundleRule& find_bundle_rule(std::string_view id, const std::string& place) {
  std::vector<std::string> ids;
  for (const BundleRule& rule : kRules) {
    if (rule.id == id) return rule;
    ids.emplace_back(rule.id);
  }
  throw InputError(fmt::format("{}: there is no rule `{}`", place, id),
                   did_you_mean(id, ids, "`assay verify --rules` lists them"));
}

std::string subject_of(const record::Record& record) {
  return fmt::format("{} {} {}", device_key(record.device), record::brief_problem(record.problem),
                     record.implementation.name);
}

}  // namespace assay::results::bundle
