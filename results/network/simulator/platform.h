// A network as SimGrid's hosts and links.
#pragma once

#include <simgrid/s4u.hpp>
#include <utility>
#include <vector>

#include "results/network/network.h"

namespace assay::results::network {

/// An endpoint is one host on each fabric that it has a port of its own on. A fabric is a tree of
/// star zones: a link each way for a host's port, one each way for a group's uplink; routes follow
/// from the zones, so memory grows with endpoints alone.
class Platform {
 public:
  explicit Platform(const Network& network);

  simgrid::s4u::Host* first() const { return hosts_.front().front(); }
  /// The hosts between which a message from one endpoint to another goes.
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
