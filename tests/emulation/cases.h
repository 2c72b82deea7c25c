// Problems for the emulated machine: each tile multiplication, each type it supports, layouts with
// and without transposed blocks, and extents that are not multiples of block sizes.
#pragma once

#include <string>
#include <vector>

#include "kernels/portable.h"

namespace assay::emulation {

struct Case {
  std::string name, tile, problem;
  kernels::PortableParameters parameters;
};

inline kernels::PortableParameters matmul_parameters(std::int64_t k, std::int64_t team,
                                                     std::int64_t teams_n, std::int64_t stages) {
  return {{"TILE_M", 16},    {"TILE_N", 16}, {"TILE_K", k},   {"TEAM", team},
          {"TILES_M", 2},    {"TILES_N", 1}, {"PANELS", 0},   {"STAGES", stages},
          {"SWATH", 2},      {"LANES", 1},   {"BLOCK_M", 32}, {"BLOCK_N", 16 * teams_n},
          {"BLOCK_K", 2 * k}};
}

inline kernels::PortableParameters attention_parameters(std::int64_t team, std::int64_t stages,
                                                        bool hold_q) {
  return {{"TILE_M", 16},       {"TILE_N", 16},     {"TILE_K", 16},
          {"TEAM", team},       {"TEAMS", 1},       {"TILES_M", 1},
          {"LANES", 1},         {"PANELS", 0},      {"D", 32},
          {"DV", 16},           {"BLOCK_KEYS", 32}, {"COMBINE_ITEMS", 4},
          {"GROUPS_WANTED", 4}, {"STAGES", stages}, {"HOLD_Q", hold_q ? 1 : 0}};
}

inline kernels::PortableParameters rate_parameters(std::int64_t k, std::int64_t team,
                                                   std::int64_t teams) {
  return {{"TILE_M", 16},  {"TILE_N", 16},          {"TILE_K", k}, {"TEAM", team},
          {"TILES_M", 2},  {"TILES_N", 2},          {"LANES", 1},  {"PANELS", 0},
          {"BLOCK_M", 32}, {"BLOCK_N", 32 * teams}, {"DEPTH", k}};
}

inline std::vector<Case> cases() {
  std::vector<Case> all;
  struct Kind {
    std::string tile;
    std::int64_t team, integer_depth;
  };
  for (const Kind& kind : {Kind{"mma_sync", 32, 32}, {"mfma", 64, 32}, {"wmma", 32, 16}}) {
    const auto add = [&](const std::string& what, const std::string& problem,
                         const kernels::PortableParameters& parameters) {
      all.push_back({kind.tile + "_" + what, kind.tile, problem, parameters});
    };
    const std::int64_t teams = 64 / kind.team;
    add("bf16_nn", "matmul m=40 n=48 k=72 a=bf16 layout=nn",
        matmul_parameters(16, kind.team, teams, 3));
    add("bf16_tt", "matmul m=40 n=48 k=72 a=bf16 layout=tt",
        matmul_parameters(16, kind.team, teams, 2));
    add("f16_odd", "matmul m=33 n=19 k=37 a=f16 layout=nt batch=2",
        matmul_parameters(16, kind.team, teams, 1));
    add("i8_nn", "matmul m=48 n=32 k=80 a=i8 layout=nn",
        matmul_parameters(kind.integer_depth, kind.team, teams, 2));
    add("i8_odd", "matmul m=21 n=17 k=45 a=i8 layout=tt",
        matmul_parameters(kind.integer_depth, kind.team, teams, 2));
    add("mxfp8_mxfp4", "matmul m=33 n=19 k=96 a=mxfp8e4m3 b=mxfp4 batch=2",
        matmul_parameters(16, kind.team, teams, 2));
    add("bf16_nvfp4", "matmul m=33 n=19 k=80 a=bf16 b=nvfp4 layout=tt dist=integer",
        matmul_parameters(16, kind.team, teams, 3));
    add("mxfp6_experts", "grouped_matmul tokens=45 n=19 k=96 groups=3 a=mxfp6e2m3",
        matmul_parameters(16, kind.team, teams, 1));
    add("bf16_experts", "grouped_matmul tokens=45 n=40 k=72 groups=3 a=bf16 c=f32",
        matmul_parameters(16, kind.team, teams, 3));
    add("attention", "attention b=1 hq=4 hkv=2 sq=11 skv=45 d=32 dv=16 type=bf16 mask=causal",
        attention_parameters(kind.team, 2, true));
    add("rate_f16", "fma n=2560 steps=24 type=f16", rate_parameters(16, kind.team, teams));
    add("rate_i8", "fma n=2560 steps=16 type=i8",
        rate_parameters(kind.integer_depth, kind.team, teams));
    add("served",
        "attention b=1 hq=4 hkv=2 sq=11 skv=145 d=32 dv=16 type=bf16 mask=causal window=40 "
        "softcap=20 sinks=learned",
        attention_parameters(kind.team, 2, true));
    add("paged",
        "paged_attention b=3 hq=4 hkv=2 sq=2 skv=150 d=16 page=16 lengths=uneven type=f16 "
        "sinks=learned",
        attention_parameters(kind.team, 2, false));
    add("decode", "attention b=1 hq=4 hkv=1 sq=1 skv=300 d=24 dv=16 type=f16",
        attention_parameters(kind.team, 1, false));
  }
  return all;
}

}  // namespace assay::emulation
