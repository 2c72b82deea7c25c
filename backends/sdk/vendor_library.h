// A vendor's shared libraries, opened at run time: where they were looked for, what was found.
#pragma once

#include <dlfcn.h>
#include <link.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "backends/sdk/description.h"

namespace assay::sdk {

/// Folders to search, in this order: those that environment variables name, fixed ones, and finally
/// the dynamic linker's own path.
struct VendorHomes {
  std::vector<std::string> variables;  ///< "ASCEND_TOOLKIT_HOME"
  std::vector<std::string> fixed;      ///< "/usr/local/Ascend/ascend-toolkit/latest"
  std::vector<std::string> below;      ///< folders of a home that hold libraries: "lib64"
};

/// Opens libraries and keeps them open to the process's end, since vendors' runtimes leave threads
/// and exit handlers behind.
class VendorLibraries {
 public:
  explicit VendorLibraries(VendorHomes homes) : homes_(std::move(homes)) {}

  /// Opens `name` ("libcnrt.so") for all later ones to link against. False where it cannot be
  /// opened; the details then say where it was looked for, unless only some versions have it.
  bool open(const std::string& name, bool every_version = true) {
    std::string tried;
    unusable_.clear();
    for (const std::filesystem::path& folder : folders()) {
      const std::filesystem::path file = folder / name;
      std::error_code error;
      if (!std::filesystem::exists(file, error)) continue;
      if (opened(name, file.string())) return true;
      tried += (tried.empty() ? "" : "; ") + reason();
    }
    if (opened(name, name)) return true;
    unusable_ = tried;
    if (tried.empty()) tried = "not in " + places();
    if (every_version) details_.emplace_back("library." + name, tried);
    return false;
  }

  /// Why the last open() was false, in one line: not found, or not usable.
  std::string why_not(const std::string& name) const {
    return unusable_.empty() ? "no " + name + " found (" + places() + ")"
                             : name + " was found but cannot be opened: " + unusable_;
  }

  /// The file that open() found under this name, as the dynamic linker names it; empty where it
  /// opened none.
  std::filesystem::path file_of(const std::string& name) const {
    const auto one = std::find(names_.begin(), names_.end(), name);
    link_map* map = nullptr;
    if (one == names_.end() || dlinfo(handles_[static_cast<std::size_t>(one - names_.begin())],
                                      RTLD_DI_LINKMAP, &map) != 0) {
      return {};
    }
    return map->l_name;
  }

  /// The first of the opened libraries to have it, in the order of opening; null where none has.
  template <class Function>
  Function* find(const std::string& symbol) const {
    for (void* handle : handles_) {
      if (void* const address = dlsym(handle, symbol.c_str())) {
        return reinterpret_cast<Function*>(address);
      }
    }
    return nullptr;
  }

  /// Sets `to` to the symbol, and notes one that no library has.
  template <class Function>
  bool take(const char* symbol, Function*& to) {
    to = find<Function>(symbol);
    if (to == nullptr) missing_ += (missing_.empty() ? "" : " ") + std::string(symbol);
    return to != nullptr;
  }

  /// Names of symbols that take() did not find, separated by spaces.
  const std::string& missing() const { return missing_; }
  /// "$CNRT_HOME, /usr/local/neuware, the linker's path"
  std::string places() const {
    std::string text;
    for (const std::string& variable : homes_.variables) text += "$" + variable + ", ";
    for (const std::string& folder : homes_.fixed) text += folder + ", ";
    return text + "the linker's path";
  }
  const Pairs& details() const { return details_; }

 private:
  std::vector<std::filesystem::path> folders() const {
    std::vector<std::filesystem::path> homes, all;
    for (const std::string& variable : homes_.variables) {
      const char* const value = std::getenv(variable.c_str());
      // With a relative path the current folder would decide what is loaded.
      if (value != nullptr && *value == '/') homes.emplace_back(value);
    }
    homes.insert(homes.end(), homes_.fixed.begin(), homes_.fixed.end());
    for (const std::filesystem::path& home : homes) {
      for (const std::string& below : homes_.below)
        all.push_back((home / below).lexically_normal());
    }
    return all;
  }

  static std::string reason() {
    const char* const why = dlerror();
    return why == nullptr ? "the dynamic linker refused it" : why;
  }

  bool opened(const std::string& name, const std::string& file) {
    void* const handle = dlopen(file.c_str(), RTLD_NOW | RTLD_GLOBAL);
    if (handle == nullptr) return false;
    handles_.push_back(handle);
    names_.push_back(name);
    details_.emplace_back("library." + name, file == name ? "found on the linker's path" : file);
    return true;
  }

  VendorHomes homes_;
  std::vector<void*> handles_;
  std::vector<std::string> names_;  ///< of the handles
  std::string missing_, unusable_;
  Pairs details_;
};

}  // namespace assay::sdk
