// A folder among the temporary files that also a killed process does not leave behind for ever.
#pragma once

#include <string>

#include "results/process/descriptor.h"

namespace assay::results::process {

/// Holds a lock on its folder, by which later ones of the same kind tell it from one whose process
/// was killed: these they remove.
class TemporaryFolder {
 public:
  /// A new folder "assay-KIND-XXXXXX". Throws Error that names it if it cannot be made.
  explicit TemporaryFolder(const std::string& kind);
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder();

  const std::string& path() const { return path_; }

 private:
  std::string path_;
  Descriptor lock_;
};

}  // namespace assay::results::process
