// Environment variables that change what a library does, for the record.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace assay::backends::cpu {

/// "NAME=value NAME=value" of the variables with one of these prefixes, sorted and without secrets;
/// "" if there are none.
std::string variables(std::initializer_list<std::string_view> prefixes);

}  // namespace assay::backends::cpu
