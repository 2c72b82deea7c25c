#include "tests/fakes/common/mailbox.h"

#include <sched.h>

#include <chrono>
#include <fstream>
#include <iterator>
#include <random>
#include <stdexcept>

namespace assay::fakes {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::minutes kPatience{1};

/// The first bytes, as a name.
std::string named(std::span<const std::byte> id) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string name = "assay-fake-mailbox-";
  for (const std::byte one : id.first(std::min<std::size_t>(id.size(), 16))) {
    name += kDigits[std::to_integer<unsigned>(one) >> 4];
    name += kDigits[std::to_integer<unsigned>(one) & 15];
  }
  return name;
}

}  // namespace

Mailbox::Mailbox(std::span<const std::byte> id, int ranks, int rank)
    : folder_(fs::temp_directory_path() / named(id)), ranks_(ranks), rank_(rank) {
  fs::create_directories(folder_);
}

Mailbox::~Mailbox() {
  std::error_code not_empty_yet;
  fs::remove(folder_, not_empty_yet);
}

fs::path Mailbox::file(int from, int to, std::uint64_t number) const {
  return folder_ / (std::to_string(number) + "." + std::to_string(from) + "." + std::to_string(to));
}

void Mailbox::post(int to, std::span<const std::byte> message) {
  const fs::path whole = file(rank_, to, posted_[to]++), part = whole.string() + ".part";
  std::ofstream(part, std::ios::binary)
      .write(reinterpret_cast<const char*>(message.data()),
             static_cast<std::streamsize>(message.size()));
  fs::rename(part, whole);
}

std::vector<std::byte> Mailbox::fetch(int from, std::size_t bytes) {
  const fs::path awaited = file(from, rank_, fetched_[from]++);
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (!fs::exists(awaited)) {
    if (std::chrono::steady_clock::now() > deadline) throw std::runtime_error("a rank is silent");
    sched_yield();
  }
  std::ifstream in(awaited, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  fs::remove(awaited);
  if (text.size() != bytes) throw std::runtime_error("a message is longer or shorter than awaited");
  const auto all = std::as_bytes(std::span(text));
  return {all.begin(), all.end()};
}

void Mailbox::meet() {
  for (int other = 0; other < ranks_; ++other) post(other, {});
  for (int other = 0; other < ranks_; ++other) fetch(other, 0);
}

std::vector<std::byte> new_mailbox_id(std::size_t bytes) {
  std::random_device random;
  std::vector<std::byte> id(bytes);
  for (std::byte& one : id) one = static_cast<std::byte>(random());
  return id;
}

}  // namespace assay::fakes
