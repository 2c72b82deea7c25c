// Environment variables that control a fake runtime.
//   ASSAY_FAKE_FAULT   faults, separated by commas, each KIND@CALL or KIND@CALL:N for the Nth call
//                      of that name alone: "fail@aclrtMalloc:3,wrong@aclnnMm"
//   ASSAY_FAKE_MEMORY  bytes of each device
#pragma once

#include <cstdint>
#include <string>

namespace assay::fakes {

enum class Fault {
  none,
  fail,           ///< the call returns its library's error for a device that failed
  out_of_memory,  ///< … for memory that ran out
  wrong,          ///< the call is done, and its result is wrong
};

/// Counts this call of `name` and gives the fault asked for. Two kinds do not return: "crash" ends
/// the process by a bad access, "hang" never returns.
Fault fault_of(const char* name);
/// Calls counted so far.
int calls_of(const std::string& name);

/// An environment variable's text or number; the fallback where it is not set.
std::string text_setting(const char* variable, const std::string& fallback);
std::int64_t number_setting(const char* variable, std::int64_t fallback);

}  // namespace assay::fakes
