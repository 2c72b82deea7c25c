// Reads files that a user names.
#pragma once

#include <cstdint>
#include <string>

namespace assay::results::process {

/// The bytes of a file, of a pipe or of what is typed at a terminal. Throws InputError
/// ("PLACE: cannot be read: WHY") for a folder, a device, more than `most_bytes`, and a named pipe
/// to which no program writes: opening it would wait for ever. `place` is the path if it is empty.
std::string read_file(const std::string& path, std::uint64_t most_bytes,
                      const std::string& hint = {}, const std::string& place = {});

/// The same from an open descriptor, which stays open.
std::string read_descriptor(int descriptor, std::uint64_t most_bytes, const std::string& place,
                            const std::string& hint = {});

/// The largest file of TOML that is read, and the largest one of records.
inline constexpr std::uint64_t kLargestToml = std::uint64_t{8} << 20;
inline constexpr std::uint64_t kLargestImport = std::uint64_t{2} << 30;

}  // namespace assay::results::process
