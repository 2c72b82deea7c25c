// The uncertain inputs of a projection by name, and random draws of them.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "results/claims/catalogue.h"
#include "results/network/network.h"

namespace assay::results::project {

/// An input with a log-normal distribution around `value`. Draws of shares are limited to 1.
struct Input {
  std::string name;    ///< "efficiency.matmul"
  double value = 0;    ///< nominal
  double spread = 0;   ///< standard deviation of the logarithm
  bool share = false;  ///< at most 1
  bool assumed = false;
  std::string source;
};

/// One value for each input, by name.
class Values {
 public:
  double operator[](std::string_view name) const;
  void set(const std::string& name, double value) { values_[name] = value; }

 private:
  std::map<std::string, double, std::less<>> values_;
};

/// Figures of the endpoint ("peak.i8", "memory.bandwidth", …) and of its network
/// ("network.0.latency"), and the assumptions for it. Throws InputError if a needed figure is
/// missing.
std::vector<Input> inputs_of(const claims::Catalogue& catalogue, const claims::System& endpoint,
                             const network::Network* network,
                             const std::vector<std::string>& figures);

/// A published figure of the endpoint, or its share of the figure of a system that contains it.
/// Throws InputError if there is none.
Input figure_input(const claims::Catalogue& catalogue, const claims::System& endpoint,
                   const std::string& quantity);
bool has_figure(const claims::Catalogue& catalogue, const claims::System& endpoint,
                const std::string& quantity);

Values nominal(const std::vector<Input>& inputs);
/// Draw number `draw` of a seed: the same on every machine.
Values drawn(const std::vector<Input>& inputs, std::uint64_t seed, std::uint64_t draw);
/// The network with these values.
network::Network with_values(network::Network network, const Values& values);

}  // namespace assay::results::project
