#include "harness/conformance/examiner.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "harness/conformance/clause.h"
#include "harness/worker/conversation.h"
#include "kernels/error.h"
#include "results/record/json_library.h"

namespace assay::harness::conformance {
namespace {

using nlohmann::ordered_json;

void say(worker::ParentChannel& parent, const ordered_json& message) {
  parent.send(message.dump(-1, ' ', false, ordered_json::error_handler_t::replace));
}

Finding examine_one(const Clause& clause, Subject& subject) {
  try {
    return clause.examine(subject);
  } catch (const Violation& violation) {
    return {Verdict::broken, violation.what()};
  } catch (const MissingPrerequisite& unmet) {
    return {Verdict::untested, unmet.what()};
  } catch (const Inconclusive& undecided) {
    return {Verdict::inconclusive, undecided.what()};
  } catch (const std::exception& exception) {
    return {Verdict::broken,
            fmt::format("an exception escaped from the module: {}", exception.what())};
  } catch (...) {
    return {Verdict::broken, "an exception escaped from the module"};
  }
}

void examine(const ordered_json& ids, Subject& subject, worker::ParentChannel& parent) {
  std::vector<Clause> all = module_clauses();
  for (Clause& clause : device_clauses()) all.push_back(std::move(clause));
  for (const std::string id : ids) {
    const auto clause =
        std::find_if(all.begin(), all.end(), [&](const Clause& one) { return one.id() == id; });
    const Finding finding = examine_one(*clause, subject);
    say(parent, {{kSays, "found"}, {"verdict", finding.verdict}, {"text", finding.text}});
  }
}

void list_devices(Subject& subject, worker::ParentChannel& parent) {
  ordered_json names = ordered_json::array();
  std::string failure;
  try {
    for (std::uint32_t index = 0; index < subject.probed().device_count; ++index) {
      assay_device_info info = {};
      info.struct_size = sizeof info;
      const bool told = subject.table().device_info(index, &info) == ASSAY_OK && info.name;
      names.push_back(told ? info.name : "");
    }
  } catch (const std::exception& error) {
    failure = error.what();
  }
  say(parent, {{kSays, "devices"}, {"names", names}, {"failure", failure}});
}

constexpr const char *kModule = "module", *kDevice = "device", *kQuick = "quick",
                     *kExamine = "examine";

}  // namespace

std::string line_of(const SubjectOptions& options) {
  const ordered_json body = {
      {kModule, options.module.string()}, {kDevice, options.device}, {kQuick, options.quick}};
  return ordered_json({{kExamine, body}}).dump();
}

std::optional<SubjectOptions> subject_in(const std::string& line) {
  const auto message = ordered_json::parse(line, nullptr, false);
  if (!message.is_object() || !message.contains(kExamine)) return std::nullopt;
  const ordered_json& body = message.at(kExamine);
  return SubjectOptions{body.at(kModule).get<std::string>(), body.at(kDevice).get<std::uint32_t>(),
                        body.at(kQuick).get<bool>()};
}

int serve(const SubjectOptions& options, worker::ParentChannel& parent) {
  worker::offer_to_the_kernel();
  try {
    Subject subject(options, [&parent](const std::string& doing) {
      say(parent, {{kSays, "alive"}, {"doing", doing}});
    });
    while (const auto line = parent.receive()) {
      const ordered_json request = ordered_json::parse(*line);
      if (request.at(kAsk) == "devices") {
        list_devices(subject, parent);
      } else {
        examine(request.at("clauses"), subject, parent);
      }
    }
    subject.leave();
  } catch (const Error& refusal) {
    say(parent, {{kSays, "refused"}, {"reason", refusal.what()}, {"hint", refusal.hint()}});
  }
  // Skip unloading the vendor's runtime: it is not part of the test.
  _exit(0);
}

}  // namespace assay::harness::conformance
