// Finds, checks and opens backend modules.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "backends/assay_backend.h"

namespace assay::backends {

/// A loaded module; closes its library when destroyed.
class Module {
 public:
  /// Throws assay::Error naming the file and what is wrong with it (missing symbol, another version
  /// of the interface, a table too small).
  static Module open(const std::filesystem::path& file);

  Module(Module&&) noexcept;
  Module& operator=(Module&&) noexcept;
  ~Module();

  const assay_backend& operator*() const { return *table_; }
  const assay_backend* operator->() const { return table_; }
  /// Whether its devices work together.
  bool joins() const;
  /// Environment variables that it and its libraries read: names, or beginnings of names followed
  /// by `*`; empty where it declares none.
  std::vector<std::string> environment_variables() const;
  const std::filesystem::path& path() const { return path_; }

 private:
  Module() = default;
  void* library_ = nullptr;
  const assay_backend* table_ = nullptr;
  std::filesystem::path path_;
};

/// Module files (assay_backend_NAME.so) in $ASSAY_BACKEND_PATH (colon-separated), then in the
/// executable's folder, then in the install folder. The first file with a name is used. Opens none
/// of them.
struct ModuleFile {
  std::string name;
  std::filesystem::path path;
};
std::vector<ModuleFile> find_modules();
/// The same in these folders.
std::vector<ModuleFile> modules_in(const std::vector<std::filesystem::path>& folders);

}  // namespace assay::backends
