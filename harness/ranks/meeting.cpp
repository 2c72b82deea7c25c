#include "harness/ranks/meeting.h"

#include <fmt/format.h>
#include <poll.h>

#include <chrono>
#include <cstdlib>

#include "kernels/error.h"
#include "results/record/json_library.h"

namespace assay::harness::ranks {

namespace {

using nlohmann::ordered_json;

/// The user's secret, which no process that this one starts inherits.
std::optional<JobSecret> secret_of_user() {
  const auto text = environment_variable(kSecretVariable);
  if (!text) return std::nullopt;
  unsetenv(kSecretVariable);
  auto secret = JobSecret::from_hex(*text);
  if (secret) return secret;
  throw InputError(fmt::format("{}: is not 64 hexadecimal digits", kSecretVariable),
                   fmt::format("export {}=$(openssl rand -hex 32)", kSecretVariable));
}

std::optional<JobSecret> required_secret(const std::string& address) {
  auto secret = secret_of_user();
  if (secret) return secret;
  throw InputError(
      fmt::format("--rendezvous {}: the ranks share no secret, and anybody could join them",
                  address),
      fmt::format(
          "export {}=$(openssl rand -hex 32) before the launcher starts the ranks, or name a "
          "folder that all ranks can access",
          kSecretVariable));
}

}  // namespace

Meeting::Meeting(const std::string& text, const Place& place, std::optional<JobSecret> told)
    : named_(host_and_port_in(text)),
      file_(text, fmt::format("{}.json", place.job)),
      secret_(std::move(told)),
      one_host_(place.slots >= place.ranks),
      started_by_launcher_(!place.launcher.empty() && place.launcher != "assay") {
  if (named_ && !secret_ && !place.launcher.empty()) secret_ = required_secret(text);
}

Meeting::~Meeting() {
  if (published_) file_.remove();
}

Hub Meeting::listen() {
  if (!secret_) secret_ = JobSecret::random();
  std::vector<std::string> addresses = {"127.0.0.1"};
  if (named_) {
    addresses = addresses_of(named_->host);
  } else if (!one_host_) {
    addresses = own_addresses();
  }
  Hub hub(*secret_, addresses, named_ ? named_->port : std::uint16_t{0});
  if (named_ || !started_by_launcher_) return hub;
  file_.write(ordered_json{{"addresses", hub.endpoints()}, {"secret", secret_->hex()}}.dump());
  published_ = true;
  return hub;
}

std::optional<Endpoint> Meeting::known() const {
  if (named_) {
    Endpoint out{{}, *secret_};
    for (const std::string& address : addresses_of(named_->host)) {
      out.addresses.push_back(endpoint_text(address, named_->port));
    }
    return out;
  }
  const auto text = file_.read();
  const auto json = ordered_json::parse(text.value_or(""), nullptr, false);
  if (!json.is_object()) return std::nullopt;
  try {
    const auto secret = JobSecret::from_hex(json.at("secret").get<std::string>());
    if (!secret) return std::nullopt;
    return Endpoint{json.at("addresses"), *secret};
  } catch (const ordered_json::exception&) {
    return std::nullopt;
  }
}

Link Meeting::connect(double timeout_seconds, const worker::Interrupt& interrupt) const {
  using Clock = std::chrono::steady_clock;
  const auto deadline = Clock::now() + std::chrono::duration<double>(timeout_seconds);
  constexpr double kAttemptSeconds = 40;  // longer than the limits of a connection
  constexpr int kPauseMilliseconds = 50;
  std::string why;
  while (true) {
    if (const auto endpoint = known()) {
      for (const std::string& address : endpoint->addresses) {
        Link link(address, endpoint->secret);
        if (link.connected(kAttemptSeconds, &interrupt, why)) return link;
        why = fmt::format(" ({}: {})", address, why);
      }
    }
    if (Clock::now() >= deadline) break;
    pollfd watched = {interrupt.descriptor(), POLLIN, 0};
    if (poll(&watched, 1, kPauseMilliseconds) > 0) interrupt.check();
  }
  throw Error(fmt::format("rank 0 was not found within {:.0f} s {}{}", timeout_seconds,
                          named_ ? fmt::format("at {}:{}", named_->host, named_->port)
                                 : fmt::format("through {}", file_.path()),
                          why),
              "name a folder that all ranks can access, or HOST:PORT of rank 0, with --rendezvous");
}

}  // namespace assay::harness::ranks
