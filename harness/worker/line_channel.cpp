#include "harness/worker/line_channel.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>

#include "harness/measure/clock.h"

namespace assay::harness::worker {
namespace {

using measure::seconds_now;

int milliseconds_until(double deadline) {
  return static_cast<int>(std::clamp(std::ceil((deadline - seconds_now()) * 1000), 0.0, 1e9));
}

/// Room for the descriptors of one message.
struct alignas(cmsghdr) ControlBuffer {
  char bytes[CMSG_SPACE(LineChannel::kMostDescriptors * sizeof(int))] = {};
};

void attach(std::span<const int> descriptors, ControlBuffer& control, msghdr& message) {
  const std::size_t bytes =
      std::min(descriptors.size(), LineChannel::kMostDescriptors) * sizeof(int);
  message.msg_control = control.bytes;
  message.msg_controllen = CMSG_SPACE(bytes);
  cmsghdr* const header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(bytes);
  std::memcpy(CMSG_DATA(header), descriptors.data(), bytes);
}

}  // namespace

void LineChannel::keep_descriptors(msghdr& message) {
  for (cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr;
       header = CMSG_NXTHDR(&message, header)) {
    if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
    const std::size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (std::size_t i = 0; i < count; ++i) {
      int descriptor = -1;
      std::memcpy(&descriptor, CMSG_DATA(header) + i * sizeof(int), sizeof descriptor);
      descriptors_.emplace_back(descriptor);
    }
  }
}

bool LineChannel::send(const std::string& line, double timeout_seconds,
                       std::span<const int> descriptors) {
  std::string text = line + "\n";
  const double deadline = seconds_now() + timeout_seconds;
  std::size_t sent = 0;
  while (open() && sent < text.size()) {
    iovec block = {text.data() + sent, text.size() - sent};
    msghdr message = {};
    message.msg_iov = &block;
    message.msg_iovlen = 1;
    ControlBuffer control;
    if (sent == 0 && !descriptors.empty()) attach(descriptors, control, message);
    const ssize_t count = sendmsg(descriptor(), &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count > 0) {
      sent += static_cast<std::size_t>(count);
      continue;
    }
    if (errno == EINTR) continue;
    pollfd watched = {descriptor(), POLLOUT, 0};
    // Do not close: lines that the other end sent before it ended are still to be read.
    if (errno != EAGAIN) return false;
    const int ready = poll(&watched, 1, milliseconds_until(deadline));
    if (ready == 0 || (ready < 0 && errno != EINTR)) close();
  }
  return open();
}

bool LineChannel::read_available() {
  char block[65536];
  while (open()) {
    iovec vector = {block, sizeof block};
    msghdr message = {};
    message.msg_iov = &vector;
    message.msg_iovlen = 1;
    ControlBuffer control;
    if (accepts_descriptors_) {
      message.msg_control = control.bytes;
      message.msg_controllen = sizeof control.bytes;
    }
    const ssize_t count = recvmsg(descriptor(), &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    if (count > 0) {
      keep_descriptors(message);
      received_.append(block, static_cast<std::size_t>(count));
      if (received_.size() > most_bytes_) {
        received_.clear();
        searched_ = 0;
        overfull_ = true;
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

std::optional<std::string> LineChannel::next_line() {
  const std::size_t end = received_.find('\n', searched_);
  searched_ = end == std::string::npos ? received_.size() : 0;
  if (end == std::string::npos) return std::nullopt;
  std::string line = received_.substr(0, end);
  received_.erase(0, end + 1);
  return line;
}

LineChannel::Event LineChannel::receive(std::string& line, double timeout_seconds,
                                        const Interrupt* interrupt, int end) {
  const double deadline = seconds_now() + timeout_seconds;
  while (true) {
    if (auto whole = next_line()) {
      line = std::move(*whole);
      return Event::line;
    }
    if (!open()) return Event::closed;
    pollfd watched[] = {{descriptor(), POLLIN, 0},
                        {interrupt ? interrupt->descriptor() : -1, POLLIN, 0},
                        {end, POLLIN, 0}};
    const int ready = poll(watched, 3, milliseconds_until(deadline));
    if (ready == 0) return Event::timed_out;
    if (ready < 0 && errno != EINTR) return Event::closed;
    if (ready > 0 && watched[1].revents != 0) interrupt->check();
    // Read the data that came before the end first.
    if (ready > 0 && watched[0].revents != 0) read_available();
    if (ready > 0 && watched[2].revents != 0) {
      // Take what it said last.
      read_available();
      close();
    }
  }
}

}  // namespace assay::harness::worker
