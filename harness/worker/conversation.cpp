#include "harness/worker/conversation.h"

#include <unistd.h>

#include <fstream>

#include "harness/worker/child.h"

namespace assay::harness::worker {

ParentChannel::ParentChannel() : channel_(results::process::Descriptor(kWorkerDescriptor)) {
  channel_.accept_descriptors();
}

void ParentChannel::send(const std::string& line) {
  if (!channel_.send(line, LineChannel::kForever)) _exit(0);
}

std::optional<std::string> ParentChannel::receive() {
  std::string line;
  if (channel_.receive(line, LineChannel::kForever) != LineChannel::Event::line) return {};
  return line;
}

void offer_to_the_kernel() {
  std::ofstream("/proc/self/oom_score_adj") << 500;
}

}  // namespace assay::harness::worker
