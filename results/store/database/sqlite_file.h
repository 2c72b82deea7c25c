// Checks a store's file before SQLite opens it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace assay::results::store {

/// The application id "Asay", at byte 68 of SQLite's header.
inline constexpr std::uint32_t kStoreApplication = 0x41736179;

enum class Content { none, store };

/// Throws InputError if the file is unreadable, not a store, or of another schema.
Content examine(const std::filesystem::path& file);

[[noreturn]] void refuse(const std::filesystem::path& file, const std::string& why,
                         const std::string& hint);

/// The path as SQLite's URI.
std::string uri(const std::filesystem::path& file, std::string_view parameters);

/// SQLite's write-ahead log of a file, and whether it has changes that are not yet in the file.
std::filesystem::path log_of(const std::filesystem::path& file);
bool has_log(const std::filesystem::path& file);

/// Whether processes can share memory through a file beside this one, as SQLite's write-ahead log
/// needs it: not on a network file system, nor on one that maps no shared memory.
bool can_share_memory(const std::filesystem::path& file);

void make_folder_of(const std::filesystem::path& file);

}  // namespace assay::results::store
