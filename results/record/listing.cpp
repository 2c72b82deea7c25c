#include "results/record/listing.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string_view>
#include <tuple>

namespace assay::results::record {

bool naturally_less(std::string_view a, std::string_view b) {
  std::size_t i = 0, j = 0;
  while (i < a.size() && j < b.size()) {
    const auto digit = [](char c) { return c >= '0' && c <= '9'; };
    if (digit(a[i]) && digit(b[j])) {
      std::uint64_t left = 0, right = 0;
      i = static_cast<std::size_t>(std::from_chars(a.data() + i, a.data() + a.size(), left).ptr -
                                   a.data());
      j = static_cast<std::size_t>(std::from_chars(b.data() + j, b.data() + b.size(), right).ptr -
                                   b.data());
      if (left != right) return left < right;
    } else {
      if (a[i] != b[j]) return a[i] < b[j];
      ++i;
      ++j;
    }
  }
  return a.size() - i < b.size() - j;
}

std::string device_key(const DeviceIdentity& device) {
  if (device.modelled) return fmt::format("{}:{}", device.backend, device.unique_id);
  return fmt::format("{}:{}", device.backend, device.index);
}

std::string device_title(const Record& record) {
  std::string text = fmt::format("{} {}", device_key(record.device), record.device.name);
  if (record.origin != Origin::modelled) text += facts(record.origin).mark;
  if (is_modelled(record)) text += facts(Origin::modelled).mark;
  return text;
}

std::string brief_problem(const std::string& problem) {
  std::string text = problem + " ";
  for (const std::string usual : {" layout=nn ", " dist=uniform ", " mask=none ", " seed=1 "}) {
    if (const std::size_t at = text.find(usual); at != std::string::npos) {
      text.replace(at, usual.size(), " ");
    }
  }
  text.pop_back();
  return text;
}

std::vector<const Record*> in_order(std::span<const Record> records) {
  struct Entry {
    const Record* record;
    std::string title;
  };
  std::vector<Entry> entries;
  entries.reserve(records.size());
  for (const Record& record : records) entries.push_back({&record, device_title(record)});
  const auto time = [](const Record& record) {
    return std::tuple(record.status != Status::ok, record.summary.median);
  };
  std::ranges::stable_sort(entries, [&](const Entry& left, const Entry& right) {
    const Record &a = *left.record, &b = *right.record;
    if (left.title != right.title) return naturally_less(left.title, right.title);
    // Each of several devices of one name, on different hosts, in one piece.
    if (a.device.unique_id != b.device.unique_id) {
      return naturally_less(a.device.unique_id, b.device.unique_id);
    }
    if (a.problem != b.problem) return naturally_less(a.problem, b.problem);
    const Division first = a.implementation.division, second = b.implementation.division;
    if (first != second) return first < second;
    return time(a) < time(b);
  });
  std::vector<const Record*> out;
  out.reserve(entries.size());
  for (const Entry& entry : entries) out.push_back(entry.record);
  return out;
}

}  // namespace assay::results::record
