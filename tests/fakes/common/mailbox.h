// Messages between fake devices of several processes, as files in a temporary folder.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace assay::fakes {

class Mailbox {
 public:
  /// The folder is named by `id`, which all ranks share.
  Mailbox(std::span<const std::byte> id, int ranks, int rank);
  /// Removes the folder where it is empty: with the last of the ranks.
  ~Mailbox();
  Mailbox(const Mailbox&) = delete;
  Mailbox& operator=(const Mailbox&) = delete;

  int ranks() const { return ranks_; }
  int rank() const { return rank_; }
  void post(int to, std::span<const std::byte> message);
  /// The next message from there; waits for it. Throws std::runtime_error after a minute, or where
  /// it has other than `bytes` bytes.
  std::vector<std::byte> fetch(int from, std::size_t bytes);
  /// Returns when all ranks have called it.
  void meet();

 private:
  std::filesystem::path file(int from, int to, std::uint64_t number) const;

  std::filesystem::path folder_;
  int ranks_, rank_;
  std::map<int, std::uint64_t> posted_, fetched_;
};

/// Bytes that no other call gives, in this process or another.
std::vector<std::byte> new_mailbox_id(std::size_t bytes);

}  // namespace assay::fakes
