// What a module and its host exchange through the C interface, between C structs and ours.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>

#include "backends/assay_backend.h"
#include "backends/sdk/description.h"
#include "backends/sdk/guarded.h"

namespace assay::sdk {

/// Fills the caller's array with up to `capacity` offers, whose texts must outlive it. The caller's
/// structs may be longer or shorter than ours, so the steps are of the caller's size.
inline void fill_offers(std::span<const Offer> offers, assay_implementation* out,
                        std::size_t capacity) {
  auto* place = reinterpret_cast<std::byte*>(out);
  for (std::size_t i = 0; i < std::min(capacity, offers.size()); ++i) {
    auto* const entry = reinterpret_cast<assay_implementation*>(place);
    require_struct(entry);
    fill(entry, {sizeof *entry, offers[i].name.c_str(), offers[i].division.c_str(),
                 offers[i].reason.c_str()});
    place += entry->struct_size;
  }
}

/// The mode of a run. A caller in C may pass any number; reading it as the enumeration would be
/// undefined. Throws Failure where it is neither hot nor cold.
inline assay_mode checked(const assay_mode& mode) {
  static_assert(sizeof mode == sizeof(std::uint32_t));
  std::uint32_t number = 0;
  std::memcpy(&number, &mode, sizeof number);
  require(number == ASSAY_HOT || number == ASSAY_COLD, "run: the mode is neither hot nor cold");
  return number == ASSAY_COLD ? ASSAY_COLD : ASSAY_HOT;
}

/// A copy of what the caller describes. Throws Failure where a text or the figures are null.
inline Published owned(const assay_published& from) {
  Published out;
  const auto text = [](const char* given, const char* rule) {
    require(given != nullptr, rule);
    return std::string(given);
  };
  out.id = text(from.id, "pretend: the id is null");
  out.name = text(from.name, "pretend: the name is null");
  out.vendor = text(from.vendor, "pretend: the vendor is null");
  out.kind = text(from.kind, "pretend: the kind is null");
  require(from.figures != nullptr || from.figure_count == 0, "pretend: the figures are null");
  for (std::size_t i = 0; i < from.figure_count; ++i) {
    out.figures[text(from.figures[i].quantity, "pretend: a quantity is null")] =
        from.figures[i].value;
  }
  return out;
}

}  // namespace assay::sdk
