#include <algorithm>

#include "kernels/matmul/portable_matmul.h"
#include "kernels/tile.h"

namespace assay::kernels {

extern const PortableKernel matmul_portable;

namespace {

std::int64_t ceiling(std::int64_t a, std::int64_t b) {
  return (a + b - 1) / b;
}

/// Sizes of a candidate, from which its other parameters follow.
struct Sizes {
  std::int64_t tile_m, tile_n, tiles_m, tiles_n, teams_m, teams_n, block_k, stages, lanes = 1;
  bool panels = false;
};

PortableParameters parameters(const Tile& tile, const Sizes& z) {
  return {{"BLOCK_M", z.tile_m * z.tiles_m * z.teams_m},
          {"BLOCK_N", z.tile_n * z.tiles_n * z.teams_n},
          {"BLOCK_K", z.block_k},
          {"TILE_M", z.tile_m},
          {"TILE_N", z.tile_n},
          {"TILE_K", z.panels ? z.block_k : tile.k},
          {"TILES_M", z.tiles_m},
          {"TILES_N", z.tiles_n},
          {"TEAM", tile.team},
          {"LANES", z.lanes},
          {"PANELS", z.panels ? 1 : 0},
          {"STAGES", z.stages},
          {"SWATH", 8}};
}

std::int64_t group_items(const PortableParameters& p) {
  return p.at("BLOCK_M") / (p.at("TILE_M") * p.at("TILES_M")) *
         (p.at("BLOCK_N") / (p.at("TILE_N") * p.at("TILES_N"))) * p.at("TEAM");
}

/// Whether A and B are decoded and scaled when they are staged.
bool is_widened(const MatmulShape& s) {
  return is_block_scaled(s.a) || is_block_scaled(s.b);
}

std::int64_t local_bytes(const MatmulShape& s, const Tile& tile, const PortableParameters& p) {
  const std::int64_t staged = staged_bytes(tile, is_widened(s) ? DataType::bf16 : s.a, s.acc);
  const bool panels = p.at("PANELS") == 1;
  return p.at("STAGES") * (block_bytes(tile, staged, p.at("BLOCK_M"), p.at("BLOCK_K"), panels) +
                           block_bytes(tile, staged, p.at("BLOCK_N"), p.at("BLOCK_K"), panels));
}

/// For processors: one work-item computes a whole block, with tiles of its own vectors.
std::vector<Sizes> processor_sizes(const MatmulShape& s, const PortableTarget& target) {
  const std::int64_t widest = std::max<std::int64_t>(
      1, s.acc == DataType::f64 ? target.vector_lanes / 2 : target.vector_lanes);
  const std::int64_t half = std::max<std::int64_t>(1, widest / 2);
  std::vector<Sizes> all;
  const auto add = [&](std::int64_t tile_m, std::int64_t vectors, std::int64_t lanes,
                       std::int64_t rows, std::int64_t columns, std::int64_t depth) {
    const std::int64_t tile_n = vectors * lanes;
    const std::int64_t tiles_m = std::clamp<std::int64_t>(ceiling(s.m, tile_m), 1, rows / tile_m);
    const std::int64_t tiles_n = std::clamp<std::int64_t>(
        ceiling(s.n, tile_n), 1, std::max<std::int64_t>(1, columns / tile_n));
    const std::int64_t block_k = std::min(depth, ceiling(s.k, 16) * 16);
    all.push_back({tile_m, tile_n, tiles_m, tiles_n, 1, 1, block_k, 1, lanes, true});
  };
  if (s.m < 4) {
    // B is read only once, so long runs of its rows matter most.
    add(s.m, 4, widest, s.m, 1024, 32);
    add(s.m, 4, widest, s.m, 2048, 16);
    add(s.m, 4, widest, s.m, 4 * widest, 256);
    return all;
  }
  add(8, 2, widest, 128, 128, 256);
  add(6, 2, widest, 120, 128, 256);
  add(12, 2, widest, 120, 128, 256);
  add(4, 3, widest, 128, 144, 256);
  add(8, 2, half, 64, 64, 128);
  add(4, 2, half, 64, 64, 128);
  // With vectors of 32 bytes there are 16 registers: 8 x 2 sums and the factors would not fit.
  if (widest * bytes_of(s.acc, 1) <= 32) std::swap(all[0], all[1]);
  return all;
}

std::vector<Sizes> fma_sizes(const MatmulShape& s) {
  std::vector<Sizes> all = {{4, 4, 2, 2, 16, 16, 16, 1}, {4, 4, 2, 2, 16, 16, 8, 2},
                            {4, 4, 1, 1, 16, 16, 16, 1}, {4, 4, 2, 1, 8, 16, 16, 1},
                            {4, 4, 2, 2, 8, 8, 16, 1},   {4, 4, 1, 1, 8, 8, 16, 1},
                            {2, 2, 1, 1, 8, 8, 16, 1}};
  const bool small = s.m * s.n < 1024 * 1024 || s.acc == DataType::f64;
  if (small) std::swap(all[0], all[2]);
  if (s.m <= 16) all = {{1, 4, 1, 1, 1, 64, 32, 1}, {4, 4, 1, 1, 2, 32, 32, 1}, all.back()};
  return all;
}

/// For tensor cores: several tiles per team of lockstep work-items, several teams per group.
std::vector<Sizes> tensor_sizes(const MatmulShape& s, const Tile& t) {
  const std::int64_t k = 2 * t.k;
  const Sizes small = {t.m, t.n, 2, 2, 2, 2, 2 * k, 3};
  // With 4 x 4 tiles a team loads the fewest operands for each product.
  std::vector<Sizes> all = {{t.m, t.n, 4, 4, 2, 4, 2 * k, 3}, {t.m, t.n, 4, 4, 2, 4, k, 3},
                            {t.m, t.n, 4, 2, 2, 4, k, 4},     {t.m, t.n, 4, 4, 2, 2, k, 4},
                            {t.m, t.n, 4, 2, 2, 4, 2 * k, 3}, {t.m, t.n, 4, 2, 2, 4, k, 2},
                            {t.m, t.n, 4, 4, 2, 2, k, 2},     {t.m, t.n, 4, 2, 2, 4, k, 1},
                            {t.m, t.n, 2, 2, 2, 2, k, 2},     {t.m, t.n, 1, 2, 1, 2, k, 2}};
  all.insert(s.m * s.n < 2048 * 2048 ? all.begin() : all.end() - 2, small);
  if (s.m <= 64) {
    all = {{t.m, t.n, 1, 2, 1, 4, 2 * k, 4}, {t.m, t.n, 1, 1, 1, 4, 2 * k, 4}, all.back()};
  }
  return all;
}

/// The type that the tiles multiply. Tiles of hardware get bf16 where that holds every value; f32
/// holds all but those of f8e4m3g128, which are rounded once.
DataType multiplied_type(const MatmulShape& s, const PortableTarget& target) {
  if (!is_widened(s)) return s.a;
  const int bits = std::max(significand_bits(s.a), significand_bits(s.b));
  const bool fits = bits <= significand_bits(DataType::bf16);
  return fits && !tile_for(target, DataType::bf16).is_fma() ? DataType::bf16 : DataType::f32;
}

/// What the text needs to know of one operand that is decoded.
void add_source(std::map<std::string, std::string>& macros, const std::string& operand,
                DataType type) {
  const TypeTraits& t = traits(type);
  macros[operand + "_ELEMENT"] = name(element_of(type));
  macros[operand + "_BITS"] = std::to_string(bits_of(type));
  macros[operand + "_BLOCK"] = std::to_string(t.block);
  if (!is_block_scaled(type)) return;
  macros[operand + "_SCALE"] = name(t.scale);
  macros[operand + "_SCALE_BITS"] = std::to_string(bits_of(t.scale));
}

/// Elements of an operand read at once, and whether they are whole vectors of 16 bytes.
struct Run {
  std::int64_t elements;
  bool aligned;
};
Run run_of(std::int64_t row, std::int64_t whole, DataType type, const PortableTarget& target) {
  if (target.cpu) return {8, false};
  const std::int64_t vector = 16 / bytes_of(type, 1);
  const bool divides = row % vector == 0 && whole % vector == 0;
  return {divides ? vector : 1, divides};
}

std::string why_not(const Problem& problem, const PortableTarget& target) {
  return matmul_why_not(matmul_shape(problem), target);
}

std::vector<PortableParameters> candidates(const Problem& problem, const PortableTarget& target) {
  return matmul_candidates(matmul_shape(problem), target);
}

std::map<std::string, std::string> macros(const Problem& problem, const PortableTarget& target) {
  return matmul_macros(matmul_shape(problem), target, false);
}

std::int64_t no_scratch(const Problem&, const PortableParameters&) {
  return 0;
}

std::vector<PortableLaunch> launches(const Problem& problem, const PortableParameters& p) {
  const MatmulShape s = matmul_shape(problem);
  return {matmul_launch(
      s, p, ceiling(s.m, p.at("BLOCK_M")),
      {operand_argument(0), operand_argument(1), operand_argument(2), integer_argument(s.m),
       integer_argument(s.n), integer_argument(s.k), scales_argument(s.a, s.batch * s.m * s.k),
       scales_argument(s.b, s.batch * s.k * s.n)})};
}

}  // namespace

PortableArgument scales_argument(DataType type, std::int64_t elements) {
  return integer_argument(bytes_of(element_of(type), elements));
}

std::vector<PortableParameters> matmul_candidates(const MatmulShape& s,
                                                  const PortableTarget& target) {
  const Tile tile = tile_for(target, multiplied_type(s, target));
  const std::vector<Sizes> sizes = target.cpu      ? processor_sizes(s, target)
                                   : tile.is_fma() ? fma_sizes(s)
                                                   : tensor_sizes(s, tile);
  std::vector<PortableParameters> all;
  for (Sizes z : sizes) {
    PortableParameters p = parameters(tile, z);
    // On a processor the depth of a block is free to choose.
    while (target.cpu && z.block_k > 16 && local_bytes(s, tile, p) > target.local_memory_bytes) {
      z.block_k /= 2;
      p = parameters(tile, z);
    }
    const bool fits = local_bytes(s, tile, p) <= target.local_memory_bytes &&
                      group_items(p) <= target.group_size_limit;
    if (fits && std::find(all.begin(), all.end(), p) == all.end()) all.push_back(p);
  }
  return all;
}

std::string matmul_why_not(const MatmulShape& s, const PortableTarget& target) {
  if (is_8_bit_float(s.a)) return "the portable source has no 8-bit floating types";
  if (s.a == DataType::tf32) return "the portable source has no tf32 product";
  if (s.a == DataType::f64 && !target.f64) return "the device does not compute in f64";
  return matmul_candidates(s, target).empty() ? "no block fits the device's local memory" : "";
}

std::map<std::string, std::string> matmul_macros(const MatmulShape& s, const PortableTarget& target,
                                                 bool grouped) {
  const DataType operand = multiplied_type(s, target);
  const bool ahead = !target.cpu && !is_widened(s) && std::max({s.m, s.n, s.k}) < 1 << 24;
  std::map<std::string, std::string> macros = {{"OPERAND", std::string(name(operand))},
                                               {"ACC", std::string(name(s.acc))},
                                               {"RESULT", std::string(name(s.c))},
                                               {"RESULT_IS_ACC", s.c == s.acc ? "1" : "0"},
                                               {"A_ALONG_K", s.transpose_a ? "0" : "1"},
                                               {"B_ALONG_K", s.transpose_b ? "1" : "0"},
                                               {"GROUPED", grouped ? "1" : "0"},
                                               {"WIDENED", is_widened(s) ? "1" : "0"},
                                               {"AHEAD", ahead ? "1" : "0"},
                                               {"TILE", tile_for(target, operand).name}};
  if (is_widened(s)) {
    add_source(macros, "A", s.a);
    add_source(macros, "B", s.b);
    return macros;
  }
  const Run a = run_of(s.transpose_a ? s.m : s.k, s.m * s.k, s.a, target);
  const Run b = run_of(s.transpose_b ? s.k : s.n, s.k * s.n, s.a, target);
  macros["A_RUN"] = std::to_string(a.elements);
  macros["A_ALIGNED"] = a.aligned ? "1" : "0";
  macros["B_RUN"] = std::to_string(b.elements);
  macros["B_ALIGNED"] = b.aligned ? "1" : "0";
  return macros;
}

PortableLaunch matmul_launch(const MatmulShape& s, const PortableParameters& p,
                             std::int64_t blocks_m, std::vector<PortableArgument> arguments) {
  // A team of one work-item uses multiply-adds, a larger one the tiles of its hardware.
  const Tile tile{p.at("TEAM") == 1 ? "fma" : "tensor", 0, 0, 0, p.at("TEAM"), p.at("TEAM") != 1};
  return {"matmul",
          {blocks_m * ceiling(s.n, p.at("BLOCK_N")), s.batch, 1},
          {group_items(p), 1, 1},
          std::move(arguments),
          local_bytes(s, tile, p)};
}

const PortableKernel matmul_portable = {"matmul", why_not,    candidates,
                                        macros,   no_scratch, launches};

}  // namespace assay::kernels
