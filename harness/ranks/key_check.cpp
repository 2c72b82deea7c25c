#include "harness/ranks/key_check.h"

#include <array>
#include <utility>
#include <vector>

namespace assay::harness::ranks {

namespace {

constexpr std::size_t kKeyBytes = 32;
using Key = std::array<unsigned char, kKeyBytes>;

/// The frames of a question: version, number, domain, address, id, mechanism, public key.
struct Question {
  enum Frame : std::size_t { number = 1, mechanism = 5, key = 6, count = 7 };
};

bool belongs(const std::vector<zmq::message_t>& question, const Key& key) {
  if (question.size() != Question::count) return false;
  const zmq::message_t& shown = question[Question::key];
  return question[Question::mechanism].to_string_view() == "CURVE" && shown.size() == key.size() &&
         shown == zmq::message_t(key.data(), key.size());
}

void answer(zmq::socket_t& socket, const std::vector<zmq::message_t>& question, bool yes) {
  const std::string number =
      question.size() > Question::number ? question[Question::number].to_string() : "";
  // Version, number, status, its text, the user's name, further properties.
  const std::array<std::string, 6> frames = {
      "1.0", number, yes ? "200" : "400", yes ? "OK" : "not a rank of this job", "", ""};
  for (std::size_t i = 0; i < frames.size(); ++i) {
    socket.send(zmq::buffer(frames[i]),
                i + 1 < frames.size() ? zmq::send_flags::sndmore : zmq::send_flags::none);
  }
}

void serve(zmq::socket_t socket, const Key& key) {
  try {
    while (true) {
      std::vector<zmq::message_t> question(1);
      (void)socket.recv(question.back());
      while (question.back().more()) {
        question.emplace_back();
        (void)socket.recv(question.back());
      }
      answer(socket, question, belongs(question, key));
    }
  } catch (const zmq::error_t&) {
    // The context was shut down.
  }
}

}  // namespace

KeyCheck::KeyCheck(zmq::context_t& context, const std::string& public_key) {
  Key key = {};
  zmq_z85_decode(key.data(), public_key.c_str());
  zmq::socket_t socket(context, zmq::socket_type::rep);
  socket.bind("inproc://zeromq.zap.01");
  thread_ =
      std::thread([socket = std::move(socket), key]() mutable { serve(std::move(socket), key); });
}

}  // namespace assay::harness::ranks
