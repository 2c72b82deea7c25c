#include "results/bundle/signature.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "kernels/error.h"
#include "results/process/command.h"
#include "results/process/read_file.h"

namespace assay::results::bundle {

namespace {

constexpr const char* kProgram = "ssh-keygen";

std::string trimmed(std::string text) {
  const std::size_t end = text.find_last_not_of(" \r\n");
  text.erase(end == std::string::npos ? 0 : end + 1);
  return text;
}

/// ssh-keygen's output, on one line.
std::string words_of(const process::CommandResult& result) {
  std::string text = trimmed(result.error.empty() ? result.out : result.error);
  for (std::size_t at = 0; (at = text.find_first_of("\r\n", at)) != std::string::npos;) {
    const std::size_t next = text.find_first_not_of("\r\n", at);
    text.replace(at, next - at, "; ");
  }
  return text.empty() ? fmt::format("{} ended with {}", kProgram, result.code) : text;
}

[[noreturn]] void no_program(const std::string& doing) {
  throw InputError(fmt::format("{}: the program {} is not installed", doing, kProgram),
                   "install OpenSSH's client (Debian: openssh-client)");
}

void require_readable(const std::string& file, const std::string& place) {
  constexpr std::uint64_t kLargest = std::uint64_t{16} << 20;
  process::read_file(file, kLargest, "check the file's name and permissions", place + " " + file);
}

/// "ED25519 SHA256:…" of `Good "assay" signature … with ED25519 key SHA256:…`.
std::string key_in(const std::string& text) {
  constexpr std::string_view kBefore = " with ", kWithin = " key ";
  const std::size_t before = text.find(kBefore), within = text.find(kWithin, before);
  if (before == std::string::npos || within == std::string::npos) return "";
  const std::size_t type = before + kBefore.size(), print = within + kWithin.size();
  return fmt::format("{} {}", text.substr(type, within - type),
                     text.substr(print, text.find_first_of(" \r\n", print) - print));
}

std::vector<std::string> command(const std::string& action, const std::string& signature) {
  return {kProgram, "-Y", action, "-n", std::string(kSignatureNamespace), "-s", signature};
}

/// The identity in the signers' file that signed; empty if none of them did.
std::string principal_of(const std::string& file, const std::string& signature,
                         const Signers& signers) {
  std::vector<std::string> words = command("find-principals", signature);
  words.insert(words.end(), {"-f", signers.file});
  const process::CommandResult result = process::run_command(words, file);
  return result.code == 0 ? result.out.substr(0, result.out.find_first_of("\r\n")) : "";
}

/// Checks a valid signature against the signers' file.
void check_trust(const std::string& file, const Signers& signers, Signature& out) {
  const std::string path = signature_file(file);
  const std::string identity =
      signers.identity.empty() ? principal_of(file, path, signers) : signers.identity;
  if (identity.empty()) {
    out.state = SignatureState::not_trusted;
    out.why = fmt::format("{} does not contain the key", signers.file);
    return;
  }
  std::vector<std::string> words = command("verify", path);
  words.insert(words.end(), {"-f", signers.file, "-I", identity});
  const process::CommandResult result = process::run_command(words, file);
  out.state = result.code == 0 ? SignatureState::trusted : SignatureState::not_trusted;
  out.identity = result.code == 0 ? identity : "";
  out.why = result.code == 0 ? "" : words_of(result);
}

}  // namespace

std::string signature_file(const std::string& file) {
  return file + ".sig";
}

std::string signature_of(const std::string& file, const std::string& key) {
  require_readable(key, "key");
  const process::CommandResult result = process::run_command(
      {kProgram, "-Y", "sign", "-n", std::string(kSignatureNamespace), "-f", key}, file);
  if (!result.found) no_program("signing");
  if (result.code == 0 && result.out.starts_with("-----BEGIN SSH SIGNATURE-----")) {
    return result.out;
  }
  throw InputError(fmt::format("key {}: cannot sign: {}", key, words_of(result)),
                   "name a private key, or a public key whose private key is in an SSH agent");
}

std::string_view name(SignatureState state) {
  switch (state) {
    case SignatureState::absent:
      return "absent";
    case SignatureState::unchecked:
      return "unchecked";
    case SignatureState::valid:
      return "valid";
    case SignatureState::trusted:
      return "trusted";
    case SignatureState::invalid:
      return "invalid";
    case SignatureState::not_trusted:
      return "not trusted";
  }
  return "";
}

Signature check_signature(const std::string& file, const Signers& signers) {
  Signature out;
  if (!signers.file.empty()) require_readable(signers.file, "signers' file");
  const std::string path = signature_file(file);
  std::error_code none;
  if (!std::filesystem::exists(path, none)) {
    out.why = fmt::format("there is no {}", path);
    return out;
  }
  const process::CommandResult check =
      process::run_command(command("check-novalidate", path), file);
  if (!check.found) {
    if (!signers.file.empty()) no_program("checking the signer");
    out.state = SignatureState::unchecked;
    out.why = fmt::format("the program {} is not installed", kProgram);
    return out;
  }
  if (check.code != 0) {
    out.state = SignatureState::invalid;
    out.why = words_of(check);
    return out;
  }
  out.state = SignatureState::valid;
  out.key = key_in(check.out + check.error);
  if (!signers.file.empty()) check_trust(file, signers, out);
  return out;
}

}  // namespace assay::results::bundle
