// Signatures of files with OpenSSH keys, made and checked by `ssh-keygen -Y` in namespace "assay"
// (ssh-keygen(1), PROTOCOL.sshsig), so that no other trust is needed than that in people's SSH
// keys. A signature lies beside its file, as FILE.sig.
#pragma once

#include <string>
#include <string_view>

namespace assay::results::bundle {

inline constexpr std::string_view kSignatureNamespace = "assay";

/// "FILE.sig".
std::string signature_file(const std::string& file);

/// The signature's text, by a private key or by a public one whose private key an agent holds. A
/// pass phrase is asked for on the terminal. Throws InputError where there is no ssh-keygen, or it
/// cannot sign, with its own words.
std::string signature_of(const std::string& file, const std::string& key);

enum class SignatureState {
  absent,      ///< no FILE.sig
  unchecked,   ///< there, and no ssh-keygen to check it with
  fits,        ///< made of these bytes by the key named; nobody vouched for the key
  trusted,     ///< made of these bytes by a key that the signers' file has for the identity
  unfit,       ///< not of these bytes, or no signature
  not_trusted  ///< of these bytes, by a key that the signers' file does not have for it
};
std::string_view name(SignatureState state);

struct Signature {
  SignatureState state = SignatureState::absent;
  std::string key;       ///< "ED25519 SHA256:…", where it fits
  std::string identity;  ///< as the signers' file has it, where it is trusted
  std::string why;       ///< in ssh-keygen's words, where it is not good
};

/// Whom a signature must be of.
struct Signers {
  std::string file;      ///< as ssh-keygen(1), ALLOWED SIGNERS; empty: any key will do
  std::string identity;  ///< empty: anyone in that file
};

/// Throws InputError where signers are named and there is no ssh-keygen, or their file cannot be
/// read.
Signature check_signature(const std::string& file, const Signers& signers);

}  // namespace assay::results::bundle
