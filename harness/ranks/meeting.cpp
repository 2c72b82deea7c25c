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
    : text_(text),
      local_(is_local_endpoint(text)),
      named_(local_ ? std::nullopt : host_and_port_in(text)),
      file_(text, fmt::format("{}.json", place.job)),
      secret_(std::move(told)),
      one_host_(place.slots >= place.ranks),
      started_by_launcher_(!place.launcher.empty() && place.launcher != "assay") {
  if ((local_ || named_) && !secret_ && !place.launcher.empty()) {
    secret_ = required_secret(text);
  }
}

Meeting::~Meeting() {
  if (published_) file_.remove();
}

std::vector<std::string> Meeting::named_endpoints() const {
  if (local_) return {text_};
  return named_ ? endpoints_of(addresses_of(named_->host), named_->port)
                : std::vector<std::string>();
}

Hub Meeting::listen() {
  if (!secret_) secret_ = JobSecret::random();
  const bool named = local_ || named_;
  constexpr std::uint16_t kAnyPort = 0;
  Hub hub(*secret_, named       ? named_endpoints()
                    : one_host_ ? std::vector{new_local_endpoint()}
                                : endpoints_of(own_addresses(), kAnyPort));
  if (named || !started_by_launcher_) return hub;
  file_.write(ordered_json{{"endpoints", hub.endpoints()}, {"secret", secret_->hex()}}.dump());
  published_ = true;
  return hub;
}

std::optional<Coordinates> Meeting::known() const {
  if (local_ || named_) return Coordinates{named_endpoints(), *secret_};
  const auto text = file_.read();
  const auto json = ordered_json::parse(text.value_or(""), nullptr, false);
  if (!json.is_object()) return std::nullopt;
  try {
    const auto secret = JobSecret::from_hex(json.at("secret").get<std::string>());
    if (!secret) return std::nullopt;
    return Coordinates{json.at("endpoints"), *secret};
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
  throw Error(fmt::format("rank 0 was not found within {:.0f} s {}{}", timeout_seconds,
                          local_ || named_ ? fmt::format("at {}", text_)
                                           : fmt::format("through {}", file_.path()),
                          why),
              "name a folder that all ranks can access, or HOST:PORT of rank 0, with --rendezvous");
}

}  // namespace assay::harness::ranks
