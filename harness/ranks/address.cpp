#include "harness/ranks/address.h"

#include <fmt/format.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <charconv>
#include <memory>
#include <string_view>

#include "harness/environment/environment.h"
#include "harness/ranks/job_secret.h"
#include "kernels/error.h"

namespace assay::harness::ranks {

namespace {

constexpr std::string_view kLocal = "ipc://@";

struct FreeAddresses {
  void operator()(addrinfo* list) const { freeaddrinfo(list); }
  void operator()(ifaddrs* list) const { freeifaddrs(list); }
};

std::string numeric_text(const sockaddr* address) {
  const socklen_t size = address->sa_family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
  char text[NI_MAXHOST];
  return getnameinfo(address, size, text, sizeof text, nullptr, 0, NI_NUMERICHOST) == 0 ? text : "";
}

bool is_valid_on_one_link(const sockaddr* address) {
  return address->sa_family == AF_INET6 &&
         IN6_IS_ADDR_LINKLOCAL(&reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr);
}

/// Of all interfaces that are up, without loopback.
std::vector<std::string> addresses_of_interfaces() {
  std::vector<std::string> out;
  ifaddrs* found = nullptr;
  if (getifaddrs(&found) != 0) return out;
  const std::unique_ptr<ifaddrs, FreeAddresses> list(found);
  for (const ifaddrs* one = found; one != nullptr; one = one->ifa_next) {
    if (one->ifa_addr == nullptr || (one->ifa_flags & IFF_UP) == 0) continue;
    const int family = one->ifa_addr->sa_family;
    if ((family != AF_INET && family != AF_INET6) || (one->ifa_flags & IFF_LOOPBACK) != 0 ||
        is_valid_on_one_link(one->ifa_addr)) {
      continue;
    }
    if (std::string text = numeric_text(one->ifa_addr); !text.empty()) out.push_back(text);
  }
  return out;
}

}  // namespace

std::optional<HostAndPort> host_and_port_in(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos || text.find('/') != std::string::npos) return std::nullopt;
  const std::string port_text = text.substr(colon + 1);
  HostAndPort out{text.substr(0, colon)};
  if (out.host.starts_with('[') && out.host.ends_with(']')) {
    out.host = out.host.substr(1, out.host.size() - 2);
  }
  const char* const all = port_text.data() + port_text.size();
  const auto [end, error] = std::from_chars(port_text.data(), all, out.port);
  if (error != std::errc() || end != all || out.port == 0 || out.host.empty()) {
    throw InputError(
        fmt::format("--rendezvous {}: is not HOST:PORT", text),
        "name rank 0's host and a free port, 1 to 65535, or a folder that all ranks can access");
  }
  return out;
}

std::vector<std::string> addresses_of(const std::string& host) {
  std::vector<std::string> out;
  addrinfo hints = {}, *found = nullptr;
  hints.ai_socktype = SOCK_STREAM;
  if (getaddrinfo(host.c_str(), nullptr, &hints, &found) != 0) return out;
  const std::unique_ptr<addrinfo, FreeAddresses> list(found);
  for (const addrinfo* one = found; one != nullptr; one = one->ai_next) {
    std::string text = numeric_text(one->ai_addr);
    if (!text.empty() && std::find(out.begin(), out.end(), text) == out.end()) out.push_back(text);
  }
  return out;
}

std::vector<std::string> own_addresses() {
  const std::vector<std::string> all = addresses_of_interfaces();
  std::vector<std::string> out = addresses_of(environment::host_name());
  std::erase_if(out, [&](const std::string& one) {
    return std::find(all.begin(), all.end(), one) == all.end();
  });
  if (out.empty()) out = all;
  if (out.empty()) out = {"127.0.0.1"};
  return out;
}

std::string endpoint_text(const std::string& address, std::uint16_t port) {
  const std::string port_text = port == 0 ? "*" : std::to_string(port);
  return address.find(':') == std::string::npos ? fmt::format("tcp://{}:{}", address, port_text)
                                                : fmt::format("tcp://[{}]:{}", address, port_text);
}

std::vector<std::string> endpoints_of(const std::vector<std::string>& addresses,
                                      std::uint16_t port) {
  std::vector<std::string> out;
  for (const std::string& address : addresses) out.push_back(endpoint_text(address, port));
  return out;
}

std::string new_local_endpoint() {
  constexpr std::size_t kDigits = 32;
  return std::string(kLocal) + "assay-" + JobSecret::random().hex().substr(0, kDigits);
}

bool is_local_endpoint(const std::string& text) {
  return text.starts_with(kLocal);
}

std::string place_text(const std::string& endpoint) {
  constexpr std::string_view kBegin = "tcp://";
  return endpoint.starts_with(kBegin) ? endpoint.substr(kBegin.size()) : endpoint;
}

}  // namespace assay::harness::ranks
