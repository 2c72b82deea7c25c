// The vendor of a runtime library: several ship a libcudart.so of their own.
#pragma once

#include <string>

#include "backends/cudalike/library.h"

namespace assay::backends::cudalike {

struct Owner {
  const Dialect* dialect = nullptr;
  std::string reason;  ///< "it is in a folder named corex"
  /// False where nothing names the maker: the dialect is then only the one whose names are used.
  bool proven = true;
};

/// By the path only, before anything is opened; dialect is null where the path says nothing.
Owner owner_by_path(const Dialect& asked, const std::string& path);

/// Of an open runtime: by a vendor's own symbol, by its real path, by device files. Else it is used
/// as that of the dialect that needs no sign, because the others use its name; that vendor is its
/// maker only if one of its device files or a device on the PCI bus says so.
Owner owner(const Dialect& asked, const Library& runtime);

}  // namespace assay::backends::cudalike
