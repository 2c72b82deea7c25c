#include "harness/ranks/link.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "harness/ranks/hub.h"
#include "harness/ranks/sockets.h"
#include "kernels/error.h"

namespace assay::harness::ranks {

class LinkContext {
 public:
  zmq::context_t context{1};
};

std::shared_ptr<LinkContext> make_link_context() {
  auto out = std::make_shared<LinkContext>();
  constexpr int kMostSockets = 1 << 20;
  out->context.set(zmq::ctxopt::max_sockets,
                   std::min(kMostSockets, out->context.get(zmq::ctxopt::socket_limit)));
  return out;
}

namespace {

using Steady = std::chrono::steady_clock;

constexpr int kEvents = ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL |
                        ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH |
                        ZMQ_EVENT_DISCONNECTED | ZMQ_EVENT_CONNECT_RETRIED;

long milliseconds_until(Steady::time_point deadline) {
  const double left = std::chrono::duration<double, std::milli>(deadline - Steady::now()).count();
  return std::lround(std::clamp(std::ceil(left), 0.0, 1e9));
}

Steady::time_point after(double seconds) {
  return Steady::now() + std::chrono::duration_cast<Steady::duration>(
                             std::chrono::duration<double>(std::min(seconds, Link::kForever)));
}

}  // namespace

struct Link::State {
  enum class Phase { connecting, connected, ending, ended };

  std::shared_ptr<LinkContext> context;
  zmq::socket_t socket, monitor;
  Phase phase = Phase::connecting;
  std::string why;  // why it has ended

  void read_monitor();
  /// Waits for a message, an event or a signal.
  void wait(long milliseconds, const worker::Interrupt* interrupt);
  bool take(std::string& text);
};

void Link::State::read_monitor() {
  SocketEvent event;
  while (phase != Phase::ended && next_event(monitor, event)) {
    switch (event.kind) {
      case ZMQ_EVENT_HANDSHAKE_SUCCEEDED:
        phase = Phase::connected;
        break;
      case ZMQ_EVENT_DISCONNECTED:
        phase = Phase::ending;
        break;
      case ZMQ_EVENT_CONNECT_RETRIED:
        // ZeroMQ has handed over all that it had received, and would connect again only later.
        if (why.empty()) why = phase == Phase::connecting ? "no answer" : "the connection closed";
        phase = Phase::ended;
        break;
      default:
        why = "what is there does not have this job's secret";
        phase = Phase::ended;
    }
  }
}

void Link::State::wait(long milliseconds, const worker::Interrupt* interrupt) {
  std::vector<zmq::pollitem_t> items = {{socket.handle(), 0, ZMQ_POLLIN, 0},
                                        {monitor.handle(), 0, ZMQ_POLLIN, 0}};
  if (interrupt != nullptr) items.push_back({nullptr, interrupt->descriptor(), ZMQ_POLLIN, 0});
  wait_for(items, milliseconds);
  if (interrupt != nullptr) interrupt->check();
}

bool Link::State::take(std::string& text) {
  zmq::message_t frame;
  while (socket.recv(frame, zmq::recv_flags::dontwait)) {
    std::size_t bytes = 0;
    text = text_of(socket, frame, kMostMessageBytes, bytes);
    if (bytes > 0) return true;
  }
  return false;
}

Link::Link() = default;
Link::Link(Link&&) noexcept = default;
Link& Link::operator=(Link&&) noexcept = default;
Link::~Link() {
  close();
}

Link::Link(const std::string& endpoint, const JobSecret& secret,
           std::shared_ptr<LinkContext> context)
    : state_(std::make_unique<State>()) {
  try {
    const KeyPair own = secret.client_keys();
    zmq::context_t& zero = context->context;
    state_->context = std::move(context);
    zmq::socket_t& socket = state_->socket = zmq::socket_t(zero, zmq::socket_type::dealer);
    prepare(socket, endpoint);
    // What was on its way when a connection ended is lost, so a second one would hide that.
    socket.set(zmq::sockopt::reconnect_ivl, std::numeric_limits<int>::max() / 2);
    socket.set(zmq::sockopt::curve_serverkey, secret.server_keys().public_key);
    socket.set(zmq::sockopt::curve_publickey, own.public_key);
    socket.set(zmq::sockopt::curve_secretkey, own.secret_key);
    socket.set(zmq::sockopt::ipv6, endpoint.find('[') != std::string::npos);
    state_->monitor = monitor_of(zero, socket, kEvents);
    socket.connect(endpoint);
  } catch (const zmq::error_t& error) {
    throw Error(fmt::format("connecting to {}: {}", endpoint, error.what()));
  }
}

bool Link::connected(double timeout_seconds, const worker::Interrupt* interrupt, std::string& why) {
  const auto deadline = after(timeout_seconds);
  while (state_) {
    state_->read_monitor();
    if (state_->phase == State::Phase::connected) return true;
    if (state_->phase == State::Phase::ended || Steady::now() >= deadline) break;
    state_->wait(milliseconds_until(deadline), interrupt);
  }
  why = state_ && !state_->why.empty() ? state_->why : "no answer";
  close();
  return false;
}

bool Link::open() {
  if (!state_) return false;
  state_->read_monitor();
  return state_->phase < State::Phase::ending;
}

void Link::close() {
  if (!state_) return;
  if (state_->phase != State::Phase::connected) state_->socket.set(zmq::sockopt::linger, 0);
  state_.reset();
}

void Link::send(const std::string& text) {
  if (state_) send_text(state_->socket, "", text);
}

Link::Event Link::receive(std::string& text, double timeout_seconds,
                          const worker::Interrupt* interrupt) {
  /// Time for the event that follows the end of a connection.
  constexpr long kEndingMilliseconds = 500;
  const auto deadline = after(timeout_seconds);
  while (state_) {
    state_->read_monitor();
    const bool last = state_->phase == State::Phase::ended;
    if (state_->take(text)) return Event::message;
    if (last) break;
    if (state_->phase == State::Phase::ending) {
      state_->wait(kEndingMilliseconds, interrupt);
      state_->read_monitor();
      state_->phase = State::Phase::ended;
      continue;
    }
    const long left = milliseconds_until(deadline);
    if (left == 0) return Event::timed_out;
    state_->wait(left, interrupt);
  }
  close();
  return Event::closed;
}

}  // namespace assay::harness::ranks
