// The secret of a job, from which its ranks derive the keys of their connections.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace assay::harness::ranks {

/// A pair of CURVE keys in the text form Z85 (ZeroMQ RFC 26 and 32), 40 characters each.
struct KeyPair {
  std::string public_key, secret_key;
};

/// 32 random bytes that all ranks of one job have and nobody else. They are never sent over the
/// network, printed or recorded.
class JobSecret {
 public:
  static constexpr std::size_t kBytes = 32;

  /// From the kernel's random numbers. Throws Error if there are none.
  static JobSecret random();
  /// From 64 hexadecimal digits; nullopt for any other text.
  static std::optional<JobSecret> from_hex(std::string_view digits);
  std::string hex() const;

  /// The keys of rank 0's end of every connection, and those that all ranks use at the other end.
  /// Each is the SHA-256 of a name of its own and the secret.
  KeyPair server_keys() const { return keys("server"); }
  KeyPair client_keys() const { return keys("client"); }

  JobSecret(const JobSecret&) = default;
  JobSecret& operator=(const JobSecret&) = default;
  ~JobSecret();  ///< overwrites the bytes

  bool operator==(const JobSecret&) const = default;

 private:
  JobSecret() = default;
  KeyPair keys(std::string_view end) const;

  std::array<unsigned char, kBytes> bytes_ = {};
};

}  // namespace assay::harness::ranks
