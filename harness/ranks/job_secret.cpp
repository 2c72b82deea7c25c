#include "harness/ranks/job_secret.h"

#include <fmt/format.h>
#include <sys/random.h>
#include <zmq.h>

#include <cerrno>
#include <charconv>
#include <cstring>

#include "kernels/error.h"
#include "kernels/sha256.h"

namespace assay::harness::ranks {

namespace {

using KeyBytes = std::array<unsigned char, JobSecret::kBytes>;

std::optional<KeyBytes> bytes_in(std::string_view digits) {
  KeyBytes out = {};
  if (digits.size() != 2 * out.size()) return std::nullopt;
  for (std::size_t i = 0; i < out.size(); ++i) {
    const char* const begin = digits.data() + 2 * i;
    const auto [end, error] = std::from_chars(begin, begin + 2, out[i], 16);
    if (error != std::errc() || end != begin + 2) return std::nullopt;
  }
  return out;
}

}  // namespace

JobSecret JobSecret::random() {
  JobSecret out;
  if (getrandom(out.bytes_.data(), out.bytes_.size(), 0) != ssize_t{kBytes}) {
    throw Error(fmt::format("making a secret for the ranks: {}", std::strerror(errno)));
  }
  return out;
}

std::optional<JobSecret> JobSecret::from_hex(std::string_view digits) {
  const auto bytes = bytes_in(digits);
  if (!bytes) return std::nullopt;
  JobSecret out;
  out.bytes_ = *bytes;
  return out;
}

std::string JobSecret::hex() const {
  std::string out;
  for (const unsigned char byte : bytes_) out += fmt::format("{:02x}", byte);
  return out;
}

JobSecret::~JobSecret() {
  explicit_bzero(bytes_.data(), bytes_.size());
}

KeyPair JobSecret::keys(std::string_view end) const {
  std::string named = fmt::format("assay ranks, {} key\n", end);
  named.append(reinterpret_cast<const char*>(bytes_.data()), bytes_.size());
  const auto secret = bytes_in(sha256(named));
  explicit_bzero(named.data(), named.size());
  constexpr std::size_t kTextBytes = 41;
  char secret_text[kTextBytes] = {}, public_text[kTextBytes] = {};
  zmq_z85_encode(secret_text, secret->data(), secret->size());
  if (zmq_curve_public(public_text, secret_text) != 0) {
    throw Error("this libzmq has no CURVE, by which ranks know each other",
                "install a libzmq that was built with libsodium");
  }
  return {public_text, secret_text};
}

}  // namespace assay::harness::ranks
