#include "harness/ranks/meeting.h"

#include <fmt/format.h>
#include <poll.h>

#include <chrono>
#include <cstdlib>

#include "harness/ranks/pmix.h"
#include "kernels/error.h"

namespace assay::harness::ranks {

namespace {

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
    : text_(text),
      secret_(std::move(told)),
      one_host_(place.slots >= place.ranks),
      started_by_launcher_(!place.launcher.empty() && place.launcher != "assay") {
  if (text == "pmix") {
    announcement_ = announcement_by_pmix();
  } else if (!is_local_endpoint(text)) {
    address_ = host_and_port_in(text);
    if (!address_) announcement_ = announcement_in_file(text, place.job);
  }
  if (!announcement_ && !secret_ && !place.launcher.empty()) secret_ = required_secret(text);
}

std::vector<std::string> Meeting::named_endpoints() const {
  return address_ ? endpoints_of(addresses_of(address_->host), address_->port) : std::vector{text_};
}

Hub Meeting::listen() {
  if (!secret_) secret_ = JobSecret::random();
  constexpr std::uint16_t kAnyPort = 0;
  Hub hub(*secret_, !announcement_ ? named_endpoints()
                    : one_host_    ? std::vector{new_local_endpoint()}
                                   : endpoints_of(own_addresses(), kAnyPort));
  if (announcement_ && started_by_launcher_) {
    announcement_->publish({hub.endpoints(), *secret_});
  }
  return hub;
}

std::optional<Coordinates> Meeting::known() const {
  return announcement_ ? announcement_->find() : Coordinates{named_endpoints(), *secret_};
}

Link Meeting::connect(double timeout_seconds, const worker::Interrupt& interrupt) const {
  using Clock = std::chrono::steady_clock;
  const auto deadline = Clock::now() + std::chrono::duration<double>(timeout_seconds);
  constexpr double kAttemptSeconds = 40;  // longer than the limits of a connection
  constexpr int kPauseMilliseconds = 50;
  std::string why;
  while (true) {
    if (const auto coordinates = known()) {
      for (const std::string& endpoint : coordinates->endpoints) {
        Link link(endpoint, coordinates->secret);
        if (link.connected(kAttemptSeconds, &interrupt, why)) return link;
        why = fmt::format(" ({}: {})", endpoint, why);
      }
    }
    if (Clock::now() >= deadline) break;
    pollfd watched = {interrupt.descriptor(), POLLIN, 0};
    if (poll(&watched, 1, kPauseMilliseconds) > 0) interrupt.check();
  }
  throw Error(
      fmt::format("rank 0 was not found within {:.0f} s {}{}", timeout_seconds,
                  announcement_ ? announcement_->place() : fmt::format("at {}", text_), why),
      "name a folder that all ranks can access, or HOST:PORT of rank 0, with --rendezvous");
}

}  // namespace assay::harness::ranks
