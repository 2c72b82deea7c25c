#include "harness/ranks/line_socket.h"

#include <fmt/format.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>

#include "harness/environment/environment.h"
#include "kernels/error.h"

namespace assay::harness::ranks {

namespace {

using results::process::Descriptor;

/// Sends small messages without delay, and detects a vanished machine within about two minutes.
void prepare(int descriptor) {
  const int on = 1, idle = 30, interval = 10, count = 6;
  setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  setsockopt(descriptor, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
  setsockopt(descriptor, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof idle);
  setsockopt(descriptor, IPPROTO_TCP, TCP_KEEPINTVL, &interval, sizeof interval);
  setsockopt(descriptor, IPPROTO_TCP, TCP_KEEPCNT, &count, sizeof count);
}

struct FreeAddresses {
  void operator()(addrinfo* list) const { freeaddrinfo(list); }
};

std::optional<LineChannel> connect_to(const addrinfo& address, double timeout_seconds) {
  Descriptor socket(::socket(address.ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (socket.get() < 0) return std::nullopt;
  if (connect(socket.get(), address.ai_addr, address.ai_addrlen) != 0) {
    if (errno != EINPROGRESS) return std::nullopt;
    pollfd watched = {socket.get(), POLLOUT, 0};
    if (poll(&watched, 1, static_cast<int>(timeout_seconds * 1000)) <= 0) return std::nullopt;
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0) return std::nullopt;
  }
  prepare(socket.get());
  return LineChannel(std::move(socket));
}

}  // namespace

Listener::Listener(std::uint16_t port) {
  Descriptor socket(::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const int off = 0, on = 1;
  sockaddr_storage address = {};
  socklen_t size = 0;
  if (socket.get() >= 0) {
    setsockopt(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
    auto& six = reinterpret_cast<sockaddr_in6&>(address);
    six.sin6_family = AF_INET6;
    six.sin6_port = htons(port);
    size = sizeof six;
  } else {  // kernel without IPv6
    socket = Descriptor(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    auto& four = reinterpret_cast<sockaddr_in&>(address);
    four.sin_family = AF_INET;
    four.sin_port = htons(port);
    size = sizeof four;
  }
  setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(socket.get(), reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      listen(socket.get(), SOMAXCONN) != 0) {
    throw Error(fmt::format("port {}: {}", port, std::strerror(errno)),
                "name another port with --rendezvous HOST:PORT");
  }
  size = sizeof address;
  getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size);
  // The port is at the same offset in both kinds of address.
  port_ = ntohs(reinterpret_cast<sockaddr_in&>(address).sin_port);
  descriptor_ = std::move(socket);
}

std::optional<LineChannel> Listener::accept() {
  Descriptor socket(accept4(descriptor_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
  if (socket.get() < 0) return std::nullopt;
  prepare(socket.get());
  return LineChannel(std::move(socket));
}

std::optional<LineChannel> connect_to(const std::vector<std::string>& hosts, std::uint16_t port,
                                      double timeout_seconds) {
  addrinfo hints = {};
  hints.ai_socktype = SOCK_STREAM;
  for (const std::string& host : hosts) {
    addrinfo* found = nullptr;
    if (getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found) != 0) continue;
    const std::unique_ptr<addrinfo, FreeAddresses> list(found);
    for (const addrinfo* one = found; one != nullptr; one = one->ai_next) {
      if (auto socket = connect_to(*one, timeout_seconds)) return socket;
    }
  }
  return std::nullopt;
}

std::vector<std::string> own_addresses() {
  std::vector<std::string> near = {environment::host_name()}, loopback;
  ifaddrs* list = nullptr;
  if (getifaddrs(&list) != 0) return near;
  const std::unique_ptr<ifaddrs, decltype(&freeifaddrs)> owner(list, freeifaddrs);
  for (const ifaddrs* one = list; one != nullptr; one = one->ifa_next) {
    if (one->ifa_addr == nullptr || (one->ifa_flags & IFF_UP) == 0) continue;
    const int family = one->ifa_addr->sa_family;
    if (family != AF_INET && family != AF_INET6) continue;
    const socklen_t size = family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
    char text[NI_MAXHOST];
    if (getnameinfo(one->ifa_addr, size, text, sizeof text, nullptr, 0, NI_NUMERICHOST) != 0) {
      continue;
    }
    ((one->ifa_flags & IFF_LOOPBACK) != 0 ? loopback : near).emplace_back(text);
  }
  near.insert(near.end(), loopback.begin(), loopback.end());
  return near;
}

}  // namespace assay::harness::ranks
