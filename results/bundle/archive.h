// A plain POSIX tar file in canonical form: the same entries always give the same bytes, and
// reading refuses any other bytes. Every `tar` program can open it.
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

/// Says at which entry a file stops being an archive, and why.
class ArchiveError : public InputError {
 public:
  ArchiveError(std::string entry, const std::string& what)
      : InputError(what), entry_(std::move(entry)) {}
  /// The entry concerned; empty if unknown.
  const std::string& entry() const { return entry_; }

 private:
  std::string entry_;
};

/// Writes ustar headers (POSIX.1-1988) of regular files with mode 0644, owner 0 and a fixed time;
/// contents padded with zeros to a multiple of 512 bytes; two blocks of zeros at the end. Throws
/// InputError if a name is empty or too long, or a content has 8 GiB or more.
std::string archive_of(const std::vector<ArchiveEntry>& entries);

/// An entry that refers to the bytes that were read.
struct ArchiveView {
  std::string name;
  std::string_view content;
};
/// Throws ArchiveError at the first byte that archive_of would not have written.
std::vector<ArchiveView> read_archive(std::string_view bytes);

/// Whether the beginning of a file is that of an archive whose first entry has this name, in any
/// folder.
bool begins_with_entry(std::string_view beginning, std::string_view name);

}  // namespace assay::results::bundle
