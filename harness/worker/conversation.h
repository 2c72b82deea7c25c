// The child's end of the channel to its parent process (see harness/worker/child.h).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/worker/line_channel.h"

namespace assay::harness::worker {

class ParentChannel {
 public:
  ParentChannel();
  /// Ends this process if the parent has ended.
  void send(const std::string& line);
  /// The next line; nullopt after the parent has closed its end.
  std::optional<std::string> receive();
  /// The descriptors that came with the lines since the last call.
  std::vector<results::process::Descriptor> take_descriptors() {
    return channel_.take_descriptors();
  }

 private:
  LineChannel channel_;
};

/// Where memory runs out, the kernel ends this process and not the one that keeps the records.
void offer_to_the_kernel();

}  // namespace assay::harness::worker
