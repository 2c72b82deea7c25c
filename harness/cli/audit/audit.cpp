// assay audit [SET]: checks published figures against each other.
#include "results/claims/audit.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <iterator>
#include <map>
#include <memory>
#include <set>
#include <utility>

#include "harness/cli/candidates.h"
#include "harness/cli/catalogue_options.h"
#include "harness/cli/common_options.h"
#include "harness/cli/values.h"
#include "harness/cli/verb.h"
#include "harness/terminal/wrapped.h"
#include "kernels/error.h"
#include "kernels/nearest.h"
#include "results/claims/catalogue.h"
#include "results/claims/system_names.h"
#include "results/page/quantity_text.h"
#include "results/page/text.h"
#include "results/record/json_library.h"

namespace assay::cli::audit {
extern const Verb verb;

namespace {

using nlohmann::ordered_json;
using results::claims::Finding;

struct Arguments {
  std::string which;
  CatalogueChoice catalogue;
  bool all = false, others = false, json = false, strict = false;
};

ordered_json to_json(const Finding& finding) {
  ordered_json out = {
      {"relation", finding.relation},
      {"group", finding.group},
      {"statement", finding.statement},
      {"holds", finding.holds},
      {"left", finding.left},
      {"left_range", {finding.left_range.lower, finding.left_range.upper}},
      {"right", finding.right},
      {"right_range", {finding.right_range.lower, finding.right_range.upper}},
      {"difference", finding.difference},
      {"gap", finding.gap},
      {"arithmetic", finding.arithmetic},
      {"readings", finding.readings},
      {"needed", ordered_json::array()},
      {"note", finding.note},
      {"systems", finding.systems},
      {"claims", finding.claims},
      {"against", finding.against},
      {"unverified", finding.unverified},
  };
  for (const results::claims::Needed& needed : finding.needed) {
    out["needed"].push_back({{"figure", needed.figure},
                             {"base_value", needed.value},
                             {"change", needed.change},
                             {"published", needed.published}});
  }
  return out;
}

void print(const Finding& finding, bool colour) {
  const std::string_view word = finding.holds ? "holds" : "contradiction";
  const std::string_view code = finding.holds ? "\033[32m" : "\033[35m";
  fmt::print("{}\n", colour ? fmt::format("{}{:<13}\033[0m {}", code, word, finding.relation)
                            : fmt::format("{:<13} {}", word, finding.relation));
  fmt::print("{}", harness::terminal::wrapped(finding.statement, 2));
  fmt::print("{}", harness::terminal::wrapped(finding.arithmetic, 4));
  if (!finding.unverified.empty()) {
    fmt::print("{}", harness::terminal::wrapped(
                         fmt::format("depends on UNVERIFIED {} (source not checked again)",
                                     fmt::join(finding.unverified, ", ")),
                         4));
  }
  if (!finding.holds)
    fmt::print("{}", harness::terminal::wrapped("to reconcile: " + finding.reconcile, 4));
  if (!finding.claims.empty()) {
    fmt::print("{}", harness::terminal::wrapped(
                         fmt::format("claims: {}", fmt::join(finding.claims, ", ")), 4));
  }
  fmt::print("\n");
}

constexpr std::size_t kWorst = 6, kTouched = 4;
constexpr int kColumns = 80;

/// The findings to show, and what they are about.
struct Selection {
  std::vector<Finding> findings;
  /// About systems with which the set compares its own; empty unless a set was asked for.
  std::vector<Finding> others;
  bool single = false;  ///< one calculation was asked for
};

/// Findings of a set, of a system, or those whose id begins with `which`.
Selection select(const results::claims::Catalogue& catalogue, const std::string& which) {
  const auto all = results::claims::audit(catalogue);
  if (which.empty()) return {all, {}, false};
  if (catalogue.sets.contains(which)) {
    auto [own, others] = findings_of_set(catalogue, which, all);
    return {std::move(own), std::move(others), false};
  }
  Selection out;
  for (const Finding& finding : all) {
    if (finding.relation == which || finding.relation.starts_with(which + "/")) {
      out.findings.push_back(finding);
    }
  }
  if (!out.findings.empty() && !catalogue.systems.contains(which)) {
    out.single = true;
    return out;
  }
  if (const auto* system = results::claims::system_as_written(catalogue, which)) {
    out.findings.clear();
    std::ranges::copy_if(all, std::back_inserter(out.findings), [&](const Finding& finding) {
      return std::ranges::find(finding.systems, system->id) != finding.systems.end();
    });
    if (!out.findings.empty()) return out;
    throw InputError(fmt::format("audit: no calculation uses a figure of {}", system->id));
  }
  std::vector<std::string> known;
  for (const auto& [id, set] : catalogue.sets) known.push_back(id);
  for (const auto& [id, one] : catalogue.systems) known.push_back(id);
  for (const Finding& finding : all) known.push_back(finding.relation);
  throw InputError(fmt::format("audit: no set, system or calculation `{}`", which),
                   did_you_mean(which, known, "`assay audit --all` lists all calculations"));
}

/// Contradictions, the largest first, one for each rule and system.
std::vector<const Finding*> worst(const std::vector<Finding>& findings) {
  std::vector<const Finding*> out;
  std::set<std::string> groups;
  for (const Finding& finding : findings) {
    if (!finding.holds) out.push_back(&finding);
  }
  std::ranges::stable_sort(out, std::greater{},
                           [](const Finding* one) { return results::claims::severity(one->gap); });
  std::erase_if(out, [&](const Finding* one) { return !groups.insert(one->group).second; });
  return out;
}

/// "cloudmatrix384 (11), ascend910c (9)".
std::string touched(const std::vector<Finding>& findings) {
  std::map<std::string, int> counts;
  for (const Finding& finding : findings) {
    for (const std::string& system : finding.systems) counts[system] += finding.holds ? 0 : 1;
  }
  std::vector<std::pair<int, std::string>> ordered;
  for (const auto& [system, number] : counts) {
    if (number > 0) ordered.emplace_back(-number, system);
  }
  std::ranges::sort(ordered);
  std::string text;
  for (std::size_t i = 0; i < ordered.size() && i < kTouched; ++i) {
    text +=
        fmt::format("{}{} ({})", text.empty() ? "" : ", ", ordered[i].second, -ordered[i].first);
  }
  return text;
}

std::size_t number_broken(const std::vector<Finding>& findings) {
  return static_cast<std::size_t>(
      std::ranges::count_if(findings, [](const Finding& finding) { return !finding.holds; }));
}

std::string counts_text(const std::vector<Finding>& findings) {
  const std::size_t broken = number_broken(findings);
  return fmt::format("{} between published figures: {} agree, {} do not",
                     results::page::counted(findings.size(), "calculation"),
                     findings.size() - broken, broken);
}

/// The contradictions of other systems, counted, with the command that shows them.
std::string others_text(const std::vector<Finding>& others, const std::string& which) {
  const std::size_t broken = number_broken(others);
  if (broken == 0) return "";
  return harness::terminal::wrapped(
      fmt::format("{} among the systems that it is compared with ({}): assay audit {} --others",
                  results::page::counted(broken, "further contradiction"), touched(others), which),
      0);
}

/// Whether the finding holds figures against what nobody stated: a reading of a text, or a
/// calculation.
bool is_reading(const results::claims::Catalogue& catalogue, const Finding& finding) {
  constexpr std::string_view kClaim = "claim/";
  return finding.group.starts_with(kClaim) &&
         !find_claim(catalogue, finding.group.substr(kClaim.size())).derived.empty();
}

std::string readings_text(const std::vector<const Finding*>& readings) {
  if (readings.empty()) return "";
  std::vector<std::string> ids;
  for (const Finding* reading : readings) ids.push_back(reading->relation);
  return harness::terminal::wrapped(
      fmt::format("contradictions of readings and calculations that nobody stated: {}",
                  fmt::join(ids, ", ")),
      0);
}

/// The worst contradictions, and where the rest is.
void print_screen(const results::claims::Catalogue& catalogue, const Selection& chosen,
                  const std::string& which) {
  const std::vector<Finding>& findings = chosen.findings;
  fmt::print("{}\n", counts_text(findings));
  auto ordered = worst(findings);
  const auto stated = std::ranges::stable_partition(
      ordered, [&](const Finding* one) { return !is_reading(catalogue, *one); });
  const std::vector<const Finding*> readings(stated.begin(), stated.end());
  ordered.erase(stated.begin(), stated.end());
  for (std::size_t i = 0; i < ordered.size() && i < kWorst; ++i) {
    const Finding& finding = *ordered[i];
    fmt::print("  {:>6}  {}\n", results::page::change_text(finding.difference), finding.relation);
    fmt::print("{}", harness::terminal::wrapped(finding.arithmetic, 10, kColumns));
  }
  if (!ordered.empty()) {
    fmt::print("{}", harness::terminal::wrapped(
                         fmt::format("systems with the most: {}", touched(findings)), 0));
    fmt::print("{}", harness::terminal::wrapped("In each of them a figure is wrong, or two do not "
                                                "mean the same thing; arithmetic alone "
                                                "cannot say which.",
                                                0));
    fmt::print("one: assay audit {}\n", ordered.front()->relation);
  }
  fmt::print("{}{}", readings_text(readings), others_text(chosen.others, which));
  fmt::print("all: assay audit{}{} --all\n", which.empty() ? "" : " ", which);
}

void print_json(const std::string& which, const std::string& sha256, const Selection& chosen) {
  const auto list = [](const std::vector<Finding>& findings) {
    ordered_json out = ordered_json::array();
    for (const Finding& finding : findings) out.push_back(to_json(finding));
    return out;
  };
  const ordered_json out = {{"which", which},
                            {"catalogue_sha256", sha256},
                            {"findings", list(chosen.findings)},
                            {"contradictions", number_broken(chosen.findings)},
                            {"others", list(chosen.others)},
                            {"contradictions_of_others", number_broken(chosen.others)}};
  fmt::print("{}\n", out.dump(2));
}

int run(const Arguments& arguments) {
  const results::claims::Catalogue& catalogue = load_catalogue(arguments.catalogue);
  Selection chosen = select(catalogue, arguments.which);
  if (arguments.others) {
    if (!catalogue.sets.contains(arguments.which)) {
      throw InputError("--others: belongs to a set of claims", "`assay audit SET --others`");
    }
    chosen.findings = std::exchange(chosen.others, {});
  }
  const std::size_t broken = number_broken(chosen.findings);
  if (arguments.json) {
    print_json(arguments.which, catalogue.sha256, chosen);
  } else if (arguments.all || arguments.others || chosen.single) {
    for (const Finding& finding : chosen.findings) {
      if (!arguments.others || !finding.holds) print(finding, harness::terminal::use_colour());
    }
    fmt::print("{}\n{}", counts_text(chosen.findings), others_text(chosen.others, arguments.which));
  } else {
    print_screen(catalogue, chosen, arguments.which);
  }
  return arguments.strict && broken > 0 ? kFinding : kDone;
}

Names what_to_audit() {
  Names names = set_ids();
  for (std::string& id : system_ids()) names.push_back(std::move(id));
  return names;
}

std::function<int()> add(Options& options) {
  const auto arguments = std::make_shared<Arguments>();
  options
      .argument(
          arguments->which, text("SET|SYSTEM|RULE", what_to_audit),
          "Only figures of this set of claims or system, or one rule or calculation by its id")
      .default_rule = "the whole catalogue";
  add_catalogue_options(options, arguments->catalogue);
  options.flag("--all", arguments->all,
               "Every calculation, with what would remove each contradiction");
  options.flag("--others", arguments->others,
               "The contradictions of the systems with which SET compares its own");
  options.flag("--strict", arguments->strict,
               "Exit with code 1 if there is a contradiction; for SET, of its own systems");
  add_json_option(options, arguments->json);
  return [arguments] { return run(*arguments); };
}

}  // namespace

const Verb verb = {"audit", "Check published figures against each other", add, VerbGroup::judge};

}  // namespace assay::cli::audit
