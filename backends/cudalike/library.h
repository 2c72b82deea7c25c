// Finds and opens the vendor's shared libraries, and remembers what was tried.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "backends/cudalike/dialect.h"
#include "backends/sdk/description.h"

namespace assay::backends::cudalike {

/// An open library. Never closed: its threads and exit handlers outlive any use of ours.
struct Library {
  void* handle = nullptr;
  std::string path;

  explicit operator bool() const { return handle != nullptr; }
  /// Null where it has none of these names; *found is the name that it has.
  void* symbol(const Texts& names, std::string* found = nullptr) const;
};

/// A place where a library may lie: a file, or a bare name for the loader to find.
struct Place {
  std::string path;
  std::filesystem::path home;  ///< empty for the loader's own search
};

/// Every place of a library with one of these names: in the dialect's homes (environment first),
/// by the loader's own search, and in the vendor's wheels among Python's packages. Only files that
/// exist, and all bare names.
std::vector<Place> places(const Dialect& dialect, const Texts& names);
/// The same in one home only, then by the loader's own search.
std::vector<Place> places_in(const Dialect& dialect, const std::filesystem::path& home,
                             const Texts& names);

/// "CUDA_HOME, CUDA_PATH, /usr/local/cuda, the loader's path"
std::string where_sought(const Dialect& dialect);

/// Opens the first place that can be opened; `details` gets what was tried, under `role`.
Library open_first(const std::vector<Place>& places, const std::string& role, sdk::Pairs& details);

/// Files in /dev (or $ASSAY_DEVICE_FILES) that match one of the patterns.
Texts device_files(const Texts& patterns);

/// What the kernel says of a PCI device, "0000:c1:00.0" (or below $ASSAY_PCI_DEVICES).
std::filesystem::path pci_device_folder(const std::string& bus_id);

/// Devices on the PCI bus with this vendor's number; -1 where the bus cannot be read.
int pci_devices(unsigned vendor);

}  // namespace assay::backends::cudalike
