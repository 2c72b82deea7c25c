// The published figures of a catalogue by name: properties of systems and values of claims.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "results/claims/catalogue.h"

namespace assay::results::claims {

/// A figure, with the claims that state the same value.
struct Figure {
  std::string name;  ///< "ascend910c:peak.bf16", "claim:amla-rate", a constant's name
  const Property* property = nullptr;
  std::vector<std::string> claims;  ///< ids
  /// Found by its name only, and not compared with the other figures of its quantity: what nobody
  /// stated, one direction of a link, operands with zeros, a part of the system.
  bool particular = false;
};

/// Finds figures by name. Refers to the catalogue, which must outlive it.
class Figures {
 public:
  explicit Figures(const Catalogue& catalogue);

  /// All figures published for a quantity of a system or workload, the preferred one first. A claim
  /// that states the same value is added to that figure; one with another value is a new figure.
  const std::vector<Figure>& of(const std::string& owner, const std::string& quantity) const;
  /// Quantities of an owner for which there is a figure.
  const std::map<std::string, std::vector<Figure>>& quantities(const std::string& owner) const;

  /// "owner:quantity" (the preferred figure), "owner:quantity@source", "claim:id". Throws
  /// InputError with the most similar name.
  Figure find(std::string_view name) const;

 private:
  const Catalogue& catalogue_;
  std::unordered_map<std::string, std::map<std::string, std::vector<Figure>>> by_owner_;
  std::unordered_map<std::string, const Claim*> claims_;
};

/// Whether a claim's quantity is an expression and not the name of a quantity.
bool is_expression(std::string_view quantity);

/// The parts of a system at any depth with their total numbers, the smallest last. Throws
/// InputError if a system is part of itself.
std::vector<std::pair<const System*, double>> all_parts(const Catalogue& catalogue,
                                                        const System& whole);

}  // namespace assay::results::claims
