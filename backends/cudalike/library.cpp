#include "backends/cudalike/library.h"

#include <dlfcn.h>
#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <fstream>
#include <functional>

namespace assay::backends::cudalike {
namespace {

namespace fs = std::filesystem;

constexpr const char* kFolders[] = {
    "lib64", "lib", "targets/x86_64-linux/lib", "targets/sbsa-linux/lib", "so", ""};

std::vector<fs::path> homes(const Dialect& dialect) {
  std::vector<fs::path> all;
  for (const std::string& variable : dialect.home_variables) {
    const char* const value = std::getenv(variable.c_str());
    if (value != nullptr && *value != '\0') all.emplace_back(value);
  }
  all.insert(all.end(), dialect.homes.begin(), dialect.homes.end());
  return all;
}

/// The number after ".so.", to choose the newest; files without one come first.
long version_of(const std::string& file) {
  const auto at = file.rfind(".so.");
  return at == std::string::npos ? -1 : std::strtol(file.c_str() + at + 4, nullptr, 10);
}

/// libX.so itself, else its newest libX.so.N.
std::string file_in(const fs::path& folder, const std::string& name) {
  std::error_code error;
  if (fs::exists(folder / name, error)) return folder / name;
  std::string best;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string file = entry->path().filename();
    if (!file.starts_with(name + ".")) continue;
    if (best.empty() || version_of(file) > version_of(best)) best = file;
  }
  return best.empty() ? best : (folder / best).string();
}

/// Subfolders whose names match the pattern, in descending order: a newer Python first.
std::vector<fs::path> subfolders(const fs::path& folder, const char* pattern) {
  std::vector<fs::path> found;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string name = entry->path().filename();
    if (fnmatch(pattern, name.c_str(), 0) == 0) found.push_back(entry->path());
  }
  std::ranges::sort(found, std::greater<>());
  return found;
}

bool holds_packages(const fs::path& folder) {
  return folder.filename() == "site-packages" || folder.filename() == "dist-packages";
}

/// Where Python keeps packages: in an environment that is active, of the user, of the system.
std::vector<fs::path> package_folders() {
  std::vector<fs::path> prefixes;
  for (const char* variable : {"VIRTUAL_ENV", "CONDA_PREFIX"}) {
    const char* const value = std::getenv(variable);
    if (value != nullptr && *value != '\0') prefixes.emplace_back(value);
  }
  const char* const home = std::getenv("HOME");
  if (home != nullptr && *home != '\0') prefixes.push_back(fs::path(home) / ".local");
  prefixes.insert(prefixes.end(), {"/usr/local", "/usr", "/opt/conda"});
  std::vector<fs::path> all;
  std::error_code error;
  for (const fs::path& prefix : prefixes) {
    for (const fs::path& python : subfolders(prefix / "lib", "python3*")) {
      for (const char* name : {"site-packages", "dist-packages"}) {
        if (fs::is_directory(python / name, error)) all.push_back(python / name);
      }
    }
  }
  return all;
}

/// A home's folders of libraries. A wheel has a folder of its own.
std::vector<fs::path> library_folders(const Dialect& dialect, const fs::path& home) {
  std::vector<fs::path> all;
  if (holds_packages(home.parent_path())) {
    for (const fs::path& wheel : subfolders(home, "*")) all.push_back(wheel / "lib");
  } else {
    for (const std::string& folder : dialect.folders) all.push_back(home / folder);
    for (const char* folder : kFolders) all.push_back(home / folder);
  }
  return all;
}

void add_home(const Dialect& dialect, const fs::path& home, const Texts& names,
              std::vector<Place>& all) {
  const std::vector<fs::path> folders = library_folders(dialect, home);
  for (const std::string& name : names) {
    for (const fs::path& folder : folders) {
      const std::string file = file_in(folder, name);
      if (!file.empty()) all.push_back({file, home});
    }
  }
}

