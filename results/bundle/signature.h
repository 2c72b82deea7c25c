// Signatures of files with OpenSSH keys, created and checked by `ssh-keygen -Y` in namespace
// "assay" (ssh-keygen(1), PROTOCOL.sshsig). They rely only on the trust in people's SSH keys. The
// signature of FILE is in FILE.sig, in the same folder.
#pragma once

#include <string>
#include <string_view>

namespace assay::results::bundle {

inline constexpr std::string_view kSignatureNamespace = "assay";

/// "FILE.sig".
std::string signature_file(const std::string& file);

/// The signature's text, made with a private key, or with a public key whose private key is in an
/// SSH agent. ssh-keygen asks for a passphrase on the terminal. Throws InputError if ssh-keygen is
/// not installed or cannot sign; the error then contains its message.
std::string signature_of(const std::string& file, const std::string& key);

enum class SignatureState {
  absent,      ///< no FILE.sig
  unchecked,   ///< there is a FILE.sig, but ssh-keygen is not installed
  valid,       ///< of these bytes, by the key named; nothing is known about its owner
  trusted,     ///< of these bytes, by a key that the signers' file has for the identity
  invalid,     ///< not of these bytes, or not a signature
  not_trusted  ///< of these bytes, by a key that the signers' file does not have for the identity
};
std::string_view name(SignatureState state);

struct Signature {
  SignatureState state = SignatureState::absent;
  std::string key;       ///< "ED25519 SHA256:…", if the signature is valid
  std::string identity;  ///< as written in the signers' file, if trusted
  std::string why;       ///< ssh-keygen's message, if the signature is not good
};

/// The accepted signers.
struct Signers {
  std::string file;      ///< format: ssh-keygen(1), ALLOWED SIGNERS; empty: any key is accepted
  std::string identity;  ///< empty: any identity in that file
};

/// Throws InputError if signers are named and ssh-keygen is not installed or their file cannot be
/// read.
Signature check_signature(const std::string& file, const Signers& signers);

}  // namespace assay::results::bundle
