// assay-conformance MODULE.so: what of the interface a module fulfils, clause by clause.
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <optional>

#include "tests/conformance/report.h"

namespace assay::conformance {
namespace {

constexpr int kConforms = 0, kDoesNot = 1, kBadUsage = 2, kNoDevice = 3;

constexpr const char* kFooter =
    "Each clause is examined in a child process: a crash or a hang fails that clause,\n"
    "and the rest of its group is not examined. Exit codes: 0 conforms; 1 does not;\n"
    "2 bad usage; 3 what could be examined conforms, but there is no device to\n"
    "exercise. A buffer's alignment cannot be seen through the interface, and is not\n"
    "examined.";

struct Arguments {
  SubjectOptions subject;
  std::optional<std::uint32_t> device;
  double timeout_seconds = 60;
  bool json = false;
};

bool use_colour(bool json) {
  return !json && isatty(STDOUT_FILENO) != 0 && std::getenv("NO_COLOR") == nullptr;
}

int bad_usage(const std::string& what) {
  fmt::print(stderr, "assay-conformance: error: {}\n", what);
  return kBadUsage;
}

int examine_module(const Arguments& arguments) {
  std::vector<Section> sections;
  const auto keep = [&](Section section) {
    if (!arguments.json) {
      fmt::print("{}\n", section_text(section, use_colour(arguments.json)));
      std::fflush(stdout);
    }
    sections.push_back(std::move(section));
  };
  const auto of_module = module_clauses();
  const auto of_device = device_clauses();
  keep({"module", "", examine(of_module, arguments.subject, arguments.timeout_seconds)});
  DeviceNames devices;
  // A module that ends its process while it is probed would do so again.
  if (conforms(sections)) devices = device_names(arguments.subject, arguments.timeout_seconds);
  if (!devices.known && conforms(sections))
    return bad_usage("the module's devices cannot be listed");
  if (arguments.device && devices.known && *arguments.device >= devices.names.size()) {
    return bad_usage(fmt::format("--device {}: the module has {} devices", *arguments.device,
                                 devices.names.size()));
  }
  for (std::uint32_t index = 0; index < devices.names.size(); ++index) {
    if (arguments.device && *arguments.device != index) continue;
    SubjectOptions subject = arguments.subject;
    subject.device = index;
    keep({fmt::format("device {}", index), devices.names[index],
          examine(of_device, subject, arguments.timeout_seconds)});
  }
  const bool good = conforms(sections);
  if (arguments.json) {
    const auto json = to_json(sections, arguments.subject.module.string(), good);
    fmt::print("{}\n", json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
  } else {
    fmt::print("{}", summary_text(sections));
  }
  if (!good) return kDoesNot;
  return devices.names.empty() ? kNoDevice : kConforms;
}

int start(int count, char** words) {
  Arguments arguments;
  CLI::App app("Examines what of Assay's backend interface a module fulfils.", "assay-conformance");
  app.add_option("module", arguments.subject.module, "The module's file, assay_backend_NAME.so")
      ->required();
  app.add_option("--device", arguments.device, "Only the device of this number");
  app.add_option("--timeout", arguments.timeout_seconds, "Seconds after which a clause has hung")
      ->check(CLI::PositiveNumber);
  app.add_flag("--quick", arguments.subject.quick, "Fewer problems an operation");
  app.add_flag("--json", arguments.json, "Print JSON");
  app.footer(kFooter);
  try {
    app.parse(count, words);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);
    return bad_usage(fmt::format("{} (--help lists the options)", error.what()));
  }
  if (!std::filesystem::is_regular_file(arguments.subject.module)) {
    return bad_usage(fmt::format("{}: there is no such file", arguments.subject.module.string()));
  }
  return examine_module(arguments);
}

}  // namespace
}  // namespace assay::conformance

int main(int count, char** words) {
  try {
    return assay::conformance::start(count, words);
  } catch (const std::exception& error) {
    fmt::print(stderr, "assay-conformance: error: {}\n", error.what());
    return 2;
  }
}
