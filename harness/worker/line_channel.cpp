#include "harness/worker/line_channel.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cmath>

#include "harness/measure/clock.h"

namespace assay::harness::worker {
namespace {

using measure::seconds_now;

int milliseconds_until(double deadline) {
  return static_cast<int>(std::clamp(std::ceil((deadline - seconds_now()) * 1000), 0.0, 1e9));
}

}  // namespace

bool LineChannel::send(const std::string& line, double timeout_seconds) {
  const std::string text = line + "\n";
  const double deadline = seconds_now() + timeout_seconds;
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
    const ssize_t count = recv(descriptor(), block, sizeof block, MSG_DONTWAIT);
    if (count > 0) {
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
