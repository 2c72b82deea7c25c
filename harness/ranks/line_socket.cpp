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

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <cstring>
#include <memory>
#include <utility>

#include "harness/environment/environment.h"
#include "kernels/error.h"

namespace assay::harness::ranks {

namespace {

using SteadyClock = std::chrono::steady_clock;

SteadyClock::time_point after(double seconds) {
  return SteadyClock::now() +
         std::chrono::duration_cast<SteadyClock::duration>(std::chrono::duration<double>(seconds));
}

int milliseconds_until(SteadyClock::time_point moment) {
  const double left = std::chrono::duration<double>(moment - SteadyClock::now()).count();
  return static_cast<int>(std::clamp(std::ceil(left * 1000), 0.0, 1e9));
}

/// Small messages go at once, and a machine that vanished is noticed within two minutes or so.
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

std::optional<LineSocket> connect_to(const addrinfo& address, double timeout_seconds) {
  Descriptor socket(::socket(address.ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (socket.get() < 0) return std::nullopt;
  if (connect(socket.get(), address.ai_addr, address.ai_addrlen) != 0) {
    if (errno != EINPROGRESS) return std::nullopt;
    pollfd watched = {socket.get(), POLLOUT, 0};
    if (poll(&watched, 1, milliseconds_until(after(timeout_seconds))) <= 0) return std::nullopt;
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0) return std::nullopt;
  }
  prepare(socket.get());
  return LineSocket(std::move(socket));
}

}  // namespace

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  if (this != &other) {
    if (value_ >= 0) ::close(value_);
    value_ = other.release();
  }
  return *this;
}

Descriptor::~Descriptor() {
  if (value_ >= 0) ::close(value_);
}

int Descriptor::release() noexcept {
  return std::exchange(value_, -1);
}

bool LineSocket::send(const std::string& line, double timeout_seconds) {
  const std::string text = line + "\n";
  const auto deadline = after(timeout_seconds);
  std::size_t sent = 0;
  while (open() && sent < text.size()) {
    const ssize_t count =
        ::send(descriptor(), text.data() + sent, text.size() - sent, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count > 0) {
      sent += static_cast<std::size_t>(count);
      continue;
    }
    if (errno == EINTR) continue;
    pollfd watched = {descriptor(), POLLOUT, 0};
    if (errno != EAGAIN || poll(&watched, 1, milliseconds_until(deadline)) <= 0) close();
  }
  return open();
}

bool LineSocket::read_available() {
  char block[65536];
  while (open()) {
    const ssize_t count = recv(descriptor(), block, sizeof block, MSG_DONTWAIT);
    if (count > 0) {
      received_.append(block, static_cast<std::size_t>(count));
      if (received_.size() > most_bytes_) {
        received_.clear();
        close();
      }
      continue;
    }
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) return true;
    close();
  }
  return false;
}

std::optional<std::string> LineSocket::next_line() {
  const std::size_t end = received_.find('\n');
  if (end == std::string::npos) return std::nullopt;
  std::string line = received_.substr(0, end);
  received_.erase(0, end + 1);
  return line;
}

LineSocket::Event LineSocket::receive(std::string& line, double timeout_seconds,
                                      const worker::Interrupt* interrupt) {
  const auto deadline = after(timeout_seconds);
  while (true) {
    if (auto whole = next_line()) {
      line = std::move(*whole);
      return Event::line;
    }
    if (!open()) return Event::closed;
    pollfd watched[] = {{descriptor(), POLLIN, 0},
                        {interrupt ? interrupt->descriptor() : -1, POLLIN, 0}};
    const int ready = poll(watched, 2, milliseconds_until(deadline));
    if (ready == 0) return Event::timed_out;
    if (ready < 0 && errno != EINTR) return Event::closed;
    if (ready > 0 && watched[1].revents != 0) interrupt->check();
    // What came before the end is read first.
    if (ready > 0 && watched[0].revents != 0) read_available();
  }
}

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
  } else {  // a kernel without IPv6
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
                "name another with --rendezvous HOST:PORT");
  }
  size = sizeof address;
  getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size);
  // The port lies at the same place in both kinds of address.
  port_ = ntohs(reinterpret_cast<sockaddr_in&>(address).sin_port);
  descriptor_ = std::move(socket);
}

std::optional<LineSocket> Listener::accept() {
  Descriptor socket(accept4(descriptor_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
  if (socket.get() < 0) return std::nullopt;
  prepare(socket.get());
  return LineSocket(std::move(socket));
}

std::optional<LineSocket> connect_to(const std::vector<std::string>& hosts, std::uint16_t port,
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
