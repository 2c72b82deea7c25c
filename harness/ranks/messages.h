// What ranks and their coordinator say to one another: one JSON object a line. Kinds a member says:
// hello, planned, failed, begins, alive, record, done, answer; kinds it is told: welcome, go, end,
// and the orders of a collective (join, implementations, hold, launch, check).
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace assay::harness::ranks {

/// None where the line is no message.
inline std::optional<nlohmann::ordered_json> message_in(const std::string& line) {
  auto message = nlohmann::ordered_json::parse(line, nullptr, false);
  if (!message.is_object() || !message.contains("kind") || !message["kind"].is_string()) {
    return std::nullopt;
  }
  return message;
}

inline std::string line_of(const nlohmann::ordered_json& message) {
  return message.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace assay::harness::ranks
