#include "results/bundle/run_rules.h"

#include <fmt/format.h>

#include <cstdint>
#include <set>
#include <tuple>

#include "results/bundle/conformance.h"
#include "results/bundle/rule_of_records.h"
#include "results/record/listing.h"
#include "results/record/parse_json.h"
#include "results/record/texts.h"

namespace assay::results::bundle {

namespace {

using nlohmann::ordered_json;

/// A member's text; empty if there is none.
std::string text_in(const ordered_json& json, const char* key) {
  if (!json.is_object()) return "";
  const auto found = json.find(key);
  return found != json.end() && found->is_string() ? found->get<std::string>() : "";
}

std::uint64_t repetition_in(const ordered_json& entry) {
  const auto found = entry.is_object() ? entry.find("repetition") : entry.end();
  return found != entry.end() && found->is_number_unsigned() ? found->get<std::uint64_t>() : 0;
}

/// The fields by which a plan's entry is matched with a record.
using Planned = std::tuple<std::string, std::string, std::string, std::string, std::uint64_t>;

std::set<Planned> planned(const std::string& plan) {
  std::set<Planned> out;
  const ordered_json list = record::parse_json<ordered_json>(plan);
  if (!list.is_array()) return out;
  for (const ordered_json& entry : list) {
    out.emplace(text_in(entry, "device"), text_in(entry, "problem"),
                text_in(entry, "implementation"), text_in(entry, "mode"), repetition_in(entry));
  }
  return out;
}

}  // namespace

RuleResult complete(const Bundle& bundle) {
  const BundleContents& contents = bundle.contents;
  RuleResult result;
  if (contents.run.ended.empty()) result.violations.push_back({"", "the run did not end"});
  std::set<Planned> missing = planned(contents.run.plan);
  if (missing.empty()) result.violations.push_back({"", "the run has no plan"});
  for (const record::Record& record : contents.records) {
    ++result.judged;
    missing.erase({device_key(record.device), record.problem, record.implementation.name,
                   std::string(name(record.settings.mode)), record.repetition});
  }
  for (const auto& [device, problem, implementation, mode, repetition] : missing) {
    result.violations.push_back(
        {fmt::format("{} {} {}", device, record::brief_problem(problem), implementation),
         fmt::format("was planned ({}{}), but is missing", mode,
                     repetition > 0 ? fmt::format(", repetition {}", repetition + 1) : "")});
  }
  return result;
}

RuleResult environments(const Bundle& bundle) {
  // Keys that every environment has on every machine (harness/environment/environment.h).
  static constexpr const char* kRequired[] = {"build",   "cpu",    "memory",
                                              "modules", "system", "topology"};
  const auto& known = bundle.contents.environments;
  return of_each(bundle, any, [&](const record::Record& record) -> std::string {
    const auto found = known.find(record.environment);
    if (found == known.end()) return "no environment";
    const auto json = record::parse_json<ordered_json>(found->second);
    for (const char* key : kRequired) {
      if (!json.is_object() || !json.contains(key) || json[key].is_null()) {
        return fmt::format("the environment has no `{}`", key);
      }
    }
    return "";
  });
}

RuleResult conforming(const Bundle& bundle) {
  RuleResult result;
  for (const auto& [module, found] : module_conformance(bundle.contents)) {
    ++result.judged;
    if (found.starts_with("fails")) result.violations.push_back({"", module + " " + found});
  }
  return result;
}

RuleResult known_build(const Bundle& bundle) {
  RuleResult result;
  const std::string& version = bundle.contents.run.assay_version;
  const std::size_t open = version.find('('), close = version.rfind(')');
  if (open == std::string::npos || close == std::string::npos || close <= open + 1) {
    result.violations.push_back({"", fmt::format("`{}` names no commit", version)});
  } else if (version.find("-dirty") != std::string::npos) {
    result.violations.push_back({"", fmt::format("{} has changes beyond its commit", version)});
  }
  result.judged = 1;
  return result;
}

RuleResult optimised(const Bundle& bundle) {
  RuleResult result;
  for (const auto& [hash, text] : bundle.contents.environments) {
    ++result.judged;
    const auto json = record::parse_json<ordered_json>(text);
    const std::string type =
        json.is_object() && json.contains("build") ? text_in(json["build"], "type") : "";
    if (type == "Release" || type == "RelWithDebInfo" || type == "MinSizeRel") continue;
    result.violations.push_back({"", fmt::format("the build's type is `{}`", type)});
  }
  return result;
}

RuleResult without_secrets_in(const Bundle& bundle) {
  RuleResult result = of_each(
      bundle, any, [](const record::Record& record) { return record::first_secret(record); });
  if (const std::string text = record::first_secret(bundle.contents.run); !text.empty()) {
    result.violations.push_back({"", "the run: " + text});
  }
  for (const auto& [hash, text] : bundle.contents.environments) {
    if (record::first_secret(text).empty()) continue;
    result.violations.push_back({"", "environment " + hash.substr(0, 8)});
  }
  return result;
}

}  // namespace assay::results::bundle
