// What several verbs take and print alike.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "harness/device_worker.h"
#include "kernels/error.h"

namespace assay::cli {

/// "assay: error: …" and, where there is one, "  hint: …", on stderr.
void print_error(const std::string& what, const std::string& mend);

/// The named file, else the default store.
std::filesystem::path store_path(const std::string& db);

/// A device together with the module that drives it.
struct FoundDevice {
  results::DeviceIdentity identity;
  std::string module;                         ///< path of the module's file
  std::vector<harness::Published> pretended;  ///< what the module was asked to pretend for it
};

/// Whether a device shows another one's hardware a second time, so that it is not used unasked: its
/// module gives it the property `use` = "when named".
bool only_when_named(const results::DeviceIdentity& device);

/// The devices that `names` ask for ("cpu:0", or "cpu" for all of that kind); where it is empty,
/// all but those to be used only when named, unless there are no others. Throws InputError naming
/// the devices there are.
std::vector<FoundDevice> select_devices(const std::vector<harness::ModuleReport>& modules,
                                        const std::vector<std::string>& names);

/// One line a module: what it found, or why it found nothing.
std::string module_line(const harness::ModuleReport& report);

/// The command as typed.
std::string command_line();

}  // namespace assay::cli
