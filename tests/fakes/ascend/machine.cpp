#include "tests/fakes/ascend/machine.h"

#include <fmt/format.h>

#include <filesystem>
#include <sstream>
#include <string>

namespace assay::fakes::ascend {
namespace {

thread_local std::string recent;

std::vector<int> visible_of(int installed) {
  std::vector<int> all;
  std::istringstream stream(text_setting("ASCEND_RT_VISIBLE_DEVICES", "all"));
  if (stream.str() == "all") {
    for (int i = 0; i < installed; ++i) all.push_back(i);
  }
  for (std::string one; stream.str() != "all" && std::getline(stream, one, ',');) {
    const int number = std::stoi(one);
    // CANN takes them in ascending order, and none after one that is not there.
    if (number >= installed || (!all.empty() && number <= all.back())) break;
    all.push_back(number);
  }
  return all;
}

Status meant(Fault fault, const char* call) {
  const bool operators = std::string_view(call).rfind("aclnn", 0) == 0;
  switch (fault) {
    case Fault::fail:
      return refuse(operators ? kNnRuntime : kFailure,
                    fmt::format("{}: the device failed, as the test asked", call));
    case Fault::out_of_memory:
      return refuse(kRtNoMemory, fmt::format("{}: no memory left, as the test asked", call));
    case Fault::none:
    case Fault::wrong:
      return kOk;
  }
  return kOk;
}

}  // namespace

Machine::Machine()
    : visible(visible_of(static_cast<int>(number_setting("ASSAY_FAKE_ASCEND_DEVICES", 2)))),
      installed(static_cast<int>(number_setting("ASSAY_FAKE_ASCEND_DEVICES", 2))),
      devices(static_cast<int>(visible.size())),
      soc(text_setting("ASSAY_FAKE_ASCEND_SOC", "Ascend910_9392")),
      memory(
          static_cast<std::uint64_t>(number_setting("ASSAY_FAKE_MEMORY", std::int64_t{4} << 30))) {}

Machine& machine() {
  // Never destroyed, because it may still be called when the process ends.
  static Machine* const once = new Machine;
  return *once;
}

Context*& current_context() {
  thread_local Context* current = nullptr;
  return current;
}

Status refuse(Status status, const std::string& why) {
  recent = why;
  return status;
}

Status entered(const char* call) {
  const std::string other = text_setting("ASSAY_FAKE_ASCEND_STATUS", "");
  const std::string begin = std::string(call) + "=";
  if (other.rfind(begin, 0) == 0) {
    const Status status = std::stoi(other.substr(begin.size()));
    return refuse(status, fmt::format("{}: refused, as the test asked", call));
  }
  if (const Status asked = meant(fault_of(call), call); asked != kOk) return asked;
  if (!machine().initialised) {
    return refuse(kUninitialised, fmt::format("{} before aclInit", call));
  }
  return kOk;
}

Status entered_with_device(const char* call) {
  if (const Status refused = entered(call); refused != kOk) return refused;
  const Context* const context = current_context();
  if (context == nullptr || context->uses == 0) {
    return refuse(kRtNoContext, fmt::format("{}: this thread has no device", call));
  }
  return kOk;
}

Status entered_operator(const char* call) {
  if (const Status refused = entered_with_device(call); refused != kOk) return refused;
  const std::string operators = text_setting("ASCEND_OPP_PATH", "");
  if (!operators.empty() && std::filesystem::is_directory(operators)) return kOk;
  return refuse(kNnOperatorPath, fmt::format("{}: no operators", call));
}

Status check_stream(void* stream) {
  if (!machine().streams.contains(static_cast<Stream*>(stream))) {
    return refuse(kRtInvalid, "there is no such stream");
  }
  if (static_cast<Stream*>(stream)->context != current_context()) {
    return refuse(kRtStreamContext, "the stream belongs to another context");
  }
  return kOk;
}

}  // namespace assay::fakes::ascend

using namespace assay::fakes::ascend;

FAKE_EXPORT const char* aclGetRecentErrMsg() {
  static thread_local std::string handed_out;
  handed_out = recent;
  recent.clear();
  return handed_out.c_str();
}
