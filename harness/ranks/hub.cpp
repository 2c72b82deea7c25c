#include "harness/ranks/hub.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "harness/ranks/address.h"
#include "harness/ranks/key_check.h"
#include "harness/ranks/sockets.h"
#include "kernels/error.h"

namespace assay::harness::ranks {

namespace {

/// The address by which this process reaches its own endpoint, also if that is every address.
std::string reachable(const std::string& endpoint) {
  for (const auto& [any, loopback] : {std::pair("tcp://0.0.0.0:", "tcp://127.0.0.1:"),
                                      std::pair("tcp://[::]:", "tcp://[::1]:")}) {
    if (endpoint.starts_with(any)) return loopback + endpoint.substr(std::string(any).size());
  }
  return endpoint;
}

/// Closes a local connection of another user as it is accepted, so that it occupies no descriptor
/// until CURVE refuses it.
void accept_only_this_user(zmq::socket_t& socket) {
  const uid_t user = geteuid();
  if (zmq_setsockopt(socket.handle(), ZMQ_IPC_FILTER_UID, &user, sizeof user) != 0) {
    throw zmq::error_t();
  }
}

/// Sees all connections come and go, and knows which of them a peer has. Descriptors are used
/// again, so connections are numbered.
class Connections {
 public:
  /// From the monitor, in the order in which it happened. Returns the peer that has closed; empty
  /// if it is none that is known.
  Peer note(const SocketEvent& event) {
    const int descriptor = static_cast<int>(event.value);
    if (event.kind == ZMQ_EVENT_ACCEPTED) {
      open_[descriptor] = ++last_;
      return {};
    }
    const auto closed = open_.find(descriptor);
    if (closed == open_.end()) return {};
    const auto peer = peers_.find(closed->second);
    open_.erase(closed);
    if (peer == peers_.end()) return {};
    Peer out = peer->second;
    peers_.erase(peer);
    return out;
  }
  /// Returns false if the connection has closed already.
  bool add(const Peer& peer, int descriptor) {
    const auto connection = open_.find(descriptor);
    if (connection == open_.end()) return false;
    return peers_.emplace(connection->second, peer).second;
  }

 private:
  std::uint64_t last_ = 0;
  std::unordered_map<int, std::uint64_t> open_;    // number by descriptor
  std::unordered_map<std::uint64_t, Peer> peers_;  // by number
};

}  // namespace

struct Hub::State {
  explicit State(std::size_t most_bytes_) : most_bytes(most_bytes_) {}
  ~State() {
    echo.close();
    monitor.close();
    router.close();
    context.shutdown();
  }

  std::size_t most_bytes;
  zmq::context_t context{1};
  std::optional<KeyCheck> keys;
  zmq::socket_t router, monitor, echo;
  std::vector<std::string> endpoints;
  Connections connections;
  std::unordered_set<Peer> known;  // have sent something
  std::map<Peer, int> closing;     // closed, but ZeroMQ may not have handed over all; tries
  std::vector<Peer> closed;
  std::string echo_word = JobSecret::random().hex();  // nobody else can guess it
  std::uint64_t echo_number = 0, echo_returned = 0;

