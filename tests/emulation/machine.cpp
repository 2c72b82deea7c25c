#include "tests/emulation/machine.h"

#include <barrier>
#include <memory>
#include <thread>

namespace assay::emulation {

thread_local Place place;
alignas(16) std::byte local_memory[kLocalBytes];

namespace {

std::unique_ptr<std::barrier<>> meeting;
std::array<Posted, kMaximumItems> board;

int lane_of(int team) {
  return place.item % team;
}

std::uint16_t half(std::uint32_t word, int which) {
  return static_cast<std::uint16_t>(word >> (16 * which));
}
std::int8_t byte(std::uint32_t word, int which) {
  return static_cast<std::int8_t>(word >> (8 * which));
}

/// The words of A and B one after another, as every instruction below takes them.
Posted words(const std::uint32_t* a, int a_words, const std::uint32_t* b, int b_words) {
  Posted posted{};
  std::copy_n(a, a_words, posted.begin());
  std::copy_n(b, b_words, posted.begin() + 8);
  return posted;
}

template <class Sum>
using Matrix = std::vector<std::vector<Sum>>;
template <class Sum>
Matrix<Sum> zeros(int rows, int columns) {
  return Matrix<Sum>(static_cast<std::size_t>(rows),
                     std::vector<Sum>(static_cast<std::size_t>(columns)));
}

template <class Sum>
Sum product(const Matrix<Sum>& a, const Matrix<Sum>& b, int row, int column) {
  Sum sum = 0;
  for (std::size_t k = 0; k < b.size(); ++k) {
    sum += a[static_cast<std::size_t>(row)][k] * b[k][static_cast<std::size_t>(column)];
  }
  return sum;
}

/// Element i of a word's 4 / size elements.
template <class Sum, class Widen>
Sum element(std::uint32_t word, int i, const Widen& widen) {
  if constexpr (std::is_same_v<Sum, int>) {
    return byte(word, i);
  } else {
    return widen(half(word, i));
  }
}

/// PTX ISA 8.3, figures of mma.m16n8k16 (16 bits) and mma.m16n8k32 (8 bits): with `w` elements a
/// word, group g = lane / 4 and t = lane % 4, A's words hold rows g, g + 8, g, g + 8 at depths w t
/// …, the last two half the depth further; B's the same of column g; C rows g, g, g + 8, g + 8 of
/// columns 2 t, 2 t + 1.
template <class Sum, class Widen>
void mma(Sum* c, const std::uint32_t* a, const std::uint32_t* b, int w, const Widen& widen) {
  const auto lanes = posted_by_team(words(a, 4, b, 2), 32);
  const int depth = 8 * w;
  auto left = zeros<Sum>(16, depth), right = zeros<Sum>(depth, 8);
  for (int lane = 0; lane < 32; ++lane) {
    const Posted& posted = lanes[static_cast<std::size_t>(lane)];
    const int g = lane / 4, t = lane % 4;
    for (int i = 0; i < w; ++i) {
      for (int word = 0; word < 4; ++word) {
        left[static_cast<std::size_t>(g + 8 * (word % 2))]
            [static_cast<std::size_t>(w * t + i + word / 2 * depth / 2)] =
                element<Sum>(posted[static_cast<std::size_t>(word)], i, widen);
      }
      for (int word = 0; word < 2; ++word) {
        right[static_cast<std::size_t>(w * t + i + word * depth / 2)][static_cast<std::size_t>(g)] =
            element<Sum>(posted[static_cast<std::size_t>(8 + word)], i, widen);
      }
    }
  }
  const int g = lane_of(32) / 4, t = lane_of(32) % 4;
  for (int i = 0; i < 4; ++i) c[i] += product(left, right, g + i / 2 * 8, 2 * t + i % 2);
}

/// MI200 and MI300 ISA: lane l holds row l % 16 of A and column l % 16 of B at depths d (l / 16) …,
/// d filling 8 bytes; rows 4 (l / 16) … of column l % 16 of C.
template <class Sum, class Widen>
void mfma(Sum* c, const std::uint32_t* a, const std::uint32_t* b, int w, const Widen& widen) {
  const auto lanes = posted_by_team(words(a, 2, b, 2), 64);
  auto left = zeros<Sum>(16, 8 * w), right = zeros<Sum>(8 * w, 16);
  for (int lane = 0; lane < 64; ++lane) {
    const Posted& posted = lanes[static_cast<std::size_t>(lane)];
    for (int i = 0; i < 2 * w; ++i) {
      const auto depth = static_cast<std::size_t>(lane / 16 * 2 * w + i);
      const auto line = static_cast<std::size_t>(lane % 16);
      left[line][depth] = element<Sum>(posted[static_cast<std::size_t>(i / w)], i % w, widen);
      right[depth][line] = element<Sum>(posted[static_cast<std::size_t>(8 + i / w)], i % w, widen);
    }
  }
  const int lane = lane_of(64);
  for (int i = 0; i < 4; ++i) c[i] += product(left, right, lane / 16 * 4 + i, lane % 16);
}

/// RDNA 3 ISA, 7.9: lanes l and l + 16 hold row l of A and column l of B; rows l / 16, l / 16 + 2,
/// … of column l % 16 of C.
template <class Sum, class Widen>
void wmma(Sum* c, const std::uint32_t* a, const std::uint32_t* b, int w, const Widen& widen) {
  const auto lanes = posted_by_team(words(a, 16 / w, b, 16 / w), 32);
  auto left = zeros<Sum>(16, 16), right = zeros<Sum>(16, 16);
  for (int lane = 0; lane < 32; ++lane) {
    const Posted& posted = lanes[static_cast<std::size_t>(lane)];
    for (int i = 0; i < 16; ++i) {
      const auto line = static_cast<std::size_t>(lane % 16), depth = static_cast<std::size_t>(i);
      left[line][depth] = element<Sum>(posted[static_cast<std::size_t>(i / w)], i % w, widen);
      right[depth][line] = element<Sum>(posted[static_cast<std::size_t>(8 + i / w)], i % w, widen);
    }
  }
  const int lane = lane_of(32);
  for (int i = 0; i < 8; ++i) c[i] += product(left, right, 2 * i + lane / 16, lane % 16);
}

constexpr auto kNoWidening = [](std::uint16_t) { return 0; };

}  // namespace

void arrive() {
  meeting->arrive_and_wait();
}

std::vector<Posted> posted_by_team(const Posted& mine, int team) {
  board[static_cast<std::size_t>(place.item)] = mine;
  arrive();
  const auto* const first = board.begin() + place.item / team * team;
  std::vector<Posted> all(first, first + team);
  arrive();
  return all;
}

float shuffle_xor(float value, int mask, int team) {
  Posted mine{};
  std::memcpy(mine.data(), &value, sizeof value);
  const auto all = posted_by_team(mine, team);
  std::memcpy(&value, all[static_cast<std::size_t>(lane_of(team) ^ mask)].data(), sizeof value);
  return value;
}

/// PTX ISA 8.3, ldmatrix .x4 [.trans] .b16: lanes 8 q … 8 q + 7 give the rows of matrix q, of 8
/// elements each; lane l gets elements 2 (l % 4) and the next of row l / 4, turned: of column l
/// / 4.
void load_matrices(std::uint32_t* to, const void* line, bool transposed) {
  Posted mine{};
  const auto* const address = static_cast<const std::byte*>(line);
  mine[0] = static_cast<std::uint32_t>(address - local_memory);
  const auto lanes = posted_by_team(mine, 32);
  const int lane = lane_of(32);
  for (int q = 0; q < 4; ++q) {
    std::uint16_t pair[2];
    for (int i = 0; i < 2; ++i) {
      const int row = transposed ? lane % 4 * 2 + i : lane / 4;
      const int column = transposed ? lane / 4 : lane % 4 * 2 + i;
      std::memcpy(&pair[i],
                  local_memory + lanes[static_cast<std::size_t>(q * 8 + row)][0] + 2 * column, 2);
    }
    to[q] = pair[0] | static_cast<std::uint32_t>(pair[1]) << 16;
  }
}

void mma_16x8(float* c, const std::uint32_t* a, const std::uint32_t* b,
              float (*widen)(std::uint16_t)) {
  mma(c, a, b, 2, widen);
}
void mma_16x8(int* c, const std::uint32_t* a, const std::uint32_t* b) {
  mma(c, a, b, 4, kNoWidening);
}
void mfma_16x16(float* c, const std::uint32_t* a, const std::uint32_t* b,
                float (*widen)(std::uint16_t)) {
  mfma(c, a, b, 2, widen);
}
void mfma_16x16(int* c, const std::uint32_t* a, const std::uint32_t* b) {
  mfma(c, a, b, 4, kNoWidening);
}
void wmma_16x16x16(float* c, const std::uint32_t* a, const std::uint32_t* b,
                   float (*widen)(std::uint16_t)) {
  wmma(c, a, b, 2, widen);
}
void wmma_16x16x16(int* c, const std::uint32_t* a, const std::uint32_t* b) {
  wmma(c, a, b, 4, kNoWidening);
}

std::vector<Text>& texts() {
  static std::vector<Text> all;
  return all;
}

void run(const Text& text, const kernels::PortableLaunch& launch,
         const std::vector<void*>& operands, void* scratch) {
  const Entry& kernel = text.kernels.at(launch.kernel);
  const auto items = static_cast<int>(launch.group_size[0]);
  meeting = std::make_unique<std::barrier<>>(items);
  std::vector<std::thread> threads;
  for (int item = 0; item < items; ++item) {
    threads.emplace_back([&, item] {
      place.item = item;
      auto& [x, y, z] = place.group;
      for (z = 0; z < launch.groups[2]; ++z) {
        for (y = 0; y < launch.groups[1]; ++y) {
          for (x = 0; x < launch.groups[0]; ++x) {
            kernel(launch, operands, scratch);
            arrive();
          }
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace assay::emulation
