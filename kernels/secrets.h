// Secrets in texts that are kept or shown: names that suggest one, and values that look like one.
#pragma once

#include <string>
#include <string_view>

namespace assay {

/// Whether a variable of this name may contain a secret: the name contains KEY, TOKEN, SECRET,
/// PASS, CREDENTIAL, AUTH or COOKIE in upper or lower case.
bool may_name_secret(std::string_view name);

/// The text with "[masked]" in place of everything that is certainly written like a secret: the
/// user part of a URL, values of fields and options like "password=" (also percent-encoded, quoted,
/// or as "password: "), HTTP headers, private keys, and keys with a known prefix.
std::string without_known_secrets(std::string_view text);

/// The same, and long random character sequences are masked, too. UUIDs (of GPUs), numbers, lists
/// and ordinary paths stay.
std::string without_secrets(std::string_view text);

/// Whether without_known_secrets() changes the text.
bool has_known_secret(std::string_view text);

}  // namespace assay