void add_bare(const Texts& names, std::vector<Place>& all) {
  for (const std::string& name : names) all.push_back({name, {}});
}

std::string real_path(void* handle, const std::string& asked) {
  // A bare name says nothing; any symbol's object does, and every library has _init or none.
  char folder[4096] = "";
  if (asked.find('/') == std::string::npos && dlinfo(handle, RTLD_DI_ORIGIN, folder) == 0) {
    return (fs::path(folder) / asked).string();
  }
  return asked;
}

}  // namespace

void* Library::symbol(const Texts& names, std::string* found) const {
  for (const std::string& name : names) {
    if (void* const address = handle == nullptr ? nullptr : dlsym(handle, name.c_str())) {
      if (found != nullptr) *found = name;
      return address;
    }
  }
  return nullptr;
}

std::vector<Place> places(const Dialect& dialect, const Texts& names) {
  std::vector<Place> all;
  for (const fs::path& home : homes(dialect)) add_home(dialect, home, names, all);
  add_bare(names, all);
  if (dialect.wheels.empty()) return all;
  for (const fs::path& packages : package_folders()) {
    add_home(dialect, packages / dialect.wheels, names, all);
  }
  return all;
}

std::vector<Place> places_in(const Dialect& dialect, const fs::path& home, const Texts& names) {
  std::vector<Place> all;
  if (!home.empty()) add_home(dialect, home, names, all);
  add_bare(names, all);
  return all;
}

std::string where_sought(const Dialect& dialect) {
  Texts all;
  for (const std::string& variable : dialect.home_variables) all.push_back("$" + variable);
  all.insert(all.end(), dialect.homes.begin(), dialect.homes.end());
  all.emplace_back("the loader's path");
  if (!dialect.wheels.empty()) {
    all.push_back(fmt::format("{}/*/lib among Python's packages", dialect.wheels));
  }
  return fmt::format("{}", fmt::join(all, ", "));
}

Library open_first(const std::vector<Place>& places, const std::string& role, sdk::Pairs& details) {
  Texts failures;
  Library found;
  for (const Place& place : places) {
    found.handle = dlopen(place.path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (found.handle != nullptr) {
      found.path = real_path(found.handle, place.path);
      details.emplace_back(role + ".library", found.path);
      break;
    }
    const char* const why = dlerror();
    failures.emplace_back(why == nullptr ? place.path : why);
  }
  if (!failures.empty()) {
    details.emplace_back(role + ".tried", fmt::format("{}", fmt::join(failures, "; ")));
  }
  return found;
}

Texts device_files(const Texts& patterns) {
  const char* const other = std::getenv("ASSAY_DEVICE_FILES");
  const fs::path folder = other == nullptr || *other == '\0' ? "/dev" : other;
  Texts found;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string name = entry->path().filename();
    const auto matches = [&](const std::string& pattern) {
      return fnmatch(pattern.c_str(), name.c_str(), 0) == 0;
    };
    if (std::ranges::any_of(patterns, matches)) found.push_back(entry->path());
  }
  std::ranges::sort(found);
  return found;
}

fs::path pci_device_folder(const std::string& bus_id) {
  std::string lower = bus_id;
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return std::tolower(c); });
  const char* const other = std::getenv("ASSAY_PCI_DEVICES");
  return fs::path(other == nullptr || *other == '\0' ? "/sys/bus/pci/devices" : other) / lower;
}

int pci_devices(unsigned vendor) {
  std::error_code error;
  fs::directory_iterator entry(pci_device_folder(""), error);
  if (error) return -1;
  int count = 0;
  for (const fs::directory_iterator end; !error && entry != end; entry.increment(error)) {
    std::ifstream file(entry->path() / "vendor");
    std::string text;
    if (file >> text && std::strtoul(text.c_str(), nullptr, 16) == vendor) ++count;
  }
  return count;
}

}  // namespace assay::backends::cudalike
