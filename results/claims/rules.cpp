#include "results/claims/rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <ranges>

#include "kernels/error.h"

namespace assay::results {
namespace {

using Variables = std::map<std::string, std::string>;

std::vector<std::string> words_of(std::string_view quantity) {
  std::vector<std::string> words;
  for (const auto part : std::views::split(quantity, '.')) {
    words.emplace_back(part.begin(), part.end());
  }
  return words;
}

bool is_variable(const std::string& word) {
  return word.size() == 3 && word.front() == '{' && word.back() == '}';
}

/// Matches words against a pattern's, binding variables: {X} is one word, {Q} and a last * are one
/// or more. Calls `found` for every way that fits.
void match(std::span<const std::string> pattern, std::span<const std::string> words,
           Variables& bound, const std::function<void()>& found) {
  if (pattern.empty() || words.empty()) {
    if (pattern.empty() && words.empty()) found();
    return;
  }
  const std::string& first = pattern.front();
  if (first == "*" && pattern.size() == 1) return found();
  if (!is_variable(first)) {
    if (first == words.front()) match(pattern.subspan(1), words.subspan(1), bound, found);
    return;
  }
  const std::string name = first.substr(1, 1);
  const std::size_t most = name == "Q" ? words.size() : 1;
  std::string text;
  for (std::size_t taken = 1; taken <= most; ++taken) {
    text += (taken == 1 ? "" : ".") + words[taken - 1];
    const auto known = bound.find(name);
    if (known != bound.end() && known->second != text) continue;
    const bool fresh = known == bound.end();
    if (fresh) bound[name] = text;
    match(pattern.subspan(1), words.subspan(taken), bound, found);
    if (fresh) bound.erase(name);
  }
}

bool fits(const std::vector<std::string>& patterns, const std::string& quantity) {
  return std::ranges::any_of(patterns, [&](const std::string& pattern) {
    bool fit = false;
    Variables none;
    match(words_of(pattern), words_of(quantity), none, [&] { fit = true; });
    return fit;
  });
}

/// `text` with every {name} that is bound replaced.
std::string replaced(std::string text, const Variables& values) {
  for (const auto& [name, value] : values) {
    const std::string hole = "{" + name + "}";
    for (std::size_t at = 0; (at = text.find(hole, at)) != std::string::npos; at += value.size()) {
      text.replace(at, hole.size(), value);
    }
  }
  return text;
}

/// The first name of an expression that still has a hole: "self:peak.{T}".
std::string open_name(const std::string& text) {
  const std::size_t hole = text.find('{');
  if (hole == std::string::npos) return {};
  const std::size_t begin = text.find_last_of(" (", hole) + 1;
  return text.substr(begin, text.find_first_of(" ),", hole) - begin);
}

void check_dimensions(const Instance& instance) {
  const auto dimension = [](const Expression& expression, const std::vector<Figure>& figures) {
    std::vector<Dimension> dimensions;
    for (const Figure& figure : figures) {
      dimensions.push_back(figure.property->dimension);
    }
    return expression.dimension(std::span<const Dimension>(dimensions));
  };
  const Dimension left = dimension(*instance.left, instance.left_figures);
  const Dimension right = dimension(*instance.right, instance.right_figures);
  if (left != right) {
    throw InputError(fmt::format("left is in {}, right in {}", symbol(left), symbol(right)));
  }
}

std::vector<Figure> resolve(const Figures& figures, const Expression& expression,
                            const std::map<std::string, Property>& constants) {
  std::vector<Figure> out;
  for (const std::string& name : expression.names()) {
    const auto constant = constants.find(name);
    if (constant != constants.end()) {
      out.push_back({name, &constant->second, {}});
    } else {
      out.push_back(figures.find(name));
    }
  }
  return out;
}

}  // namespace

/// One rule on its way to instances.
class RuleExpansion {
 public:
  RuleExpansion(const Catalogue& catalogue, const Figures& figures, const Rule& rule,
                Instances& out)
      : catalogue_(catalogue), figures_(figures), rule_(rule), out_(out) {}

  void expand() {
    switch (rule_.over) {
      case Rule::Over::systems:
        return over_systems();
      case Rule::Over::parts:
        return over_parts();
      case Rule::Over::claims:
        return over_claims();
      case Rule::Over::pairs:
        return over_pairs();
    }
  }

 private:
  bool is_self(const System& system) const {
    return rule_.self_kind.empty() || rule_.self_kind == system.kind;
  }

  void over_systems() {
    for (const auto& [id, system] : catalogue_.systems) {
      if (is_self(system)) bind({{"self", id}}, nullptr);
    }
  }

