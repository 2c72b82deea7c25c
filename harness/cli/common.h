// What several verbs take and print alike.
#pragma once

#include <string>
#include <vector>

#include "harness/worker/device_worker.h"
#include "kernels/error.h"
#include "results/store/store.h"

namespace assay::cli {

/// "assay: error: …" and, where there is one, "  hint: …", on stderr.
void print_error(const std::string& what, const std::string& mend);

/// The named file or server, else the default store.
results::store::StoreAddress store_address(const std::string& db);
/// Store::open() and Store::run(); their hints name the options too.
results::store::Store open_store(const results::store::StoreAddress& address,
                                 results::store::Access access);
results::record::Run find_run(const results::store::Store& store, const std::string& id);

/// A device together with the module that drives it.
struct FoundDevice {
  results::record::DeviceIdentity identity;
  std::string module;  ///< path of the module's file
  std::vector<harness::worker::Published>
      pretended;  ///< what the module was asked to pretend for it
};

/// Whether a device shows another one's hardware a second time, so that it is not used unasked: its
/// module gives it the property `use` = "when named".
bool only_when_named(const results::record::DeviceIdentity& device);

/// The devices that `names` ask for ("cpu:0", or "cpu" for all of that kind); where it is empty,
/// all but those to be used only when named, unless there are no others. Throws InputError naming
/// the devices there are.
std::vector<FoundDevice> select_devices(const std::vector<harness::worker::ModuleReport>& modules,
                                        const std::vector<std::string>& names);

/// One line a module: what it found, or why it found nothing.
std::string module_line(const harness::worker::ModuleReport& report);

/// The command as typed, without passwords of servers.
std::string command_line();

}  // namespace assay::cli
