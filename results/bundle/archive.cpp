#include "results/bundle/archive.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <numeric>
#include <optional>

namespace assay::results::bundle {

namespace {

constexpr std::size_t kBlock = 512;
constexpr std::size_t kEnd = 2 * kBlock;
constexpr std::size_t kLongestName = 100;
constexpr std::size_t kTooLarge = std::size_t{1} << 33;  // eleven octal digits
constexpr std::uint64_t kTime = 946684800;  // 2000-01-01; tar programs accept it without a warning

// Offset and width of a header's field (POSIX.1-1988, section 10.1.1).
struct Field {
  std::size_t at, width;
};
constexpr Field kName{0, 100}, kMode{100, 8}, kOwner{108, 8}, kGroup{116, 8}, kSize{124, 12},
    kModified{136, 12}, kChecksum{148, 8}, kType{156, 1}, kMagic{257, 8}, kMajor{329, 8},
    kMinor{337, 8};

using Header = std::array<char, kBlock>;

void put(Header& header, Field field, std::string_view text) {
  std::copy_n(text.begin(), std::min(text.size(), field.width), header.begin() + field.at);
}

/// Writes octal digits with leading zeros, and a NUL.
void put_octal(Header& header, Field field, std::uint64_t value) {
  put(header, field, fmt::format("{:0{}o}", value, field.width - 1));
}

Header header_of(std::string_view name, std::size_t size) {
  Header header{};
  put(header, kName, name);
  put_octal(header, kMode, 0644);
  put_octal(header, kOwner, 0);
  put_octal(header, kGroup, 0);
  put_octal(header, kSize, size);
  put_octal(header, kModified, kTime);
  put(header, kChecksum, "        ");
  put(header, kType, "0");
  put(header, kMagic, std::string_view("ustar\00000", 8));
  put_octal(header, kMajor, 0);
  put_octal(header, kMinor, 0);
  const auto sum = std::accumulate(
      header.begin(), header.end(), std::uint64_t{0},
      [](std::uint64_t total, char byte) { return total + static_cast<unsigned char>(byte); });
  put(header, kChecksum, fmt::format("{:06o}", sum) + std::string("\0 ", 2));
  return header;
}

std::size_t padding_after(std::size_t size) {
  return (kBlock - size % kBlock) % kBlock;
}

bool zeros(std::string_view bytes) {
  return bytes.find_first_not_of('\0') == std::string_view::npos;
}

/// The readable part of a header's name field; the header may be damaged.
std::string name_in(std::string_view header) {
  const std::string_view field = header.substr(kName.at, kName.width);
  return std::string(field.substr(0, field.find('\0')));
}

std::optional<std::size_t> size_in(std::string_view header) {
  std::size_t size = 0;
  for (const char digit : header.substr(kSize.at, kSize.width - 1)) {
    if (digit < '0' || digit > '7') return std::nullopt;
    size = size * 8 + static_cast<std::size_t>(digit - '0');
  }
  return size;
}

/// Reads the header at `at` and checks that writing it again would give the same bytes.
ArchiveView read_header(std::string_view bytes, std::size_t at, const std::string& previous) {
  const std::string_view header = bytes.substr(at, kBlock);
  const std::string name = name_in(header);
  const std::optional<std::size_t> size = size_in(header);
  bool same = false;
  if (size && !name.empty()) {
    const Header wanted = header_of(name, *size);
    same = std::equal(header.begin(), header.end(), wanted.begin(), wanted.end());
  }
  if (!same) {
    throw ArchiveError(previous.empty() ? "" : "after " + previous,
                       fmt::format("the header at byte {} is damaged", at));
  }
  const std::size_t left = bytes.size() - at - kBlock;
  if (*size > left || padding_after(*size) > left - *size) {
    throw ArchiveError(
        name, fmt::format("cut off: {} of {} bytes are present", std::min(*size, left), *size));
  }
  return {name, bytes.substr(at + kBlock, *size)};
}

void check_end(std::string_view rest, std::size_t at, const std::string& last) {
  if (rest.size() < kEnd) throw ArchiveError("after " + last, "the end mark is cut off");
  if (!zeros(rest.substr(0, kEnd))) {
    throw ArchiveError("after " + last, fmt::format("the end mark at byte {} is damaged", at));
  }
  if (rest.size() > kEnd) {
    throw ArchiveError("after " + last,
                       fmt::format("{} bytes follow the end mark", rest.size() - kEnd));
  }
}

}  // namespace

std::string archive_of(const std::vector<ArchiveEntry>& entries) {
  std::string out;
  for (const ArchiveEntry& entry : entries) {
    if (entry.name.empty() || entry.name.size() > kLongestName ||
        entry.name.find('\0') != std::string::npos) {
      throw InputError(fmt::format("an archive cannot hold the name `{}`", entry.name));
    }
    if (entry.content.size() >= kTooLarge) {
      throw InputError(fmt::format("an archive cannot hold {}: it has 8 GiB or more", entry.name),
                       "select fewer records");
    }
    const Header header = header_of(entry.name, entry.content.size());
    out.append(header.data(), header.size());
    out += entry.content;
    out.append(padding_after(entry.content.size()), '\0');
  }
  out.append(kEnd, '\0');
  return out;
}

std::vector<ArchiveView> read_archive(std::string_view bytes) {
  std::vector<ArchiveView> out;
  std::string last;
  for (std::size_t at = 0;;) {
    const std::string_view rest = bytes.substr(at);
    if (rest.size() < kBlock || zeros(rest.substr(0, kBlock))) {
      if (out.empty()) throw ArchiveError("", "is empty, or is cut off at the beginning");
      check_end(rest, at, last);
      return out;
    }
    out.push_back(read_header(bytes, at, last));
    const ArchiveView& entry = out.back();
    last = entry.name;
    at += kBlock + entry.content.size();
    const std::size_t padding = padding_after(entry.content.size());
    if (!zeros(bytes.substr(at, padding))) {
      throw ArchiveError(last, fmt::format("the padding after it at byte {} is damaged", at));
    }
    at += padding;
  }
}

bool begins_with_entry(std::string_view beginning, std::string_view name) {
  if (beginning.size() < kBlock || beginning.substr(kMagic.at, 5) != "ustar") return false;
  const std::string first = name_in(beginning);
  return first.ends_with("/" + std::string(name));
}

}  // namespace assay::results::bundle