  void over_parts() {
    for (const auto& [id, system] : catalogue_.systems) {
      if (!is_self(system)) continue;
      for (const auto& [part, count] : all_parts(catalogue_, system)) {
        if (!rule_.part_kind.empty() && rule_.part_kind != part->kind) continue;
        Property number;
        number.value = number.written = count;
        number.range = {count, count};
        const Property& kept = out_.counts_.emplace_back(number);
        bind({{"self", id}, {"part", part->id}, {"count", fmt::format("{}", count)}}, &kept);
      }
    }
  }

  void over_claims() {
    for (const Claim& claim : catalogue_.claims) {
      if (!claim.value || is_expression(claim.quantity) || !fits(rule_.quantities, claim.quantity))
        continue;
      Variables roles = {{"self", claim.system}, {"claim", claim.id}};
      if (!claim.workload.empty()) roles["work"] = claim.workload;
      for (const auto& [condition, value] : claim.conditions) roles.emplace(condition, value);
      bind(roles, nullptr);
    }
  }

  void over_pairs() {
    for (const auto& [id, system] : catalogue_.systems) {
      if (!is_self(system)) continue;
      for (const auto& [quantity, figures] : figures_.quantities(id)) {
        if (!fits(rule_.quantities, quantity)) continue;
        for (std::size_t i = 1; i < figures.size(); ++i) {
          if (figures[0].property->scope != figures[i].property->scope) continue;
          roles_ = {{"self", id}, {"Q", quantity}};
          number_ = i;
          choose({{"a", {figures[0]}}, {"b", {figures[i]}}}, rule_.left, rule_.right);
        }
      }
    }
  }

  void bind(Variables roles, const Property* count) {
    roles_ = std::move(roles);
    count_ = count;
    number_ = 0;
    fill(replaced(rule_.left, roles_), replaced(rule_.right, roles_));
  }

  /// Fills the holes that are left by trying every quantity of the name's owner.
  void fill(const std::string& left, const std::string& right) {
    const std::string open = open_name(left + " " + right);
    if (open.empty()) return choose({}, left, right);
    const std::size_t colon = open.find(':');
    const auto owner = roles_.find(open.substr(0, colon));
    if (colon == std::string::npos || owner == roles_.end()) return;  // a condition not stated
    const auto pattern = words_of(open.substr(colon + 1));
    for (const auto& [quantity, figures] : figures_.quantities(owner->second)) {
      if (pattern.front() == "{Q}" && !fits(rule_.quantities, quantity)) continue;
      Variables bound;
      match(pattern, words_of(quantity), bound, [&] {
        for (const auto& [name, value] : bound) roles_[name] = value;
        fill(replaced(left, bound), replaced(right, bound));
        for (const auto& [name, value] : bound) roles_.erase(name);
      });
    }
  }

  /// What a name may stand for; nothing where nothing is published of it.
  std::vector<Figure> candidates(const std::string& name) const {
    if (const auto constant = rule_.constants.find(name); constant != rule_.constants.end()) {
      return {{name, &constant->second, {}}};
    }
    if (name == "count" && count_ != nullptr) return {{name, count_, {}}};
    if (name == "claim") return {figures_.find("claim:" + roles_.at("claim"))};
    const std::size_t colon = name.find(':');
    const auto owner = roles_.find(name.substr(0, colon));
    if (colon == std::string::npos || owner == roles_.end()) {
      if (colon == std::string::npos) {
        throw InputError(fmt::format("`{}` is no constant of the rule", name));
      }
      return {};
    }
    return figures_.of(owner->second, name.substr(colon + 1));
  }

  /// Every choice of figures; where there are too many, those with one figure not preferred.
  void choose(const std::map<std::string, std::vector<Figure>>& given, const std::string& left,
              const std::string& right) {
    Instance instance;
    instance.left = &out_.expression(left);
    instance.right = &out_.expression(right);
    std::vector<std::vector<Figure>> choices;
    double combinations = 1;
    for (const Expression* side : {instance.left, instance.right}) {
      for (const std::string& name : side->names()) {
        const auto known = given.find(name);
        choices.push_back(known != given.end() ? known->second : candidates(name));
        combinations *= static_cast<double>(choices.back().size());
      }
    }
    if (combinations == 0) return;
    std::vector<std::size_t> picked(choices.size(), 0);
    int serial = 0;
    const std::function<void(std::size_t, int)> pick = [&](std::size_t at, int others) {
      if (at == choices.size()) return take(instance, choices, picked, serial);
      for (std::size_t i = 0; i < choices[at].size(); ++i) {
        if (i > 0 && others > 0 && combinations > 64) break;
        picked[at] = i;
        pick(at + 1, others + (i > 0 ? 1 : 0));
      }
      picked[at] = 0;
    };
    pick(0, 0);
  }

