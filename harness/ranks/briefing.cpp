#include "harness/ranks/briefing.h"

#include <fcntl.h>

#include <string>
#include <utility>
#include <variant>

#include "harness/worker/line_channel.h"
#include "kernels/error.h"

namespace assay::harness::ranks {

namespace {

/// The last line. A message of a worker is never empty.
constexpr const char* kEnd = "";

}  // namespace

void brief(worker::Child& rank, const Briefing& briefing) {
  rank.send(briefing.secret.hex());
  for (const worker::ModuleReport& module : briefing.modules) {
    rank.send(worker::line_of(worker::Answer(module)));
  }
  rank.send(kEnd);
}

std::optional<Briefing> briefing_from_parent() {
  if (fcntl(worker::kWorkerDescriptor, F_GETFD) < 0) return std::nullopt;
  constexpr double kSeconds = 30;
  worker::LineChannel parent{results::process::Descriptor(worker::kWorkerDescriptor)};
  std::string line;
  const auto next = [&] {
    return parent.receive(line, kSeconds) == worker::LineChannel::Event::line;
  };
  const auto secret = next() ? JobSecret::from_hex(line) : std::nullopt;
  if (!secret) return std::nullopt;
  Briefing out{*secret, {}};
  while (next() && line != kEnd) {
    worker::Answer answer = worker::answer_in(line);
    if (worker::ModuleReport* const module = std::get_if<worker::ModuleReport>(&answer)) {
      out.modules.push_back(std::move(*module));
    }
  }
  return out;
}

}  // namespace assay::harness::ranks
