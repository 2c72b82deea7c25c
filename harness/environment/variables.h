// Which environment variables are recorded with a run, and which parts are masked.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace assay::harness::environment {

/// Variables that influence any program on any device: those of the dynamic linker, the C library
/// and Assay itself. Each is a name, or a prefix of names followed by `*`.
std::vector<std::string> general_variables();

/// The variables of `environment` ("NAME=value" each, terminated by a null pointer, like environ)
/// that match one of `patterns`. Variables whose name suggests a secret are left out, and also
/// those that only contain the location of results or the rank of a process. Secrets in values are
/// masked.
std::map<std::string, std::string> recorded_variables(const char* const* environment,
                                                      const std::vector<std::string>& patterns);

}  // namespace assay::harness::environment
