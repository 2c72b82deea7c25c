// Which environment variables are recorded with a run, and what of them is kept out.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace assay::harness::environment {

/// Variables that change any program, whatever its devices: the dynamic linker's, the C library's
/// and Assay's own. Each is a name, or the beginning of names followed by `*`.
std::vector<std::string> general_variables();

/// Of `environment` ("NAME=value" each, ending in a null pointer, as environ): the variables that
/// one of `patterns` names. Left out are those whose name may stand for a secret, and those that
/// only say where results go or which place a process has among others. Values are masked.
std::map<std::string, std::string> recorded_variables(const char* const* environment,
                                                      const std::vector<std::string>& patterns);

/// Whether a variable of this name may hold a secret: KEY, TOKEN, SECRET, PASS, CREDENTIAL, AUTH or
/// COOKIE is in it, in any case.
bool may_name_secret(std::string_view name);

/// The text with "[masked]" in place of what looks like a secret: the user part of a URL, values
/// of fields such as "password=", keys with a known beginning, and long random characters. UUIDs
/// (of GPUs), numbers, lists and ordinary paths stay.
std::string without_secrets(std::string_view text);

}  // namespace assay::harness::environment
