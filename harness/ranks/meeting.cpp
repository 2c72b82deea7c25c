#include "harness/ranks/meeting.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstring>
#include <fstream>
#include <random>

#include "kernels/error.h"
#include "kernels/sha256.h"
#include "results/record/json_library.h"

namespace assay::harness::ranks {

namespace {

using nlohmann::ordered_json;

constexpr const char* kTokenVariable = "ASSAY_RENDEZVOUS_TOKEN";

std::string random_token() {
  std::random_device random;
  std::string out;
  for (int i = 0; i < 4; ++i) out += fmt::format("{:08x}", random());
  return out;
}

/// Parses HOST:PORT, with [ ] around an IPv6 address; nullopt if the text does not end in a port.
std::optional<Endpoint> endpoint_in(const std::string& text, const Place& place) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos || text.find('/') != std::string::npos) return std::nullopt;
  const std::string port_text = text.substr(colon + 1);
  std::string host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  std::uint16_t port = 0;
  const auto [end, error] =
      std::from_chars(port_text.data(), port_text.data() + port_text.size(), port);
  if (error != std::errc() || end != port_text.data() + port_text.size() || port == 0 ||
      host.empty()) {
    throw InputError(
        fmt::format("--rendezvous {}: is not HOST:PORT", text),
        "name rank 0's host and a free port, 1 to 65535, or a folder that all ranks can access");
  }
  const std::string token = environment_variable(kTokenVariable).value_or(sha256(place.job));
  return Endpoint{{host}, port, token};
}

}  // namespace

Meeting::Meeting(const std::string& text, const Place& place) {
  endpoint_ = endpoint_in(text, place);
  if (!endpoint_) file_ = std::filesystem::path(text) / fmt::format("ranks-{}.json", place.job);
}

Meeting::~Meeting() {
  std::error_code ignored;
  if (published_) std::filesystem::remove(file_, ignored);
}

Endpoint Meeting::publish(std::uint16_t port) {
  if (endpoint_) return *endpoint_;
  const Endpoint out{own_addresses(), port, random_token()};
  std::error_code ignored;
  std::filesystem::create_directories(file_.parent_path(), ignored);
  // Readers see the complete file or none, and only processes of the owner can read it.
  const std::string text =
      ordered_json{{"hosts", out.hosts}, {"port", out.port}, {"token", out.token}}.dump();
  const std::string temporary = file_.string() + ".new";
  const results::process::Descriptor file(
      open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (file.get() < 0 ||
      write(file.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()) ||
      rename(temporary.c_str(), file_.c_str()) != 0) {
    throw InputError(fmt::format("{}: {}", file_.string(), std::strerror(errno)),
                     "name a folder that all ranks can access, or HOST:PORT, with --rendezvous");
  }
  published_ = true;
  return out;
}

std::optional<Endpoint> Meeting::known() const {
  if (endpoint_) return endpoint_;
  std::ifstream stream(file_);
  const auto json = ordered_json::parse(stream, nullptr, false);
  if (!json.is_object()) return std::nullopt;
  try {
    return Endpoint{json.at("hosts"), json.at("port"), json.at("token")};
  } catch (const ordered_json::exception&) {
    return std::nullopt;
  }
}

LineChannel Meeting::connect(double timeout_seconds, const worker::Interrupt& interrupt,
                             Endpoint& found) const {
  using Clock = std::chrono::steady_clock;
  const auto deadline = Clock::now() + std::chrono::duration<double>(timeout_seconds);
  constexpr double kAttemptSeconds = 5;
  constexpr int kPauseMilliseconds = 50;
  while (true) {
    if (const auto endpoint = known()) {
      if (auto socket = connect_to(endpoint->hosts, endpoint->port, kAttemptSeconds)) {
        found = *endpoint;
        return std::move(*socket);
      }
    }
    if (Clock::now() >= deadline) break;
    pollfd watched = {interrupt.descriptor(), POLLIN, 0};
    if (poll(&watched, 1, kPauseMilliseconds) > 0) interrupt.check();
  }
  throw Error(
      fmt::format("rank 0 was not found within {:.0f} s {}", timeout_seconds,
                  endpoint_ ? fmt::format("at {}:{}", endpoint_->hosts.front(), endpoint_->port)
                            : fmt::format("through {}", file_.string())),
      "name a folder that all ranks can access, or HOST:PORT of rank 0, with --rendezvous");
}

}  // namespace assay::harness::ranks
