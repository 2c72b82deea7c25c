#include "harness/worker/conversation.h"

#include <unistd.h>

#include <cerrno>
#include <nlohmann/json.hpp>

#include "harness/worker/child.h"

namespace assay::harness::worker {

using nlohmann::ordered_json;

void say(const ordered_json& message) {
  const std::string text =
      message.dump(-1, ' ', false, ordered_json::error_handler_t::replace) + "\n";
  std::size_t written = 0;
  while (written < text.size()) {
    const ssize_t count = write(kWorkerDescriptor, text.data() + written, text.size() - written);
    if (count < 0 && errno == EINTR) continue;
    // The parent is gone, and nobody is left to work for.
    if (count <= 0) _exit(0);
    written += static_cast<std::size_t>(count);
  }
}

std::optional<std::string> LineReader::next() {
  while (true) {
    if (const std::size_t end = text_.find('\n'); end != std::string::npos) {
      std::string line = text_.substr(0, end);
      text_.erase(0, end + 1);
      return line;
    }
    char block[65536];
    const ssize_t count = read(kWorkerDescriptor, block, sizeof block);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return std::nullopt;
    text_.append(block, static_cast<std::size_t>(count));
  }
}

}  // namespace assay::harness::worker
