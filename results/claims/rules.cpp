#include "results/claims/rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>
#include <ranges>
#include <set>

#include "kernels/error.h"
#include "results/claims/figure_choices.h"
#include "results/claims/quantity_pattern.h"
#include "results/claims/serving.h"
#include "results/claims/sum_of_parts.h"

namespace assay::results::claims {

/// Makes the instances of one rule.
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
      case Rule::Over::whole:
        return over_whole();
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
      if (is_self(system)) bind({{"self", id}}, {});
    }
  }

  void over_parts() {
    for (const auto& [id, system] : catalogue_.systems) {
      if (!is_self(system)) continue;
      for (const auto& [part, count] : all_parts(catalogue_, system)) {
        if (!rule_.part_kind.empty() && rule_.part_kind != part->kind) continue;
        bind({{"self", id}, {"part", part->id}, {"count", fmt::format("{}", count)}},
             {{"count", number(count)}});
      }
    }
  }

  void over_whole() {
    for (const auto& [id, system] : catalogue_.systems) {
      if (!is_self(system) || system.parts.empty()) continue;
      all_parts(catalogue_, system);  // refuses a system that is part of itself
      roles_ = {{"self", id}};
      numbers_.clear();
      number_ = 0;
      fill_whole(rule_.left, rule_.right);
    }
  }

  /// Replaces the variables by trying every quantity of the whole, and adds up its parts.
  void fill_whole(const std::string& left, const std::string& right) {
    if (!open_name(right).empty()) {
      return for_each_quantity(open_name(right), [&](const Variables& bound) {
        fill_whole(replaced(left, bound), replaced(right, bound));
      });
    }
    if (open_name(left).empty()) add_up(left, right);
  }

  void add_up(const std::string& left, const std::string& right) {
    const Expression term(left);
    const auto carries = [&](const System& part) {
      if (!rule_.part_kind.empty() && part.kind != rule_.part_kind) return false;
      return std::ranges::all_of(term.names(), [&](const std::string& name) {
        return !name.starts_with("part:") || !figures_.of(part.id, name.substr(5)).empty();
      });
    };
    const PartCounts parts =
        parts_that_add_up(catalogue_, catalogue_.systems.at(roles_.at("self")), carries,
                          rule_.part_kind, rule_.comparison == Comparison::at_most);
    // Each part has a number and at most a few figures; intervals are evaluated at all corners.
    constexpr std::size_t kMostParts = 8;
    if (parts.empty() || parts.size() > kMostParts) return;
    const Variables roles = roles_;
    std::string sum, ids, shown;
    for (std::size_t i = 0; i < parts.size(); ++i) {
      const auto& [part, count] = parts[i];
      const std::string suffix = parts.size() == 1 ? "" : std::to_string(i + 1);
      numbers_["count" + suffix] = number(count);
      roles_["part" + suffix] = part->id;
      sum += fmt::format("{}{}", i > 0 ? " + " : "", with_suffix(term, suffix));
      ids += fmt::format("{}{}", i > 0 ? "+" : "", part->id);
      shown += fmt::format("{}{} × {}", i > 0 ? " and " : "", count, part->name);
    }
    roles_["part"] = ids;
    roles_["parts"] = shown;
    choose({}, sum, right);
    roles_ = roles;
    numbers_.clear();
  }

  /// The term with `count` and `part` of one part: "count2 * part2:peak.bf16".
  static std::string with_suffix(const Expression& term, const std::string& suffix) {
    std::string text;
    std::size_t begin = 0;
    for (std::size_t at = 0; at <= term.text().size(); ++at) {
      const bool ends = at == term.text().size() || term.text()[at] == ' ' ||
                        term.text()[at] == '(' || term.text()[at] == ')';
      if (!ends) continue;
      std::string word = term.text().substr(begin, at - begin);
      if (word == "count") word += suffix;
      if (word.starts_with("part:")) word.insert(4, suffix);
      text += word;
      if (at < term.text().size()) text += term.text()[at];
      begin = at + 1;
    }
    return text;
  }

  const Property* number(double value) {
    Property property;
    property.value = property.written = value;
    property.range = {value, value};
    return &out_.counts_.emplace_back(property);
  }

  void over_claims() {
    for (const Claim& claim : catalogue_.claims) {
      if (!claim.value || is_expression(claim.quantity) || !fits(rule_.quantities, claim.quantity))
        continue;
      if (!meets_conditions(claim)) continue;
      Variables roles = {{"self", claim.system}, {"claim", claim.id}};
      if (!claim.workload.empty()) roles["work"] = claim.workload;
      for (const auto& [condition, value] : claim.conditions) {
        roles.emplace(condition, condition == "type" ? type_name(value) : value);
      }
      bind(roles, serving(claim));
    }
  }

  bool meets_conditions(const Claim& claim) const {
    return std::ranges::all_of(rule_.conditions, [&](const auto& required) {
      const auto stated = claim.conditions.find(required.first);
      return required.second == (stated == claim.conditions.end() ? "" : stated->second);
    });
  }

  /// A rate of a chip that does not say with how many others it serves may be of one of many. Then
  /// the calculation is shown and counts against nobody.
  bool is_tentative() const {
    if (!numbers_.contains("serving")) return false;
    const Claim& claim = find_claim(catalogue_, roles_.at("claim"));
    const auto batch = claim.conditions.find("batch");
    return !claim.conditions.contains("parallelism") &&
           (batch == claim.conditions.end() || batch->second != "1");
  }

  /// The number of systems that serve together: as the claim says, else the one it is about.
  std::map<std::string, const Property*> serving(const Claim& claim) {
    const auto stated = claim.conditions.find("parallelism");
    if (stated == claim.conditions.end()) return {{"serving", number(1)}};
    const auto chips = chips_of_parallelism(stated->second);
    if (!chips) return {};
    return {{"serving", number(*chips)}};
  }

  void over_pairs() {
    for (const auto& [id, system] : catalogue_.systems) {
      if (!is_self(system)) continue;
      for (const auto& [quantity, figures] : figures_.quantities(id)) {
        if (!fits(rule_.quantities, quantity)) continue;
        for (std::size_t i = 1; i < figures.size(); ++i) {
          if (figures[0].particular || figures[i].particular) continue;
          if (figures[0].property->scope != figures[i].property->scope) continue;
          roles_ = {{"self", id}, {"Q", quantity}};
          number_ = i;
          choose({{"a", {figures[0]}}, {"b", {figures[i]}}}, rule_.left, rule_.right);
        }
      }
    }
  }

  void bind(Variables roles, std::map<std::string, const Property*> numbers) {
    roles_ = std::move(roles);
    numbers_ = std::move(numbers);
    number_ = 0;
    fill(replaced(rule_.left, roles_), replaced(rule_.right, roles_));
  }

  /// Replaces the remaining variables by trying every quantity of the name's owner.
  void fill(const std::string& left, const std::string& right) {
    const std::string open = open_name(left + " " + right);
    if (open.empty()) return choose({}, left, right);
    for_each_quantity(
        open, [&](const Variables& bound) { fill(replaced(left, bound), replaced(right, bound)); });
  }

  /// Calls `found` with the values of the variables in a name such as "self:peak.{T}", for each
  /// quantity of its owner that fits; they are roles during the call.
  void for_each_quantity(const std::string& open,
                         const std::function<void(const Variables&)>& found) {
    const std::size_t colon = open.find(':');
    const auto owner = roles_.find(open.substr(0, colon));
    if (colon == std::string::npos || owner == roles_.end())
      return;  // the claim does not state this condition
    const auto pattern = words_of(open.substr(colon + 1));
    for (const auto& [quantity, figures] : figures_.quantities(owner->second)) {
      if (pattern.front() == "{Q}" && !fits(rule_.quantities, quantity)) continue;
      Variables bound;
      match(pattern, words_of(quantity), bound, [&] {
        if (!std::ranges::all_of(bound, [&](const auto& one) { return is_allowed(one); })) return;
        for (const auto& [name, value] : bound) roles_[name] = value;
        found(Variables(bound));
        for (const auto& [name, value] : bound) roles_.erase(name);
      });
    }
  }

  bool is_allowed(const std::pair<const std::string, std::string>& variable) const {
    const auto lists = [&](const std::map<std::string, std::vector<std::string>>& values) {
      const auto found = values.find(variable.first);
      return found != values.end() &&
             std::ranges::find(found->second, variable.second) != found->second.end();
    };
    return !lists(rule_.except) && (!rule_.only.contains(variable.first) || lists(rule_.only));
  }

  /// The figures that a name may refer to; empty if none is published.
  std::vector<Figure> candidates(const std::string& name) const {
    if (const auto constant = rule_.constants.find(name); constant != rule_.constants.end()) {
      return {{name, &constant->second, {}}};
    }
    if (const auto known = numbers_.find(name); known != numbers_.end()) {
      return {{name, known->second, {}}};
    }
    if (name == "claim") return {figures_.find("claim:" + roles_.at("claim"))};
    const std::size_t colon = name.find(':');
    const auto owner = roles_.find(name.substr(0, colon));
    if (colon == std::string::npos || owner == roles_.end()) {
      // A claim with a type that the rule has no constant for, or with an unknown number of chips.
      const bool written = (rule_.left + " " + rule_.right).find(name) != std::string::npos;
      if (colon == std::string::npos && written && name != "serving") {
        throw InputError(fmt::format("the rule has no constant `{}`", name));
      }
      return {};
    }
    std::vector<Figure> out = figures_.of(owner->second, name.substr(colon + 1));
    std::erase_if(out, [](const Figure& figure) { return figure.particular; });
    return out;
  }

  /// Tries all combinations of figures for the names, and keeps the instances that keep() selects.
  void choose(const std::map<std::string, std::vector<Figure>>& given, const std::string& left,
              const std::string& right) {
    Instance instance;
    instance.left = &out_.expression(left);
    instance.right = &out_.expression(right);
    if (rule_.over == Rule::Over::parts && stated_between(*instance.left)) return;
    FigureChoices choices;
    for (const Expression* side : {instance.left, instance.right}) {
      for (const std::string& name : side->names()) {
        const auto known = given.find(name);
        choices.push_back(known != given.end() ? known->second : distinct_values(candidates(name)));
      }
    }
    instance.statement = replaced(rule_.statement, shown_roles());
    instance.note = rule_.note;
    instance.comparison = rule_.comparison;
    instance.tolerance = rule_.tolerance;
    // A rule of claims tests the claim, also where the claim's own figure is not in it.
    if (rule_.over == Rule::Over::claims) {
      instance.claims = {roles_.at("claim")};
      instance.tentative = is_tentative();
    }
    int serial = 0;
    for (Instance& kept : chosen_instances(instance, choices, rule_.one_source)) {
      kept.id = name(++serial);
      if (rule_.over != Rule::Over::pairs) kept.group = name(1);
      out_.instances_.push_back(std::move(kept));
    }
  }

  /// Whether a part between the whole and this part has the figure too; then the rule is applied to
  /// each of the two levels instead.
  bool stated_between(const Expression& left) const {
    for (const auto& [between, count] :
         all_parts(catalogue_, catalogue_.systems.at(roles_.at("self")))) {
      const auto inner = all_parts(catalogue_, *between);
      const bool holds_part = std::ranges::any_of(
          inner, [&](const auto& part) { return part.first->id == roles_.at("part"); });
      if (!holds_part) continue;
      for (const std::string& name : left.names()) {
        if (name.starts_with("part:") && !figures_.of(between->id, name.substr(5)).empty()) {
          return true;
        }
      }
    }
    return false;
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

  /// Roles for display: names instead of ids.
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
  std::map<std::string, const Property*> numbers_;  ///< "count", "serving"
  std::size_t number_ = 0;
};

void Instances::expand(const Catalogue& catalogue, const Figures& figures, const Rule& rule) {
  RuleExpansion(catalogue, figures, rule, *this).expand();
}

}  // namespace assay::results::claims