  void listen(const JobSecret& secret, const std::vector<std::string>& wanted);
  void start_echo(const JobSecret& secret);
  void read_monitor();
  void meet(const Peer& peer, int descriptor);
};

void Hub::State::listen(const JobSecret& secret, const std::vector<std::string>& wanted) {
  router = zmq::socket_t(context, zmq::socket_type::router);
  prepare(router, wanted.empty() ? std::string() : wanted.front());
  router.set(zmq::sockopt::router_mandatory, true);
  router.set(zmq::sockopt::curve_server, true);
  router.set(zmq::sockopt::curve_secretkey, secret.server_keys().secret_key);
  router.set(zmq::sockopt::zap_domain, "assay");
  monitor = monitor_of(context, router, ZMQ_EVENT_ACCEPTED | ZMQ_EVENT_DISCONNECTED);
  std::string why = "the host has no address";
  for (const std::string& endpoint : wanted) {
    try {
      router.set(zmq::sockopt::ipv6, endpoint.find('[') != std::string::npos);
      if (is_local_endpoint(endpoint)) accept_only_this_user(router);
      router.bind(endpoint);
      endpoints.push_back(router.get(zmq::sockopt::last_endpoint));
    } catch (const zmq::error_t& error) {
      why = fmt::format("{}: {}", endpoint, error.what());
    }
  }
  if (endpoints.empty()) {
    throw Error(fmt::format("rank 0 cannot wait for the other ranks: {}", why),
                "name an address of rank 0's host and a free port with --rendezvous HOST:PORT");
  }
}

void Hub::State::start_echo(const JobSecret& secret) {
  const KeyPair own = secret.client_keys();
  echo = zmq::socket_t(context, zmq::socket_type::dealer);
  prepare(echo, endpoints.front());
  echo.set(zmq::sockopt::linger, 0);
  echo.set(zmq::sockopt::curve_serverkey, secret.server_keys().public_key);
  echo.set(zmq::sockopt::curve_publickey, own.public_key);
  echo.set(zmq::sockopt::curve_secretkey, own.secret_key);
  echo.set(zmq::sockopt::ipv6, endpoints.front().find('[') != std::string::npos);
  echo.connect(reachable(endpoints.front()));
}

void Hub::State::read_monitor() {
  SocketEvent event;
  while (next_event(monitor, event)) {
    const Peer peer = connections.note(event);
    if (!peer.empty()) closing.emplace(peer, 0);
  }
}

void Hub::State::meet(const Peer& peer, int descriptor) {
  if (!known.insert(peer).second) return;
  // The events of this connection's beginning, and of an earlier one's end, came before its
  // message.
  read_monitor();
  if (!connections.add(peer, descriptor)) closing.emplace(peer, 0);
}

Hub::Hub(const JobSecret& secret, const std::vector<std::string>& wanted, std::size_t most_bytes)
    : state_(std::make_unique<State>(most_bytes)) {
  try {
    state_->keys.emplace(state_->context, secret.client_keys().public_key);
    state_->listen(secret, wanted);
    state_->start_echo(secret);
  } catch (const zmq::error_t& error) {
    throw Error(fmt::format("rank 0 cannot wait for the other ranks: {}", error.what()));
  }
}

Hub::Hub(Hub&&) noexcept = default;
Hub::~Hub() = default;

const std::vector<std::string>& Hub::endpoints() const {
  return state_->endpoints;
}

void Hub::wait(const worker::Interrupt& interrupt, long milliseconds) {
  constexpr long kWhileClosing = 5;
  if (!state_->closing.empty() || !state_->closed.empty()) {
    milliseconds = std::min(milliseconds, kWhileClosing);
  }
  std::vector<zmq::pollitem_t> items = {{state_->router.handle(), 0, ZMQ_POLLIN, 0},
                                        {state_->monitor.handle(), 0, ZMQ_POLLIN, 0},
                                        {nullptr, interrupt.descriptor(), ZMQ_POLLIN, 0}};
  wait_for(items, milliseconds);
  state_->read_monitor();
  interrupt.check();
}

std::optional<Hub::Message> Hub::receive() {
  zmq::message_t frame;
  while (state_->router.recv(frame, zmq::recv_flags::dontwait)) {
    Message out;
    out.peer = frame.to_string();
    if (!frame.more() || !state_->router.recv(frame)) continue;
    const int descriptor = zmq_msg_get(frame.handle(), ZMQ_SRCFD);
    out.text = text_of(state_->router, frame, state_->most_bytes, out.bytes);
    state_->meet(out.peer, descriptor);
    if (out.text.starts_with(state_->echo_word)) {
      state_->echo_returned = std::stoull(out.text.substr(state_->echo_word.size()));
    } else if (out.bytes > 0) {
      return out;
    }
  }
  return std::nullopt;
}

bool Hub::send(const Peer& peer, const std::string& text) {
  return send_text(state_->router, peer, text);
}

std::vector<Peer> Hub::take_closed() {
  state_->read_monitor();
  std::vector<Peer> out = std::exchange(state_->closed, {});
  constexpr int kMostTries = 1000;
  for (auto one = state_->closing.begin(); one != state_->closing.end();) {
    auto& [peer, tries] = *one;
    // When an empty message no longer reaches it, ZeroMQ has handed over all that it had received,
    // and the next receive() calls return that.
    if (!send(peer, "")) {
      state_->closed.push_back(peer);
      state_->known.erase(peer);
    } else if (++tries < kMostTries) {
      ++one;
      continue;
    }
    one = state_->closing.erase(one);
  }
  return out;
}

void Hub::send_echo() {
  send_text(state_->echo, "", fmt::format("{}{}", state_->echo_word, ++state_->echo_number));
}

bool Hub::echo_has_returned() const {
  return state_->echo_returned == state_->echo_number;
}

}  // namespace assay::harness::ranks
