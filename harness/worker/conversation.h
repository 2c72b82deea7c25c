// A child process's side of the line-by-line conversation with its parent (harness/worker/child.h).
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

namespace assay::harness::worker {

/// Sends one message. Ends the process where the parent is gone.
void say(const nlohmann::ordered_json& message);

/// What the parent sends.
class LineReader {
 public:
  /// None once the parent has closed its end.
  std::optional<std::string> next();

 private:
  std::string text_;
};

}  // namespace assay::harness::worker
