// An emulated accelerator for portable texts: a thread for each work-item of a group, and the
// matrix instructions of CUDA, CDNA and RDNA with the element layouts of their manuals. It is
// included before a text with a prelude like CUDA's; see tests/emulation/write_texts.cpp.
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "kernels/portable.h"

namespace assay::emulation {

inline constexpr int kMaximumItems = 256;
inline constexpr std::size_t kLocalBytes = 65536;

/// The position of the calling work-item.
struct Place {
  int item = 0;
  std::array<std::int64_t, 3> group = {0, 0, 0};
};
extern thread_local Place place;
extern std::byte local_memory[kLocalBytes];

/// Waits for all work-items of the group.
void arrive();

/// Posts this work-item's words and returns those that the work-items of its team posted.
using Posted = std::array<std::uint32_t, 16>;
std::vector<Posted> posted_by_team(const Posted& mine, int team);

float shuffle_xor(float value, int mask, int team);
void load_matrices(std::uint32_t* to, const void* line, bool transposed);

/// Matrices of one instruction, gathered from the lanes and distributed to them. `Element` widens.
void mma_16x8(float* c, const std::uint32_t* a, const std::uint32_t* b,
              float (*element)(std::uint16_t));
void mma_16x8(int* c, const std::uint32_t* a, const std::uint32_t* b);
void mfma_16x16(float* c, const std::uint32_t* a, const std::uint32_t* b,
                float (*element)(std::uint16_t));
void mfma_16x16(int* c, const std::uint32_t* a, const std::uint32_t* b);
void wmma_16x16x16(float* c, const std::uint32_t* a, const std::uint32_t* b,
                   float (*element)(std::uint16_t));
void wmma_16x16x16(int* c, const std::uint32_t* a, const std::uint32_t* b);

/// One kernel of a text, called with a launch's arguments for the calling work-item.
using Entry = std::function<void(const kernels::PortableLaunch&, const std::vector<void*>& operands,
                                 void* scratch)>;

template <class T>
T argument(const kernels::PortableArgument& from, const std::vector<void*>& operands,
           void* scratch) {
  using Kind = kernels::PortableArgument::Kind;
  if constexpr (std::is_pointer_v<T>) {
    return static_cast<T>(
        from.kind == Kind::scratch ? scratch : operands.at(static_cast<std::size_t>(from.integer)));
  } else if constexpr (std::is_floating_point_v<T>) {
    return static_cast<T>(from.real);
  } else {
    return static_cast<T>(from.integer);
  }
}

template <class... Parameters>
Entry entry(void (*kernel)(Parameters...)) {
  return [kernel](const kernels::PortableLaunch& launch, const std::vector<void*>& operands,
                  void* scratch) {
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      kernel(argument<Parameters>(launch.arguments.at(I), operands, scratch)...);
    }
    (std::index_sequence_for<Parameters...>{});
  };
}

/// A compiled text for one problem and one set of parameters.
struct Text {
  std::string name, problem;
  kernels::PortableParameters parameters;
  std::map<std::string, Entry> kernels;
};
std::vector<Text>& texts();
struct Registered {
  explicit Registered(Text text) { texts().push_back(std::move(text)); }
};

/// Runs all groups of a launch, one after the other.
void run(const Text& text, const kernels::PortableLaunch& launch,
         const std::vector<void*>& operands, void* scratch);

}  // namespace assay::emulation
