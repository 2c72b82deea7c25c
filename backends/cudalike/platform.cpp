#include "backends/cudalike/platform.h"

#include <dlfcn.h>
#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "backends/cudalike/identity.h"

namespace assay::backends::cudalike {
namespace {

const Dialect* served = nullptr;

constexpr int kInsufficientDriver = 35;  // cudaErrorInsufficientDriver

std::string runtime_text(int status) {
  const auto& call = platform().runtime().error_string;
  const char* const text = call ? call.pointer(status) : nullptr;
  return text == nullptr ? "" : text;
}

std::string driver_text(int status) {
  const auto& call = platform().driver().error_string;
  const char* text = nullptr;
  if (call && call.pointer(status, &text) == 0 && text != nullptr) return text;
  return {};
}

/// 13000 is 13.0 in CUDA's numbering; HIP's 60140092 is 6.1.40092.
std::string version_text(int number) {
  if (number >= 10'000'000) {
    return fmt::format("{}.{}.{}", number / 10'000'000, number / 100'000 % 100, number % 100'000);
  }
  return fmt::format("{}.{}", number / 1000, number % 1000 / 10);
}

std::string quoted_files(const Texts& patterns) {
  Texts all;
  for (const std::string& pattern : patterns) all.push_back("/dev/" + pattern);
  return fmt::format("{}", fmt::join(all, ", "));
}

}  // namespace

void serve(const Dialect& dialect) {
  served = &dialect;
}

const Platform& platform() {
  // Never destroyed: the vendor's libraries have exit handlers of their own.
  static const Platform* const one = new Platform(*served);
  return *one;
}

Platform::Platform(const Dialect& dialect) : asked_(dialect), dialect_(&dialect) {
  findings_.details.emplace_back("sought", where_sought(dialect));
  if (!dialect.tried_on_hardware) {
    findings_.details.emplace_back("hardware",
                                   "untried on hardware: only a pretended runtime has run");
  }
  const Texts files = device_files(dialect.signs.device_files);
  findings_.details.emplace_back(
      "device_files", files.empty() ? "none of " + quoted_files(dialect.signs.device_files)
                                    : fmt::format("{}", fmt::join(files, ", ")));
  const int on_bus = dialect.pci_vendor == 0 ? -1 : pci_devices(dialect.pci_vendor);
  if (on_bus >= 0) {
    findings_.details.emplace_back("pci_devices",
                                   fmt::format("{} of vendor {:04x}", on_bus, dialect.pci_vendor));
  }
  runtime_statuses_ = {runtime_text, dialect.out_of_memory, {-1, -1}};
  driver_statuses_ = {driver_text, dialect.out_of_memory, {-1, -1}};
  if (!find_runtime(files)) return;
  read_versions();
  count_devices();
}

void Platform::absent(std::string summary, std::string hint) {
  findings_.devices = 0;
  findings_.summary = std::move(summary);
  findings_.hint = std::move(hint);
}

bool Platform::try_runtime(const Place& place) {
  if (const Owner by_path = owner_by_path(asked_, place.path);
      by_path.dialect != nullptr && by_path.dialect != &asked_) {
    findings_.details.emplace_back(
        "runtime.foreign",
        fmt::format("{} is {}'s: {}", place.path, by_path.dialect->vendor, by_path.reason));
    return false;
  }
  Library library = open_first({place}, "runtime", findings_.details);
  if (!library) return false;
  const Owner whose = owner(asked_, library);
  if (whose.dialect != &asked_) {
    findings_.details.emplace_back(
        "runtime.foreign", fmt::format("{} is {}'s: {}", library.path,
                                       whose.dialect == nullptr ? std::string_view("another vendor")
                                                                : whose.dialect->vendor,
                                       whose.reason));
    dlclose(library.handle);
    return false;
  }
  findings_.details.emplace_back(
      "runtime.owner",
      fmt::format("{}: {}", whose.proven ? dialect_->vendor : "unknown", whose.reason));
  maker_ = whose.proven ? std::string(dialect_->vendor)
                        : fmt::format("{} of an unknown maker",
                                      dialect_->runtime_prefix == "hip" ? "HIP" : "CUDA");
  runtime_library_ = library;
  home_ = place.home.string();
  return true;
}

bool Platform::find_runtime(const Texts& files) {
  Texts tried;
  std::optional<Place> first;
  const auto use = [&] {
    runtime_ = {};
    if (!bind_runtime()) return false;
    bind_driver();
    return true;
  };
  for (const Place& place : places(asked_, asked_.libraries.runtime)) {
    if (!try_runtime(place)) continue;
    if (std::ranges::find(tried, runtime_library_.path) != tried.end()) continue;
    tried.push_back(runtime_library_.path);
    if (dialect_->needs_device_file && files.empty()) {
      absent(fmt::format("{} was found, but no {}", runtime_library_.path,
                         quoted_files(dialect_->signs.device_files)),
             fmt::format("load the kernel driver of {}; in a container, pass its device files in",
                         dialect_->vendor));
      return false;
    }
    if (!use()) return false;
    const int status = device_status();
    // Of several runtimes an older one may serve; one that fails in another way is no better.
    if (status == 0 || (!first && status != kInsufficientDriver)) return true;
    if (!first) first = place;
    if (status != kInsufficientDriver) continue;
    findings_.details.emplace_back("runtime.too_new", runtime_library_.path);
  }
  // The first one tells what is wrong.
  if (first) return try_runtime(*first) && use();
  no_runtime();
  return false;
}

int Platform::device_status() {
  int count = 0;
  const int status = runtime_.get_device_count.status(&count);
  if (status != 0 && runtime_.last_error) runtime_.last_error.status();
  return status;
}

void Platform::no_runtime() {
  std::string foreign;
  for (const auto& [key, value] : findings_.details) {
    if (key == "runtime.foreign") foreign = value.substr(0, value.find(": "));
  }
  const std::string& name = dialect_->libraries.runtime.front();
  const std::string where = where_sought(*dialect_);
  absent(foreign.empty()
             ? fmt::format("no {} ({})", name, where)
             : fmt::format("no {} of {} ({}); {}", name, dialect_->vendor, where, foreign),
         fmt::format("install the runtime of {}, or set {} to its folder", dialect_->vendor,
                     dialect_->home_variables.front()));
}

void Platform::choose_names() {
  dialect_ = &asked_;
  if (asked_.other_names == nullptr) return;
  const auto has_names_of = [&](const Dialect& one) {
    return runtime_library_.symbol(symbol_names(one, "cudaGetDeviceCount")) != nullptr;
  };
  if (has_names_of(asked_) || !has_names_of(asked_.other_names())) return;
  dialect_ = &asked_.other_names();
  findings_.details.emplace_back(
      "runtime.names",
      fmt::format("{}*, of {}'s other SDK", dialect_->runtime_prefix, dialect_->vendor));
}

bool Platform::bind_runtime() {
  choose_names();
  Binder binder(*dialect_, runtime_library_, &runtime_statuses_);
  bind(runtime_, binder, dialect_->stream_before_kind);
  if (!binder.absent().empty()) {
    findings_.details.emplace_back("runtime.symbols_absent",
                                   fmt::format("{}", fmt::join(binder.absent(), " ")));
  }
  if (binder.missing().empty()) return true;
  absent(fmt::format("{} lacks {}", runtime_library_.path, fmt::join(binder.missing(), ", ")),
         fmt::format("install a complete runtime of {}", dialect_->vendor));
  return false;
}

void Platform::bind_driver() {
  Library library = beside(dialect_->libraries.driver, "driver", findings_.details);
  if (!library) return;
  Binder binder(*dialect_, library, &driver_statuses_);
  bind(driver_, binder);
  if (!binder.absent().empty()) {
    findings_.details.emplace_back("driver.symbols_absent",
                                   fmt::format("{}", fmt::join(binder.absent(), " ")));
  }
}

Library Platform::beside(const Texts& names, const std::string& role, sdk::Pairs& details) const {
  if (names.empty()) return {};
  return open_first(places_in(*dialect_, home_, names), role, details);
}

void Platform::read_versions() {
  const auto read = [&](const Call<int(int*)>& call, const char* what) {
    int number = 0;
    if (!call || call.status(&number) != 0 || number == 0) return;
    if (!versions_.empty()) versions_ += ", ";
    versions_ += fmt::format("{} {}", what, version_text(number));
  };
  read(runtime_.driver_version, "driver");
  read(runtime_.runtime_version, "runtime");
  if (!versions_.empty()) findings_.details.emplace_back("versions", versions_);
}

void Platform::count_devices() {
  int count = 0;
  const int status = runtime_.get_device_count.status(&count);
  const std::string runtime = fmt::format("{} was found{}", runtime_library_.path,
                                          versions_.empty() ? "" : " (" + versions_ + ")");
  const std::string hint =
      fmt::format("install the driver of {}; in a container, pass its device files ({}) in",
                  dialect_->vendor, quoted_files(dialect_->signs.device_files));
  if (status != 0) {
    const char* const text = runtime_.error_string.pointer(status);
    if (runtime_.last_error) runtime_.last_error.status();
    absent(fmt::format("{}, but {}: {} ({})", runtime, runtime_.get_device_count.name, status,
                       text == nullptr ? "" : text),
           hint);
    return;
  }
  if (count <= 0) {
    absent(fmt::format("{}, but it reports no device", runtime), hint);
    return;
  }
  findings_.devices = static_cast<std::uint32_t>(count);
  findings_.summary =
      fmt::format("{} device{} by {}{}", count, count == 1 ? "" : "s", runtime_library_.path,
                  versions_.empty() ? "" : " (" + versions_ + ")");
  if (maker_ != dialect_->vendor) findings_.summary += ", " + maker_;
}

int Platform::driver_device(int index) const {
  constexpr int kNone = -1;
  int device = index;
  if (driver_.init && driver_.init.status(0) != 0) return kNone;
  if (driver_.get_device && driver_.get_device.status(&device, index) != 0) return kNone;
  return device;
}

std::int64_t Platform::attribute(int number, int index, std::int64_t fallback) const {
  int value = 0;
  if (number < 0 || !runtime_.get_attribute) return fallback;
  if (runtime_.get_attribute.status(&value, number, index) == 0) return value;
  if (runtime_.last_error) runtime_.last_error.status();
  return fallback;
}

}  // namespace assay::backends::cudalike
