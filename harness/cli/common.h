// Functions that several verbs share.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "harness/worker/device_worker.h"
#include "kernels/error.h"
#include "results/store/store.h"

namespace assay::cli {

/// "assay: error: …" and, where there is one, "  hint: …", on stderr.
void print_error(const std::string& what, const std::string& hint);

/// `db`, else the default store.
results::store::StoreAddress store_address(const std::optional<results::store::StoreAddress>& db);
/// Store::open() and Store::run(); their hints name the options too.
results::store::Store open_store(const results::store::StoreAddress& address,
                                 results::store::Access access);
results::record::Run find_run(const results::store::Store& store, const std::string& id);

/// Looks up in the store what `assay conform` found in a module: for environment_json(), while the
/// store exists.
std::function<std::string(const std::string& module_sha256)> conformance_in(
    const results::store::Store& store);

/// A device and the module that drives it.
struct FoundDevice {
  results::record::DeviceIdentity identity;
  std::string module;                                 ///< path of the module's file
  std::vector<harness::worker::Published> pretended;  ///< the systems to model
};

/// Whether a device is used only if it is named, because it is the hardware of another device
/// again: its module gives it the property `use` = "when named".
bool only_when_named(const results::record::DeviceIdentity& device);

/// The devices in `names` ("cpu:0", or "cpu" for all of that kind). If `names` is empty, all but
/// those used only when named, unless there are no others. Throws InputError that lists the
/// devices.
std::vector<FoundDevice> select_devices(const std::vector<harness::worker::ModuleReport>& modules,
                                        const std::vector<std::string>& names);

/// The modules of the devices in `names`: no other module's driver is asked, since it may take long
/// or hang. All modules where `names` is empty, or where one of its devices is not found, so that
/// the error can say which there are.
std::vector<harness::worker::ModuleReport> modules_of(
    const harness::worker::WorkerSettings& settings, const std::vector<std::string>& names);

/// One line about a module: what it found, or why it found nothing.
std::string module_line(const harness::worker::ModuleReport& report);

/// The command line as typed, without passwords.
std::string command_line();

}  // namespace assay::cli
