#include "machine_code.h"

#include <elf.h>

#include <algorithm>
#include <cstring>
#include <stdexcept>

namespace assay::backends::cudalike {
namespace {

template <class T>
T read(const std::vector<char>& from, std::size_t at) {
  if (at + sizeof(T) > from.size()) throw std::runtime_error("a cubin ends early");
  T value;
  std::memcpy(&value, from.data() + at, sizeof value);
  return value;
}

Elf64_Shdr section(const std::vector<char>& cubin, const std::string& name) {
  const auto head = read<Elf64_Ehdr>(cubin, 0);
  const auto header = [&](std::size_t i) {
    return read<Elf64_Shdr>(cubin, head.e_shoff + i * head.e_shentsize);
  };
  const auto names = header(head.e_shstrndx);
  for (std::size_t i = 0; i < head.e_shnum; ++i) {
    const auto one = header(i);
    const std::size_t at = names.sh_offset + one.sh_name;
    if (at + name.size() < cubin.size() && name == cubin.data() + at) return one;
  }
  throw std::runtime_error("a cubin has no section " + name);
}

int capability_of(const std::vector<char>& cubin) {
  const auto head = read<Elf64_Ehdr>(cubin, 0);
  return static_cast<int>(head.e_ident[EI_ABIVERSION] < 8 ? head.e_flags & 0xff
                                                          : head.e_flags >> 8 & 0xff);
}

/// The attribute REGCOUNT of a function: four bytes of its kind, its symbol, the number.
int registers_of(const std::vector<char>& cubin, std::uint32_t symbol) {
  constexpr std::uint32_t kRegisters = 0x00082f04;
  const Elf64_Shdr info = section(cubin, ".nv.info");
  for (std::size_t at = info.sh_offset; at + 12 <= info.sh_offset + info.sh_size; at += 4) {
    if (read<std::uint32_t>(cubin, at) == kRegisters &&
        read<std::uint32_t>(cubin, at + 4) == symbol) {
      return static_cast<int>(read<std::uint32_t>(cubin, at + 8));
    }
  }
  throw std::runtime_error("a cubin does not say how many registers a kernel has");
}

struct Instruction {
  std::uint64_t low, high;

  unsigned opcode() const { return low & 0xfff; }
  bool is(unsigned wanted) const { return opcode() == wanted; }
  /// HMMA, IMMA.
  bool is_tensor() const { return is(0x23c) || is(0x237); }
  /// LDL, STL.
  bool is_spill() const { return is(0x983) || is(0x387); }
  bool is_nop() const { return is(0x918); }
  bool is_branch() const { return is(0x947) || is(0x547); }
  /// Instructions from this branch to its target; negative where it goes back.
  std::int64_t distance(int capability) const {
    // 48 bits, from 9.0 on with 8 more at the low end, in units of four bytes, from the branch's
    // end.
    const std::uint64_t raw = low >> 34 | (high & 0x3ffff) << 30;
    auto words = static_cast<std::int64_t>(raw << 16) >> 16;
    if (capability >= 90) words = words * 256 + static_cast<std::int64_t>(low >> 16 & 0xff);
    return words / 4 + 1;
  }
};

struct Loop {
  std::size_t begin, end;  ///< the first instruction, the branch back
  int tensor;
};

}  // namespace

MachineCode machine_code(const std::vector<char>& cubin, const std::string& name) {
  const Elf64_Shdr text = section(cubin, ".text." + name);
  std::vector<Instruction> code;
  for (std::size_t at = 0; at + 16 <= text.sh_size; at += 16) {
    code.push_back(read<Instruction>(cubin, text.sh_offset + at));
  }
  MachineCode out;
  out.registers = registers_of(cubin, text.sh_info & 0xffffff);
  const int capability = capability_of(cubin);
  std::vector<Loop> loops;
  for (std::size_t i = 0; i < code.size(); ++i) {
    out.instructions += code[i].is_nop() ? 0 : 1;
    out.spills += code[i].is_spill() ? 1 : 0;
    const std::int64_t target = static_cast<std::int64_t>(i) + code[i].distance(capability);
    if (!code[i].is_branch() || target < 0 || target > static_cast<std::int64_t>(i)) continue;
    const auto begin = static_cast<std::size_t>(target);
    const auto tensor = std::count_if(code.begin() + target, code.begin() + static_cast<long>(i),
                                      [](const Instruction& one) { return one.is_tensor(); });
    if (tensor > 0) loops.push_back({begin, i, static_cast<int>(tensor)});
  }
  const auto holds_another = [&](const Loop& loop) {
    return std::ranges::any_of(loops, [&](const Loop& other) {
      return other.begin >= loop.begin && other.end <= loop.end &&
             other.end - other.begin < loop.end - loop.begin;
    });
  };
  for (const Loop& loop : loops) {
    if (holds_another(loop) || loop.tensor < out.tensor_in_loop) continue;
    out.tensor_in_loop = loop.tensor;
    out.loop = static_cast<int>(loop.end - loop.begin + 1);
  }
  return out;
}

}  // namespace assay::backends::cudalike