  void take(Instance instance, const std::vector<std::vector<Figure>>& choices,
            const std::vector<std::size_t>& picked, int& serial) {
    const std::size_t lefts = instance.left->names().size();
    for (std::size_t i = 0; i < picked.size(); ++i) {
      (i < lefts ? instance.left_figures : instance.right_figures).push_back(choices[i][picked[i]]);
    }
    if (!coherent(instance)) return;
    instance.id = name(++serial);
    instance.statement = replaced(rule_.statement, shown_roles());
    instance.note = rule_.note;
    instance.comparison = rule_.comparison;
    instance.tolerance = rule_.tolerance;
    if (serial == 1) check_dimensions(instance);
    out_.instances_.push_back(std::move(instance));
  }

  /// A name on both sides is one figure; of one source where the rule asks for it.
  bool coherent(const Instance& instance) const {
    for (std::size_t r = 0; r < instance.right_figures.size(); ++r) {
      for (std::size_t l = 0; l < instance.left_figures.size(); ++l) {
        if (instance.right->names()[r] == instance.left->names()[l] &&
            instance.right_figures[r].property != instance.left_figures[l].property) {
          return false;
        }
      }
    }
    if (!rule_.one_source) return true;
    const auto published = [](const Figure& figure) {
      return figure.name.find(':') != std::string::npos;
    };
    const std::string* title = nullptr;
    for (const Figure& figure : instance.left_figures | std::views::filter(published)) {
      if (title != nullptr && *title != figure.property->source.title) return false;
      title = &figure.property->source.title;
    }
    return true;
  }

  std::string name(int serial) const {
    std::string id = rule_.id;
    if (rule_.over == Rule::Over::claims) {
      id += "/" + roles_.at("claim");
    } else {
      id += "/" + roles_.at("self");
      if (const auto part = roles_.find("part"); part != roles_.end()) id += "/" + part->second;
    }
    for (const auto& [role, value] : roles_) {
      if (role.size() == 1) id += "/" + value;
    }
    const int choice = serial + static_cast<int>(number_ > 0 ? number_ - 1 : 0);
    return choice > 1 ? fmt::format("{}~{}", id, choice) : id;
  }

  /// Roles as a reader knows them: names rather than ids.
  Variables shown_roles() const {
    Variables shown = roles_;
    for (auto& [role, value] : shown) {
      for (const auto* group : {&catalogue_.systems, &catalogue_.workloads}) {
        const auto found = group->find(value);
        if (found != group->end() && (role == "self" || role == "part" || role == "work")) {
          value = found->second.name;
        }
      }
    }
    return shown;
  }

  const Catalogue& catalogue_;
  const Figures& figures_;
  const Rule& rule_;
  Instances& out_;
  Variables roles_;
  const Property* count_ = nullptr;
  std::size_t number_ = 0;
};

Instances::Instances(const Catalogue& catalogue, const Figures& figures) {
  for (const Relation& relation : catalogue.relations) add_relation(figures, relation);
  for (const Claim& claim : catalogue.claims) {
    if (claim.value && is_expression(claim.quantity)) add_claim(figures, claim);
  }
  for (const Rule& rule : catalogue.rules) {
    try {
      RuleExpansion(catalogue, figures, rule, *this).expand();
    } catch (const InputError& error) {
      throw InputError(fmt::format("rule `{}`: {}", rule.id, error.what()), error.mend());
    }
  }
}

Instances::Instances(const Catalogue& catalogue, const Figures& figures, const Rule& rule) {
  RuleExpansion(catalogue, figures, rule, *this).expand();
}

void check_rule(const Catalogue& catalogue, const Figures& figures, const Rule& rule) {
  Instances(catalogue, figures, rule);
}

const Expression& Instances::expression(const std::string& text) {
  const auto found = expressions_.find(text);
  return found != expressions_.end() ? found->second
                                     : expressions_.emplace(text, Expression(text)).first->second;
}

void Instances::add_relation(const Figures& figures, const Relation& relation) {
  Instance instance;
  instance.id = relation.id;
  instance.statement = relation.statement;
  instance.note = relation.note;
  instance.left = &expression(relation.left);
  instance.right = &expression(relation.right);
  instance.left_figures = resolve(figures, *instance.left, relation.constants);
  instance.right_figures = resolve(figures, *instance.right, relation.constants);
  instance.comparison = relation.comparison;
  instance.tolerance = relation.tolerance;
  instance.claims = relation.claims;
  instances_.push_back(std::move(instance));
}

void Instances::add_claim(const Figures& figures, const Claim& claim) {
  Instance instance;
  instance.id = "claim/" + claim.id;
  instance.statement = claim.statement;
  instance.left = &expression(claim.quantity);
  instance.right = &expression("claim:" + claim.id);
  instance.left_figures = resolve(figures, *instance.left, {});
  instance.right_figures = {{"claim:" + claim.id, &*claim.value, {claim.id}}};
  instance.comparison = claim.comparison;
  instance.tolerance = claim.tolerance;
  instance.claims = {claim.id};
  instances_.push_back(std::move(instance));
}

}  // namespace assay::results
