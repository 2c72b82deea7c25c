#include "kernels/portable.h"

#include <fmt/format.h>

#include <algorithm>

#include "kernels/fma/shape.h"
#include "kernels/tile.h"

namespace assay::kernels {

extern const PortableKernel fma_portable;

namespace {

/// Depth of one tile multiplication: whole steps of w products.
std::int64_t depth_of(const FmaShape& s, const Tile& tile) {
  return std::max(s.w, tile.k);
}

std::string why_not(const Problem& problem, const PortableTarget& target) {
  const FmaShape s = fma_shape(problem);
  if (is_8_bit_float(s.type)) return "the portable source has no 8-bit floating types";
  if (s.type == DataType::tf32) return "the portable source has no tf32 product";
  if (s.type == DataType::f64 && !target.f64) return "the device does not compute in f64";
  const std::int64_t at_once = depth_of(s, tile_for(target, s.type)) / s.w;
  return s.steps % at_once == 0
             ? ""
             : fmt::format("the device multiplies {} steps at once, which do not divide {}",
                           at_once, s.steps);
}

struct Sizes {
  std::int64_t tile_m, tile_n, tiles_m, tiles_n, teams_m, teams_n, lanes = 1;
};

PortableParameters parameters(const FmaShape& s, const Tile& tile, const Sizes& z) {
  return {{"TILE_M", z.tile_m},
          {"TILE_N", z.tile_n},
          {"TILE_K", tile.k},
          {"TEAM", tile.team},
          {"LANES", z.lanes},
          {"PANELS", 0},
          {"TILES_M", z.tiles_m},
          {"TILES_N", z.tiles_n},
          {"BLOCK_M", z.tile_m * z.tiles_m * z.teams_m},
          {"BLOCK_N", z.tile_n * z.tiles_n * z.teams_n},
          {"DEPTH", depth_of(s, tile)}};
}

std::vector<PortableParameters> candidates(const Problem& problem, const PortableTarget& target) {
  const FmaShape s = fma_shape(problem);
  const Tile tile = tile_for(target, s.type);
  std::vector<Sizes> sizes;
  if (target.cpu) {
    const std::int64_t lanes = s.acc == DataType::f64
                                   ? std::max<std::int64_t>(1, target.vector_lanes / 2)
                                   : target.vector_lanes;
    // With several products per step fewer registers are left for sums.
    const std::int64_t best = s.w == 4 ? 4 : 8;
    for (const std::int64_t rows : {best, 12 - best, std::int64_t{5}, std::int64_t{12}}) {
      sizes.push_back({rows, 2 * lanes, 1, 1, 1, 1, lanes});
    }
    sizes.push_back({4, 4 * lanes, 1, 1, 1, 1, lanes});
  } else if (tile.is_fma()) {
    sizes = {{4, 4, 2, 1, 8, 16}, {4, 4, 1, 1, 8, 16}, {4, 4, 2, 2, 16, 8}, {4, 2, 1, 1, 8, 32}};
  } else {
    sizes = {{tile.m, tile.n, 2, 2, 1, 2},
             {tile.m, tile.n, 2, 1, 1, 4},
             {tile.m, tile.n, 2, 4, 4, 1},
             {tile.m, tile.n, 1, 4, 2, 1}};
  }
  std::vector<PortableParameters> all;
  for (const Sizes& z : sizes) {
    const bool fits = z.teams_m * z.teams_n * tile.team <= target.group_size_limit;
    const bool divides = FmaShape::kColumns % (z.tile_n * z.tiles_n * z.teams_n) == 0;
    if (fits && divides) all.push_back(parameters(s, tile, z));
  }
  // The smallest candidate fits every device.
  if (all.empty()) all.push_back(parameters(s, tile, {tile.m, tile.n, 1, 1, 1, 1}));
  return all;
}

std::map<std::string, std::string> macros(const Problem& problem, const PortableTarget& target) {
  const FmaShape s = fma_shape(problem);
  return {{"OPERAND", std::string(name(s.type))},
          {"ACC", std::string(name(s.acc))},
          {"WIDTH", std::to_string(s.w)},
          {"TILE", tile_for(target, s.type).name}};
}

std::int64_t no_scratch(const Problem&, const PortableParameters&) {
  return 0;
}

std::vector<PortableLaunch> launches(const Problem& problem, const PortableParameters& p) {
  const FmaShape s = fma_shape(problem);
  const std::int64_t block_m = p.at("BLOCK_M"), block_n = p.at("BLOCK_N");
  const std::int64_t items = block_m / (p.at("TILE_M") * p.at("TILES_M")) *
                             (block_n / (p.at("TILE_N") * p.at("TILES_N"))) * p.at("TEAM");
  const bool tensor = p.at("TILE_K") > 1;
  const Tile tile{tensor ? "tensor" : "fma", 0, 0, p.at("TILE_K"), p.at("TEAM"), tensor};
  const std::int64_t staged = staged_bytes(tile, s.type, s.acc), depth = p.at("DEPTH");
  return {{"multiply_add",
           {(s.rows() + block_m - 1) / block_m, FmaShape::kColumns / block_n, 1},
           {items, 1, 1},
           {operand_argument(0), operand_argument(1), operand_argument(2),
            integer_argument(s.rows()), integer_argument(s.steps), integer_argument(0)},
           block_bytes(tile, staged, block_m, depth, false) +
               block_bytes(tile, staged, block_n, depth, false)}};
}

}  // namespace

const PortableKernel fma_portable = {"fma", why_not, candidates, macros, no_scratch, launches};

}  // namespace assay::kernels
