// What both ends of a connection between ranks share: options of ZeroMQ's sockets, and messages in
// frames. Only the files that use ZeroMQ include this.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>
#include <zmq.hpp>

namespace assay::harness::ranks {

/// Options for both ends of a connection to an endpoint: limits, and the kernel's search for
/// machines that have vanished.
void prepare(zmq::socket_t& socket, const std::string& endpoint);

/// Sends a text as one message of several frames: ZeroMQ reads a frame whole before it knows its
/// sender, so frames must be small. `to` is the peer's id, or empty for a socket that
/// has one peer. Returns false if there is no such peer any more.
bool send_text(zmq::socket_t& socket, const std::string& to, const std::string& text);

/// The text of the frames from `frame` to the last one. Texts of more than `most_bytes` are read to
/// their end and dropped; `bytes` is the length of the whole text.
std::string text_of(zmq::socket_t& socket, zmq::message_t& frame, std::size_t most_bytes,
                    std::size_t& bytes);

/// An event of a socket's monitor (zmq_socket_monitor(3)).
struct SocketEvent {
  std::uint16_t kind = 0;
  std::uint32_t value = 0;  ///< the descriptor of the connection, or an error
};
/// Makes a monitor of these kinds of events.
zmq::socket_t monitor_of(zmq::context_t& context, zmq::socket_t& socket, int kinds);
/// The monitor's next event. Returns false if there is none.
bool next_event(zmq::socket_t& monitor, SocketEvent& event);

/// Waits until a socket or a descriptor can be read, at most this long.
void wait_for(std::vector<zmq::pollitem_t>& items, long milliseconds);

}  // namespace assay::harness::ranks
