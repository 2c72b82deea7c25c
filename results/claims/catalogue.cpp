#include "results/claims/catalogue.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <functional>
#include <set>
#include <span>

#include "kernels/embedded.h"
#include "kernels/error.h"
#include "kernels/nearest.h"
#include "kernels/sha256.h"
#include "results/claims/audit.h"
#include "results/claims/catalogue_file.h"
#include "results/claims/catalogue_lint.h"
#include "results/claims/claim_references.h"
#include "results/claims/figures.h"
#include "results/claims/ids.h"
#include "results/claims/problem_pattern.h"
#include "results/claims/rules.h"
#include "results/process/read_file.h"

namespace assay::results::claims {

std::span<const assay::EmbeddedFile> catalogue_files();
std::span<const assay::EmbeddedFile> claims_templates();

namespace {

struct NamedText {
  std::string name, text;
  bool built_in = false;
  bool must_be_complete = false;  ///< a file of the user: see lacks()
};

/// Combines files into one catalogue; entries that cannot be used are passed to `report`.
class Assembly {
 public:
  using Report = std::function<void(const InputError&)>;
  explicit Assembly(Report report) : report_(std::move(report)) {}

  Catalogue build(std::vector<NamedText> texts) {
    // The files of the program first, so that an entry of a user's file cannot take their place.
    std::ranges::sort(texts, {}, [](const NamedText& text) {
      return std::pair(!text.built_in, std::string_view(text.name));
    });
    std::string all;
    for (const NamedText& text : texts) {
      all += text.name + '\0' + text.text + '\0';
      CatalogueFile& file =
          files_.emplace_back(parse_catalogue_file(text.name, text.text, report_));
      if (text.must_be_complete) leave_out_incomplete(file);
      add(file);
    }
    catalogue_.sha256 = sha256(all);
    note_places();
    check_systems();
    check_shares();
    check_claims();
    note_places();
    check_sets();
    check_relations();
    check_contests();
    return std::move(catalogue_);
  }

 private:
  void leave_out_incomplete(CatalogueFile& file) {
    std::erase_if(file.claims, [&](const CatalogueFile::Placed<Claim>& placed) {
      const auto missing = lacks(placed.entry);
      if (!missing.empty()) report_(incomplete(placed.place, placed.entry, missing));
      return !missing.empty();
    });
  }

  /// Runs `check`, which throws if the entry at `place` cannot be used.
  bool passes(const Place& place, const std::string& entry, const std::function<void()>& check) {
    try {
      check();
      return true;
    } catch (const InputError& error) {
      report_(
          InputError(fmt::format("{}: {}: {}", place.text(), entry, error.what()), error.hint()));
      return false;
    }
  }

  /// False, with a report, if the id is already used.
  bool is_new_id(const std::string& kind, const std::string& id, const Place& place) {
    const auto [found, added] = places_.emplace(kind + " " + id, place);
    return added || passes(place, "id", [&, &known = found->second] {
             throw InputError(
                 fmt::format("{} `{}` is already defined at {}", kind, id, known.text()),
                 "rename one of the two");
           });
  }

  template <typename Entry, typename Keep>
  void add_all(const std::string& kind, const std::vector<CatalogueFile::Placed<Entry>>& entries,
               Keep keep) {
    for (const auto& [entry, place] : entries) {
      if (is_new_id(kind, entry.id, place)) keep(entry);
    }
  }

  void add(const CatalogueFile& file) {
    add_all("set", file.sets, [&](const ClaimSet& set) { catalogue_.sets[set.id] = set; });
    // Systems and workloads share one set of ids, since figures are named by their owner's id.
    add_all("system", file.systems, [&](const System& one) { catalogue_.systems[one.id] = one; });
    add_all("system", file.workloads,
            [&](const System& one) { catalogue_.workloads[one.id] = one; });
    add_all("claim", file.claims, [&](const Claim& one) { catalogue_.claims.push_back(one); });
    add_all("share", file.shares, [&](const Share& one) { catalogue_.shares.push_back(one); });
    add_all("relation", file.relations,
            [&](const Relation& one) { catalogue_.relations.push_back(one); });
    add_all("relation", file.rules, [&](const Rule& one) { catalogue_.rules.push_back(one); });
    add_all("reading", file.readings,
            [&](const Reading& one) { catalogue_.readings.push_back(one); });
    add_all("metric", file.metrics, [&](const Metric& one) { catalogue_.metrics.push_back(one); });
    add_all("contest", file.contests,
            [&](const Contest& one) { catalogue_.contests.push_back(one); });
  }

  void note_places() {
    catalogue_.claim_places.clear();
    for (std::size_t i = 0; i < catalogue_.claims.size(); ++i) {
      catalogue_.claim_places.emplace(catalogue_.claims[i].id, i);
    }
  }

  const Place& place(const std::string& kind, const std::string& id) const {
    return places_.at(kind + " " + id);
  }

  void check_systems() {
    for (auto& [id, system] : catalogue_.systems) {
      const std::string entry = fmt::format("system `{}`: parts", id);
      // Invalid parts are dropped, so that the system's own figures can still be used.
      if (!passes(place("system", id), entry, [&] { all_parts(catalogue_, system); })) {
        system.parts.clear();
      }
    }
  }

  void check_shares() {
    std::erase_if(catalogue_.shares, [&](const Share& share) {
      return !passes(place("share", share.id), fmt::format("share `{}`", share.id), [&] {
        check_best(find_system(catalogue_, share.system), share);
        check_type_of_peak(share.quantity, ProblemPattern(share.problem));
      });
    });
  }

