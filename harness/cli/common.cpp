#include "harness/cli/common.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>

#include "harness/cli/hints.h"
#include "harness/terminal/live_line.h"
#include "harness/terminal/wrapped.h"
#include "kernels/nearest.h"
#include "kernels/secrets.h"
#include "results/page/text.h"
#include "results/record/listing.h"
#include "results/record/printable.h"

namespace assay::cli {

namespace {

/// The text with the middle of very long lines left out: an error may quote what no one can read.
std::string brief_lines(const std::string& text) {
  constexpr std::size_t kLongest = 2000, kBegin = 1200, kEnd = 600;
  const auto at_character = [](const std::string& line, std::size_t at) {
    while (at < line.size() && (static_cast<unsigned char>(line[at]) & 0xc0) == 0x80) ++at;
    return at;
  };
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size() - 1) + 1;
    const std::string line = text.substr(at, end - at);
    at = end;
    if (line.size() <= kLongest) {
      out += line;
      continue;
    }
    const std::size_t last = at_character(line, line.size() - kEnd);
    out += line.substr(0, at_character(line, kBegin)) + "…" + line.substr(last);
  }
  return out;
}

/// With leading spaces; on a terminal broken at its width, with the rest of each line further
/// right. Elsewhere, other programs look for words in whole lines.
std::string for_stderr(const std::string& text, int indent) {
  const std::string lead(static_cast<std::size_t>(indent), ' ');
  if (isatty(STDERR_FILENO) == 0) return lead + text + "\n";
  constexpr int kHanging = 2;
  const int width = static_cast<int>(harness::terminal::columns_of_stderr());
  std::string out;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    out += lead + harness::terminal::wrapped(line, indent + kHanging, width)
                      .substr(static_cast<std::size_t>(indent + kHanging));
  }
  return out;
}

}  // namespace

void print_error(const std::string& what, const std::string& hint) {
  // Both may quote a file's name or contents, or an address with a password.
  const auto safe = [](const std::string& text) {
    return brief_lines(without_known_secrets(results::record::printable(text)));
  };
  fmt::print(stderr, "{}", for_stderr("assay: error: " + safe(what), 0));
  if (!hint.empty()) fmt::print(stderr, "{}", for_stderr("hint: " + safe(hint), 2));
}

results::store::StoreAddress store_address(const std::optional<results::store::StoreAddress>& db) {
  return db ? *db : results::store::default_store();
}

results::store::Store open_store(const results::store::StoreAddress& address,
                                 results::store::Access access) {
  return with_hint("--db or ASSAY_DB names the store",
                   [&] { return results::store::Store::open(address, access); });
}

results::record::Run find_run(const results::store::Store& store, const std::string& id) {
  if (store.runs().empty()) return store.run(id);
  return with_hint("`assay show --runs` lists the runs", [&] { return store.run(id); });
}

std::function<std::string(const std::string& module_sha256)> conformance_in(
    const results::store::Store& store) {
  return [&store](const std::string& module_sha256) { return store.conformance(module_sha256); };
}

bool only_when_named(const results::record::DeviceIdentity& device) {
  const auto use = device.properties.find("use");
  return use != device.properties.end() && use->second == "when named";
}

namespace {

/// "cpu" of "cpu:0"
std::string module_of(const std::string& device) {
  return device.substr(0, device.find(':'));
}

/// Whether the module has this device, or says by itself why it has none.
bool answers_for(const harness::worker::ModuleReport& module, const std::string& name) {
  if (!module.failure.empty() || module.devices.empty()) return true;
  return std::ranges::any_of(module.devices, [&](const results::record::DeviceIdentity& device) {
    return name == device.backend || name == results::record::device_key(device);
  });
}

[[noreturn]] void refuse_without_devices(const std::string& name,
                                         const harness::worker::ModuleReport& module) {
  std::string why = module_line(module);
  for (const auto& [key, value] : module.details) {
    if (key.starts_with("device ")) why += fmt::format("\n  {} {}", key, value);
  }
  throw InputError(fmt::format("--device {}: its module shows no device. {}", name, why),
                   module.hint.empty() ? "`assay devices --explain` says more" : module.hint);
}

}  // namespace

std::vector<FoundDevice> select_devices(const std::vector<harness::worker::ModuleReport>& modules,
                                        const std::vector<std::string>& names) {
  std::vector<FoundDevice> all;
  std::vector<std::string> known;
  for (const harness::worker::ModuleReport& module : modules) {
    for (const results::record::DeviceIdentity& device : module.devices) {
      all.push_back({device, module.path, {}});
      known.push_back(results::record::device_key(device));
    }
  }
  if (names.empty()) {
    std::vector<FoundDevice> unasked;
    for (const FoundDevice& device : all) {
      if (!only_when_named(device.identity)) unasked.push_back(device);
    }
    return unasked.empty() ? all : unasked;
  }
  std::vector<bool> chosen(all.size());
  for (const std::string& name : names) {
    bool found = false;
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (name != known[i] && name != all[i].identity.backend) continue;
      chosen[i] = found = true;
    }
    if (found) continue;
    for (const harness::worker::ModuleReport& module : modules) {
      if (module.name != module_of(name)) continue;
      if (module.devices.empty() || !module.failure.empty()) refuse_without_devices(name, module);
    }
    throw InputError(
        fmt::format("--device {}: there is no such device here", name),
        did_you_mean(name, known,
                     known.empty() ? std::string("`assay devices` says what is missing")
                                   : fmt::format("there are {}", fmt::join(known, ", "))));
  }
  std::vector<FoundDevice> out;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (chosen[i]) out.push_back(all[i]);
  }
  return out;
}

std::vector<harness::worker::ModuleReport> modules_of(
    const harness::worker::WorkerSettings& settings, const std::vector<std::string>& names) {
  if (names.empty()) return harness::worker::probe_all(settings);
  std::set<std::string> modules;
  for (const std::string& name : names) modules.insert(module_of(name));
  std::vector<harness::worker::ModuleReport> reports =
      harness::worker::probe_named(settings, modules);
  const bool all_found = std::ranges::all_of(names, [&](const std::string& name) {
    return std::ranges::any_of(reports, [&](const harness::worker::ModuleReport& module) {
      return module.name == module_of(name) && (module.pretends || answers_for(module, name));
    });
  });
  return all_found ? reports : harness::worker::probe_all(settings);
}

std::string module_line(const harness::worker::ModuleReport& report) {
  if (!report.failure.empty()) return fmt::format("{}: {}", report.name, report.failure);
  if (!report.summary.empty()) return fmt::format("{}: {}", report.name, report.summary);
  return fmt::format("{}: {}", report.name,
                     results::page::counted(report.devices.size(), "device"));
}

std::string command_line() {
  std::ifstream stream("/proc/self/cmdline", std::ios::binary);
  const std::string raw((std::istreambuf_iterator<char>(stream)), {});
  std::string out;
  for (std::size_t begin = 0; begin < raw.size();) {
    std::string argument = raw.c_str() + begin;
    begin += argument.size() + 1;
    argument = results::store::without_passwords(argument);
    const bool plain =
        !argument.empty() && argument.find_first_of(" \"'$\\*?") == std::string::npos;
    if (!out.empty()) out += ' ';
    out += plain ? argument : "'" + argument + "'";
  }
  // Once more as a whole: an option and its value are two arguments.
  return without_known_secrets(out);
}

}  // namespace assay::cli
