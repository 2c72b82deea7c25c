// A child process's side of the conversation with its parent (harness/worker/child.h).
#pragma once

#include <optional>
#include <string>

#include "harness/worker/line_channel.h"

namespace assay::harness::worker {

class ParentChannel {
 public:
  ParentChannel();
  /// Ends the process where the parent is gone: nobody is left to work for.
  void send(const std::string& line);
  /// None once the parent has closed its end.
  std::optional<std::string> receive();

 private:
  LineChannel channel_;
};

}  // namespace assay::harness::worker