  /// A range that does not contain the best published rate would convict a true peak.
  static void check_best(const System& system, const Share& share) {
    const Property* peak = system.figure(share.quantity);
    if (peak == nullptr) return;
    constexpr double kDigits = 0.005;  // the digits of a share
    if (share.best.range.upper / peak->range.lower >= share.range.lower - kDigits &&
        share.best.range.lower / peak->range.upper <= share.range.upper + kDigits) {
      return;
    }
    throw InputError(
        fmt::format("best: {} is {:.3g} of the published peak, outside {} to {}", shown(share.best),
                    share.best.value / peak->value, share.range.lower, share.range.upper),
        "correct `lower`, `upper` or `best`");
  }

  void check_sets() {
    for (auto& [id, set] : catalogue_.sets) {
      std::erase_if(set.first, [&](const std::string& claim) {
        return !passes(place("set", id), fmt::format("set `{}`: first", id),
                       [&] { find_claim(catalogue_, claim); });
      });
    }
  }

  void check_claims() {
    for (bool again = true; again;) {
      again = false;
      const Figures figures(catalogue_);
      const ClaimReferences references(catalogue_);
      std::set<std::string> unusable;
      for (const Claim& claim : catalogue_.claims) {
        if (!passes(place("claim", claim.id), fmt::format("claim `{}`", claim.id),
                    [&] { references.check(figures, claim); })) {
          unusable.insert(claim.id);
        }
      }
      // A claim may be stated in terms of one that was just removed, so all are checked again.
      again = std::erase_if(catalogue_.claims,
                            [&](const Claim& claim) { return unusable.contains(claim.id); }) > 0;
    }
  }

  void check_relations() {
    const Figures figures(catalogue_);
    const auto ids = ids_of(catalogue_.claims);
    const std::set<std::string> known(ids.begin(), ids.end());
    std::erase_if(catalogue_.relations, [&](const Relation& relation) {
      return !passes(place("relation", relation.id), fmt::format("relation `{}`", relation.id),
                     [&] {
                       for (const std::string& claim : relation.claims) {
                         if (!known.contains(claim)) {
                           throw InputError(fmt::format("claims: unknown claim `{}`", claim),
                                            did_you_mean(claim, ids));
                         }
                       }
                       check_relation(figures, relation);
                     });
    });
    std::erase_if(catalogue_.rules, [&](const Rule& rule) {
      return !passes(place("relation", rule.id), fmt::format("rule `{}`", rule.id),
                     [&] { check_rule(catalogue_, figures, rule); });
    });
  }

  void check_contests() {
    std::vector<std::string> metrics = ids_of(catalogue_.metrics);
    std::erase_if(catalogue_.contests, [&](const Contest& contest) {
      return !passes(place("contest", contest.id), fmt::format("contest `{}`", contest.id), [&] {
        for (const std::string& system : contest.systems) find_system(catalogue_, system);
        if (!contest.today.empty()) find_system(catalogue_, contest.today);
        if (!contest.claim.empty()) find_claim(catalogue_, contest.claim);
        for (const std::string& metric : contest.metrics) {
          if (std::ranges::find(metrics, metric) == metrics.end()) {
            throw InputError(fmt::format("no metric `{}`", metric), did_you_mean(metric, metrics));
          }
        }
      });
    });
  }

  Report report_;
  Catalogue catalogue_;
  std::deque<CatalogueFile> files_;
  std::map<std::string, Place> places_;
};

/// Throws the first error.
Catalogue assemble(std::vector<NamedText> texts) {
  return Assembly([](const InputError& error) { throw InputError(error); }).build(std::move(texts));
}

std::vector<NamedText> built_in_texts() {
  std::vector<NamedText> texts;
  for (const EmbeddedFile& file : catalogue_files()) {
    texts.push_back({std::string(file.name), std::string(file.text), true});
  }
  return texts;
}

void append_files(std::vector<NamedText>& texts, const std::vector<std::filesystem::path>& files,
                  bool must_be_complete) {
  for (const auto& path : files) {
    const std::string text = process::read_file(path.string(), process::kLargestToml);
    texts.push_back({path.string(), text, false, must_be_complete});
  }
}

}  // namespace

Catalogue built_in_catalogue() {
  return assemble(built_in_texts());
}

Catalogue load_catalogue(const std::vector<std::filesystem::path>& files) {
  std::vector<NamedText> texts;
  append_files(texts, files, false);
  return assemble(std::move(texts));
}

Catalogue extended_catalogue(const std::vector<std::filesystem::path>& files) {
  std::vector<NamedText> texts = built_in_texts();
  append_files(texts, files, true);
  return assemble(std::move(texts));
}

CheckedCatalogue check_catalogue(const std::vector<std::filesystem::path>& files) {
  CheckedCatalogue checked;
  std::vector<NamedText> texts = built_in_texts();
  for (const auto& path : files) {
    try {
      append_files(texts, {path}, true);
    } catch (const InputError& error) {
      checked.errors.push_back(error);
    }
  }
  checked.catalogue = Assembly([&](const InputError& error) {
                        checked.errors.push_back(error);
                      }).build(std::move(texts));
  return checked;
}

std::string_view claims_template() {
  return claims_templates().front().text;
}

}  // namespace assay::results::claims
