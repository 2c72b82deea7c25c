// The child's end of the channel to its parent process (see harness/worker/child.h).
#pragma once

#include <optional>
#include <string>

#include "harness/worker/line_channel.h"

namespace assay::harness::worker {

class ParentChannel {
 public:
  ParentChannel();
  /// Ends this process if the parent has ended.
  void send(const std::string& line);
  /// The next line; nullopt after the parent has closed its end.
  std::optional<std::string> receive();

 private:
  LineChannel channel_;
};

}  // namespace assay::harness::worker
