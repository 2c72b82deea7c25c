// The process that calls the module. It reports its findings one per line.
#pragma once

#include <optional>
#include <string>

#include "harness/conformance/subject.h"
#include "harness/worker/conversation.h"

namespace assay::harness::conformance {

/// Keys of the requests to an examiner and of its messages.
inline constexpr const char *kAsk = "ask", *kSays = "says";

/// The first line that a process is sent to become an examiner, and what such a line asks for;
/// nullopt if it is another one.
std::string line_of(const SubjectOptions& options);
std::optional<SubjectOptions> subject_in(const std::string& line);

/// Serves requests of the parent until it closes the channel. Sends "refused" if the loader refuses
/// the module. Returns the process's exit code.
int serve(const SubjectOptions& options, worker::ParentChannel& parent);

}  // namespace assay::harness::conformance
