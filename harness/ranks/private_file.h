// Files that only processes of this user can read, for a secret that they share.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace assay::harness::ranks {

/// A file in a subfolder "ranks-UID" of a folder that other users may be able to write to. The
/// subfolder belongs to this user and has mode 0700; the file has mode 0600. Links are not
/// followed.
class PrivateFile {
 public:
  /// Creates nothing.
  PrivateFile(const std::filesystem::path& folder, const std::string& name);

  /// Creates the subfolder if necessary, and a new file in it, which replaces one of the same name.
  /// Readers see all of the text or none. Throws InputError if another user owns the subfolder or
  /// can write to it, or if the file cannot be written.
  void write(const std::string& text);
  /// nullopt if there is no such file. Throws InputError if another user owns the file or its
  /// subfolder, or has any right to them.
  std::optional<std::string> read() const;
  /// Removes the file, and the subfolder if it is empty then.
  void remove() const;

  std::string path() const { return (subfolder_ / name_).string(); }

 private:
  std::filesystem::path subfolder_;
  std::string name_;
};

}  // namespace assay::harness::ranks
