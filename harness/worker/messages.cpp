#include "harness/worker/messages.h"

#include <charconv>

#include "harness/measure/device_access.h"
#include "harness/worker/message_keys.h"

namespace assay::harness::worker {

std::string json_of(const WorkerOptions& options) {
  return results::record::encode(options);
}

WorkerOptions worker_options_in(std::string_view json) {
  return results::record::decode<WorkerOptions>(json, "worker options");
}

std::string line_of(const Request& request) {
  return message_line(request);
}

std::string line_of(const Answer& answer) {
  return message_line(answer);
}

Request request_in(std::string_view line) {
  return message_in<Request>(line);
}

Answer answer_in(std::string_view line) {
  return message_in<Answer>(line);
}

std::string numbered(std::optional<std::uint64_t> number, const std::string& line) {
  return number ? fmt::format("{} {}", *number, line) : line;
}

std::optional<std::uint64_t> take_number(std::string& line) {
  std::uint64_t number = 0;
  const char* const end = line.data() + line.size();
  const auto [stop, error] = std::from_chars(line.data(), end, number);
  if (error != std::errc() || stop == end || *stop != ' ') return std::nullopt;
  line.erase(0, static_cast<std::size_t>(stop + 1 - line.data()));
  return number;
}

Failed failed(const Error& error) {
  Failed out;
  if (const auto* failure = dynamic_cast<const measure::DeviceFailure*>(&error)) {
    out.status = failure->status();
  }
  out.reason = error.what();
  out.hint = error.hint();
  return out;
}

std::vector<assay_launch> launches_in(const Launches& launches) {
  if (launches.device_seconds.size() != launches.host_seconds.size()) {
    throw InputError("launches: the numbers of device times and host times differ");
  }
  std::vector<assay_launch> out(launches.device_seconds.size());
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i].device_seconds = launches.device_seconds[i];
    out[i].host_seconds = launches.host_seconds[i];
  }
  return out;
}

Launches launches_of(const std::vector<assay_launch>& launches) {
  Launches out;
  for (const assay_launch& one : launches) {
    out.device_seconds.push_back(one.device_seconds);
    out.host_seconds.push_back(one.host_seconds);
  }
  return out;
}

std::string json_of(const ModuleReport& report) {
  return results::record::encode(report);
}

std::string hex(const std::vector<std::byte>& bytes) {
  std::string digits;
  for (const std::byte one : bytes) digits += fmt::format("{:02x}", std::to_integer<unsigned>(one));
  return digits;
}

std::vector<std::byte> from_hex(const std::string& digits) {
  std::vector<std::byte> bytes;
  for (std::size_t at = 0; at < digits.size(); at += 2) {
    unsigned value = 0;
    const char* const end = digits.data() + std::min(at + 2, digits.size());
    const auto [stop, error] = std::from_chars(digits.data() + at, end, value, 16);
    if (error != std::errc() || stop != digits.data() + at + 2) {
      throw InputError(
          fmt::format("\"{}\" is not a sequence of bytes in hexadecimal digits", digits));
    }
    bytes.push_back(static_cast<std::byte>(value));
  }
  return bytes;
}

}  // namespace assay::harness::worker
