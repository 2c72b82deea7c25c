#include "harness/ranks/sockets.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstring>

#include "harness/ranks/address.h"

namespace assay::harness::ranks {

namespace {

constexpr std::size_t kFrameBytes = std::size_t{16} << 10;
/// What CURVE adds to a frame (RFC 26, MESSAGE command), rounded up.
constexpr std::size_t kEncryptionBytes = 128;
/// Messages of one connection that wait for the reader. The sender waits beyond them, and nothing
/// is lost.
constexpr int kWaitingMessages = 4;

}  // namespace

void prepare(zmq::socket_t& socket, const std::string& endpoint) {
  namespace so = zmq::sockopt;
  constexpr int kUnlimited = 0;
  socket.set(so::maxmsgsize, static_cast<std::int64_t>(kFrameBytes + kEncryptionBytes));
  // ZeroMQ drops what is unread of a local connection that closes while it waits for the reader,
  // so there it must not wait.
  socket.set(so::rcvhwm, is_local_endpoint(endpoint) ? kUnlimited : kWaitingMessages);
  // A rank keeps its records in any case, and rank 0 sends little.
  socket.set(so::sndhwm, kUnlimited);
  socket.set(so::backlog, 4096);
  socket.set(so::linger, 2000);
  socket.set(so::connect_timeout, 5000);
  // Whoever connects and does not prove within this time that it has the job's secret is
  // disconnected. Thousands of ranks that connect at once need some seconds.
  socket.set(so::handshake_ivl, 30000);
  // Detects a vanished machine within about two minutes. ZeroMQ's own heartbeats would also end
  // the connections of a process that was stopped for a while.
  socket.set(so::tcp_keepalive, 1);
  socket.set(so::tcp_keepalive_idle, 30);
  socket.set(so::tcp_keepalive_intvl, 10);
  socket.set(so::tcp_keepalive_cnt, 6);
}

bool send_text(zmq::socket_t& socket, const std::string& to, const std::string& text) {
  try {
    if (!to.empty()) socket.send(zmq::buffer(to), zmq::send_flags::sndmore);
    std::size_t sent = 0;
    do {
      const std::size_t bytes = std::min(kFrameBytes, text.size() - sent);
      const bool last = sent + bytes == text.size();
      socket.send(zmq::buffer(text.data() + sent, bytes),
                  last ? zmq::send_flags::none : zmq::send_flags::sndmore);
      sent += bytes;
    } while (sent < text.size());
    return true;
  } catch (const zmq::error_t& error) {
    if (error.num() == EHOSTUNREACH) return false;
    throw;
  }
}

std::string text_of(zmq::socket_t& socket, zmq::message_t& frame, std::size_t most_bytes,
                    std::size_t& bytes) {
  std::string text;
  for (bytes = 0;;) {
    bytes += frame.size();
    if (bytes > most_bytes) {
      text = std::string();
    } else {
      text.append(frame.data<char>(), frame.size());
    }
    if (!frame.more()) return text;
    // The rest of a message comes with its first frame.
    (void)socket.recv(frame);
  }
}

zmq::socket_t monitor_of(zmq::context_t& context, zmq::socket_t& socket, int kinds) {
  static std::atomic<unsigned> number = 0;
  const std::string place = fmt::format("inproc://monitor-{}", number++);
  if (zmq_socket_monitor(socket.handle(), place.c_str(), kinds) != 0) throw zmq::error_t();
  zmq::socket_t monitor(context, zmq::socket_type::pair);
  // Without a limit, so that the thread that moves bytes never waits for the reader of events.
  monitor.set(zmq::sockopt::rcvhwm, 0);
  monitor.set(zmq::sockopt::linger, 0);
  monitor.connect(place);
  return monitor;
}

bool next_event(zmq::socket_t& monitor, SocketEvent& event) {
  zmq::message_t frame;
  if (!monitor.recv(frame, zmq::recv_flags::dontwait)) return false;
  if (frame.size() == sizeof event.kind + sizeof event.value) {
    std::memcpy(&event.kind, frame.data(), sizeof event.kind);
    std::memcpy(&event.value, frame.data<char>() + sizeof event.kind, sizeof event.value);
  }
  while (frame.more()) (void)monitor.recv(frame);
  return true;
}

void wait_for(std::vector<zmq::pollitem_t>& items, long milliseconds) {
  try {
    zmq::poll(items, std::chrono::milliseconds(milliseconds));
  } catch (const zmq::error_t& error) {
    if (error.num() != EINTR) throw;
  }
}

}  // namespace assay::harness::ranks
