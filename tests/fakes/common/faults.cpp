#include "tests/fakes/common/faults.h"

#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <map>
#include <mutex>
#include <sstream>
#include <vector>

namespace assay::fakes {
namespace {

struct Asked {
  std::string kind, call;
  int nth = 0;  ///< 0: every call
};

std::vector<Asked> asked_of(const std::string& text) {
  std::vector<Asked> all;
  std::istringstream stream(text);
  for (std::string one; std::getline(stream, one, ',');) {
    const std::size_t at = one.find('@'), colon = one.find(':');
    if (at == std::string::npos) continue;
    Asked asked{one.substr(0, at), one.substr(at + 1, colon - at - 1), 0};
    if (colon != std::string::npos) asked.nth = std::atoi(one.c_str() + colon + 1);
    all.push_back(asked);
  }
  return all;
}

[[noreturn]] void crash() {
  std::signal(SIGSEGV, SIG_DFL);
  std::raise(SIGSEGV);
  std::abort();
}

[[noreturn]] void hang() {
  while (true) pause();
}

Fault meant_by(const std::string& kind) {
  if (kind == "crash") crash();
  if (kind == "hang") hang();
  if (kind == "oom") return Fault::out_of_memory;
  if (kind == "wrong") return Fault::wrong;
  return Fault::fail;
}

struct Calls {
  std::mutex mutex;
  std::map<std::string, int> counts;
};

Calls& counted_calls() {
  static Calls calls;
  return calls;
}

}  // namespace

Fault fault_of(const char* name) {
  const std::string text = text_setting("ASSAY_FAKE_FAULT", "");
  Calls& calls = counted_calls();
  const std::lock_guard lock(calls.mutex);
  const int count = ++calls.counts[name];
  for (const Asked& asked : asked_of(text)) {
    if (asked.call == name && (asked.nth == 0 || asked.nth == count)) return meant_by(asked.kind);
  }
  return Fault::none;
}

int calls_of(const std::string& name) {
  Calls& calls = counted_calls();
  const std::lock_guard lock(calls.mutex);
  const auto found = calls.counts.find(name);
  return found == calls.counts.end() ? 0 : found->second;
}

std::string text_setting(const char* variable, const std::string& fallback) {
  const char* const text = std::getenv(variable);
  return text == nullptr ? fallback : text;
}

std::int64_t number_setting(const char* variable, std::int64_t fallback) {
  const char* const text = std::getenv(variable);
  return text == nullptr ? fallback : std::strtoll(text, nullptr, 10);
}

}  // namespace assay::fakes
