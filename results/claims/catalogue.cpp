#include "results/claims/catalogue.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>
#include <span>

#include "kernels/embedded.h"
#include "kernels/error.h"
#include "kernels/nearest.h"
#include "kernels/sha256.h"
#include "results/claims/catalogue_file.h"
#include "results/claims/expression.h"
#include "results/claims/problem_pattern.h"
#include "results/claims/units.h"
#include "results/store.h"

namespace assay::results {

std::span<const assay::EmbeddedFile> catalogue_files();

namespace {

struct NamedText {
  std::string name, text;
};

[[noreturn]] void fail(const Place& place, const std::string& what, const std::string& mend = {}) {
  throw InputError(fmt::format("{}: {}", place.text(), what), mend);
}

template <typename Range>
std::vector<std::string> ids_of(const Range& entries) {
  std::vector<std::string> ids;
  for (const auto& entry : entries) {
    if constexpr (requires { entry.second.id; }) {
      ids.push_back(entry.second.id);
    } else {
      ids.push_back(entry.id);
    }
  }
  return ids;
}

/// Remembers where ids were first given and refuses the second.
class Seen {
 public:
  explicit Seen(std::string kind) : kind_(std::move(kind)) {}
  void add(const std::string& id, const Place& place) {
    const auto [found, fresh] = places_.emplace(id, place);
    if (!fresh) {
      fail(place,
           fmt::format("id: {} `{}` is already given at {}", kind_, id, found->second.text()),
           "rename one of the two");
    }
  }

