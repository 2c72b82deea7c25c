// Numeric addresses of hosts, and the endpoints of ZeroMQ that are made of them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace assay::harness::ranks {

struct HostAndPort {
  std::string host;
  std::uint16_t port = 0;
};

/// Parses HOST:PORT, with [ ] around an IPv6 address; nullopt if the text contains a slash or no
/// colon, so that it is a folder. Throws InputError for an invalid port.
std::optional<HostAndPort> host_and_port_in(const std::string& text);

/// The numeric addresses of a host name; empty if it is unknown.
std::vector<std::string> addresses_of(const std::string& host);

/// The numeric addresses at which other machines reach this one: those of its host name that one
/// of its interfaces has, or else those of all interfaces that are up. Without loopback and
/// addresses that are valid only on one link. The loopback address if there are none.
std::vector<std::string> own_addresses();

/// "tcp://10.0.0.5:4242", "tcp://[::1]:4242"; port 0 becomes "*", any free port.
std::string endpoint_text(const std::string& address, std::uint16_t port);
/// The same for each address.
std::vector<std::string> endpoints_of(const std::vector<std::string>& addresses,
                                      std::uint16_t port);

/// "ipc://@assay-" and 32 random hexadecimal digits: a name that only processes of this host can
/// reach. It is in Linux's abstract namespace (unix(7)), so that no file remains of it.
std::string new_local_endpoint();
bool is_local_endpoint(const std::string& text);

/// HOST:PORT of an endpoint at an address; a local one as it is. This is what --rendezvous takes.
std::string place_text(const std::string& endpoint);

}  // namespace assay::harness::ranks
