// A network as hosts and links of SimGrid.
#pragma once

#include <simgrid/s4u.hpp>
#include <utility>
#include <vector>

#include "results/network/network.h"

namespace assay::results::network {

/// An endpoint is one host on each fabric for which it has a separate port. A fabric is a tree of
/// star zones with one link per direction for the port of each host and for the uplink of each
/// group. Routes follow from the zones, so memory grows only with the number of endpoints.
class Platform {
 public:
  explicit Platform(const Network& network);

  simgrid::s4u::Host* first() const { return hosts_.front().front(); }
  /// The hosts for a message from one endpoint to another.
  std::pair<simgrid::s4u::Host*, simgrid::s4u::Host*> ends(int from, int to) const;

 private:
  /// Tiers [begin, end) share a port.
  struct Fabric {
    std::size_t begin, end;
  };
  void build(const Fabric& fabric, simgrid::s4u::NetZone* root);

  Network network_;
  std::vector<Fabric> fabrics_;
  std::vector<std::vector<simgrid::s4u::Host*>> hosts_;  // by fabric, by endpoint
};

}  // namespace assay::results::network
