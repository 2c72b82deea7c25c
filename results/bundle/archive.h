// A plain POSIX tar file that has only one form: the same entries give the same bytes, and bytes
// that are not exactly what writing their entries would give are refused. Any `tar` opens it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kernels/error.h"

namespace assay::results::bundle {

struct ArchiveEntry {
  std::string name;  ///< at most 100 bytes; folders by slashes
  std::string content;
};

/// Where bytes stop being an archive's, and why.
class ArchiveError : public InputError {
 public:
  ArchiveError(std::string entry, const std::string& what)
      : InputError(what), entry_(std::move(entry)) {}
  /// The entry concerned; empty where none is known.
  const std::string& entry() const { return entry_; }

 private:
  std::string entry_;
};

/// ustar headers (POSIX.1-1988) of regular files, mode 0644, owner 0, one fixed time; contents
/// padded to 512 bytes with zeros; two blocks of zeros at the end. Throws InputError where a name
/// is empty or too long, or a content has 8 GiB or more.
std::string archive_of(const std::vector<ArchiveEntry>& entries);

/// An entry within the bytes that were read.
struct ArchiveView {
  std::string name;
  std::string_view content;
};
/// Throws ArchiveError at the first byte that archive_of would not have written.
std::vector<ArchiveView> read_archive(std::string_view bytes);

/// Whether a file that begins so is such an archive with that first entry, whatever its folder.
bool begins_with_entry(std::string_view beginning, std::string_view name);

}  // namespace assay::results::bundle
