#include "results/store/database/sqlite_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/statfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>

#include "kernels/error.h"
#include "results/process/descriptor.h"
#include "results/store/database/schema.h"

namespace assay::results::store {

namespace fs = std::filesystem;

namespace {

std::uint32_t big_endian(const char* bytes) {
  std::uint32_t value = 0;
  for (int i = 0; i < 4; ++i) value = value << 8 | static_cast<unsigned char>(bytes[i]);
  return value;
}

/// Whether a file system lies on another machine: by its number in statfs(2).
bool is_of_network(long type) {
  constexpr std::array<std::uint32_t, 10> kNumbers = {
      0x6969,      // NFS
      0x517b,      // SMB
      0xfe534d42,  // SMB 2
      0xff534d42,  // CIFS
      0x0bd00bd0,  // Lustre
      0x47504653,  // GPFS
      0x5346414f,  // AFS
      0x00c36400,  // Ceph
      0x19830326,  // BeeGFS
      0xaad7aaea,  // PanFS
  };
  return std::find(kNumbers.begin(), kNumbers.end(), static_cast<std::uint32_t>(type)) !=
         kNumbers.end();
}

}  // namespace

void refuse(const fs::path& file, const std::string& why, const std::string& hint) {
  throw InputError(fmt::format("store {}: {}", file.string(), why), hint);
}

/// Checks the 100 bytes of SQLite's header (sqlite.org/fileformat.html, section 1.3): the magic
/// string, the user version at byte 60, the application id at byte 68.
Content examine(const fs::path& file) {
  std::error_code error;
  const fs::file_status status = fs::status(file, error);
  if (status.type() == fs::file_type::not_found) return Content::none;
  if (status.type() == fs::file_type::directory) {
    refuse(file, "is a folder", "name a file");
  }
  if (fs::exists(status) && status.type() != fs::file_type::regular) {
    refuse(file, "is a pipe, a socket or a device", "name a file");
  }
  errno = 0;
  std::ifstream in(file, std::ios::binary);
  if (error || !in) {
    refuse(file, fmt::format("cannot be read: {}", std::strerror(errno)),
           "check the file's permissions, or name another file");
  }
  std::array<char, 100> header{};
  in.read(header.data(), header.size());
  if (in.gcount() == 0) return Content::none;
  constexpr std::string_view kMagic{"SQLite format 3\0", 16};
  if (in.gcount() < 100 || std::string_view(header.data(), kMagic.size()) != kMagic) {
    refuse(file, "is not a store of assay", "name another file");
  }
  if (big_endian(&header[68]) != kStoreApplication) {
    refuse(file, "is the database of another application", "name another file");
  }
  require_schema(file.string(), big_endian(&header[60]));
  return Content::store;
}

/// The path as SQLite's URI.
std::string uri(const fs::path& file, std::string_view parameters) {
  std::string out = "file:";
  for (const char c : fs::absolute(file).string()) {
    if (c == '%' || c == '?' || c == '#') {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  return out + std::string(parameters);
}

fs::path log_of(const fs::path& file) {
  return file.string() + "-wal";
}

bool has_log(const fs::path& file) {
  std::error_code error;
  const auto size = fs::file_size(log_of(file), error);
  return !error && size > 0;
}

bool can_share_memory(const fs::path& file) {
  struct statfs system = {};
  const fs::path folder = fs::absolute(file).parent_path();
  if (statfs(folder.c_str(), &system) == 0 && is_of_network(system.f_type)) return false;
  std::string name = file.string() + "-XXXXXX-shm";
  constexpr int kEnding = 4;
  const process::Descriptor probe(mkostemps(name.data(), kEnding, O_CLOEXEC));
  // Why the folder cannot be written is told when the store is opened.
  if (!probe.open()) return true;
  unlink(name.c_str());
  constexpr std::size_t kBytes = 4096;
  if (ftruncate(probe.get(), kBytes) != 0) return true;
  void* const mapped = mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_SHARED, probe.get(), 0);
  if (mapped == MAP_FAILED) return false;
  munmap(mapped, kBytes);
  return true;
}

void make_folder_of(const fs::path& file) {
  std::error_code error;
  const fs::path folder = fs::absolute(file).parent_path();
  fs::create_directories(folder, error);
  if (error) {
    refuse(file, fmt::format("its folder cannot be created: {}", error.message()),
           "name another file");
  }
}

}  // namespace assay::results::store