 private:
  std::string kind_;
  std::map<std::string, Place> places_;
};

void check_references(const Claim& claim, const Place& place, const Catalogue& catalogue) {
  for (const std::string& set : claim.sets) {
    if (!catalogue.sets.contains(set)) {
      fail(place, fmt::format("claim `{}`: sets: unknown set `{}`", claim.id, set),
           did_you_mean(set, ids_of(catalogue.sets)));
    }
  }
  if (!claim.system.empty() && !catalogue.systems.contains(claim.system)) {
    fail(place, fmt::format("claim `{}`: system: unknown system `{}`", claim.id, claim.system),
         did_you_mean(claim.system, ids_of(catalogue.systems)));
  }
  if (!claim.test) return;
  try {
    for (const auto& [name, pattern] : claim.test->problems) ProblemPattern{pattern};
    for (const std::string& problem : claim.test->run) kernels::Problem::parse(problem);
    check_test(*claim.test);
  } catch (const InputError& error) {
    fail(place, fmt::format("claim `{}`: test: {}", claim.id, error.what()), error.mend());
  }
}

void check_references(const Relation& relation, const Place& place, const Catalogue& catalogue) {
  const auto ids = ids_of(catalogue.claims);
  for (const std::string& claim : relation.claims) {
    if (std::find(ids.begin(), ids.end(), claim) == ids.end()) {
      fail(place, fmt::format("relation `{}`: claims: unknown claim `{}`", relation.id, claim),
           did_you_mean(claim, ids));
    }
  }
  try {
    Dimension sides[2];
    for (const int side : {0, 1}) {
      const Expression expression(side == 0 ? relation.left : relation.right);
      std::vector<Dimension> dimensions;
      std::vector<double> values;
      for (const std::string& name : expression.names()) {
        const Property& figure = find_figure(catalogue, relation, name);
        dimensions.push_back(parse_unit(figure.unit).dimension);
        values.push_back(figure.value);
      }
      sides[side] = expression.dimension(dimensions);
      if (expression.evaluate(values) == 0) {
        throw InputError(fmt::format("`{}` is zero", expression.text()));
      }
    }
    if (sides[0] != sides[1]) {
      throw InputError(
          fmt::format("left is in {}, right in {}", symbol(sides[0]), symbol(sides[1])));
    }
  } catch (const InputError& error) {
    fail(place, fmt::format("relation `{}`: {}", relation.id, error.what()), error.mend());
  }
}

Catalogue assemble(std::vector<NamedText> texts) {
  std::sort(texts.begin(), texts.end(),
            [](const NamedText& a, const NamedText& b) { return a.name < b.name; });
  Catalogue catalogue;
  std::vector<CatalogueFile> files;
  std::string all;
  Seen sets("set"), systems("system"), claims("claim"), relations("relation");
  for (const NamedText& text : texts) {
    all += text.name + '\0' + text.text + '\0';
    const CatalogueFile& file = files.emplace_back(parse_catalogue_file(text.name, text.text));
    for (const auto& [set, place] : file.sets) {
      sets.add(set.id, place);
      catalogue.sets[set.id] = set;
    }
    for (const auto& [system, place] : file.systems) {
      systems.add(system.id, place);
      catalogue.systems[system.id] = system;
    }
    for (const auto& [claim, place] : file.claims) {
      claims.add(claim.id, place);
      catalogue.claims.push_back(claim);
    }
    for (const auto& [relation, place] : file.relations) {
      relations.add(relation.id, place);
      catalogue.relations.push_back(relation);
    }
  }
  for (const CatalogueFile& file : files) {
    for (const auto& [claim, place] : file.claims) check_references(claim, place, catalogue);
    for (const auto& [relation, place] : file.relations) {
      check_references(relation, place, catalogue);
    }
  }
  catalogue.sha256 = sha256(all);
  return catalogue;
}

std::vector<NamedText> built_in_texts() {
  std::vector<NamedText> texts;
  for (const EmbeddedFile& file : catalogue_files()) {
    texts.push_back({std::string(file.name), std::string(file.text)});
  }
  return texts;
}

void append_files(std::vector<NamedText>& texts, const std::vector<std::filesystem::path>& files) {
  for (const auto& path : files) {
    std::ifstream stream(path, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(stream), {}};
    if (!stream.is_open() || stream.bad()) {
      throw InputError(fmt::format("cannot read the catalogue file {}", path.string()));
    }
    texts.push_back({path.string(), text});
  }
}

}  // namespace

Catalogue built_in_catalogue() {
  return assemble(built_in_texts());
}

Catalogue load_catalogue(const std::vector<std::filesystem::path>& files) {
  std::vector<NamedText> texts;
  append_files(texts, files);
  return assemble(std::move(texts));
}

Catalogue extended_catalogue(const std::vector<std::filesystem::path>& files) {
  std::vector<NamedText> texts = built_in_texts();
  append_files(texts, files);
  return assemble(std::move(texts));
}

const Claim& find_claim(const Catalogue& catalogue, std::string_view id) {
  for (const Claim& claim : catalogue.claims) {
    if (claim.id == id) return claim;
  }
  throw InputError(fmt::format("no claim `{}` in the catalogue", id),
                   did_you_mean(id, ids_of(catalogue.claims), "`assay claims` lists them"));
}

const System& find_system(const Catalogue& catalogue, std::string_view id) {
  const auto found = catalogue.systems.find(std::string(id));
  if (found != catalogue.systems.end()) return found->second;
  throw InputError(fmt::format("no system `{}` in the catalogue", id),
                   did_you_mean(id, ids_of(catalogue.systems), "`assay systems` lists them"));
}

const ClaimSet& find_set(const Catalogue& catalogue, std::string_view id) {
  const auto found = catalogue.sets.find(std::string(id));
  if (found != catalogue.sets.end()) return found->second;
  const auto ids = ids_of(catalogue.sets);
  const std::string list = fmt::format("sets are {}", fmt::join(ids, ", "));
  const std::string near = did_you_mean(id, ids);
  throw InputError(fmt::format("no set of claims `{}`", id),
                   near.empty() ? list : near + " " + list);
}

const Property& find_figure(const Catalogue& catalogue, const Relation& relation,
                            std::string_view name) {
  const std::size_t colon = name.find(':');
  if (colon == std::string_view::npos) {
    const auto found = relation.constants.find(std::string(name));
    if (found != relation.constants.end()) return found->second;
    throw InputError(fmt::format("`{}` is no constant of the relation", name),
                     "figures are written system:property or claim:id");
  }
  const std::string_view owner = name.substr(0, colon), rest = name.substr(colon + 1);
  if (owner == "claim") {
    const Claim& claim = find_claim(catalogue, rest);
    if (!claim.value) throw InputError(fmt::format("claim `{}` has no value", rest));
    return *claim.value;
  }
  const System& system = find_system(catalogue, owner);
  const auto found = system.properties.find(std::string(rest));
  if (found != system.properties.end()) return found->second;
  std::vector<std::string> names;
  for (const auto& [key, property] : system.properties) names.push_back(key);
  throw InputError(fmt::format("system `{}` has no `{}`", owner, rest),
                   did_you_mean(rest, names, fmt::format("it has {}", fmt::join(names, ", "))));
}

std::string_view name(Standing standing) {
  switch (standing) {
    case Standing::specification:
      return "specification";
    case Standing::paper:
      return "paper";
    case Standing::press:
      return "press";
    case Standing::measured_by_others:
      return "measured by others";
    case Standing::unverified:
      return "unverified";
  }
  return "";
}

std::string_view name(Comparison comparison) {
  switch (comparison) {
    case Comparison::equal:
      return "equal";
    case Comparison::at_least:
      return "at least";
    case Comparison::at_most:
      return "at most";
  }
  return "";
}

}  // namespace assay::results
