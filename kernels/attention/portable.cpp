#include <algorithm>
#include <numbers>

#include "kernels/attention/portable_attention.h"
#include "kernels/tile.h"

namespace assay::kernels {

namespace {

constexpr std::int64_t kCombineItems = 64;

std::int64_t ceiling(std::int64_t a, std::int64_t b) {
  return (a + b - 1) / b;
}
std::int64_t padded_to(std::int64_t value, std::int64_t multiple) {
  return ceiling(value, multiple) * multiple;
}

std::int64_t rows_of(const AttentionShape& s) {
  return s.group() * s.sq;
}

/// Sizes of a candidate, from which its other parameters follow.
struct Sizes {
  std::int64_t tile_m, tile_n, tiles_m, teams, keys, team, lanes = 1;
  bool panels = false;
  std::int64_t stages = 1;
};

/// Q of wider rows would not fit into the registers beside the sums.
constexpr std::int64_t kWidestHeld = 128;

PortableParameters parameters(const AttentionShape& s, const Tile& tile, const Sizes& z,
                              const PortableTarget& target) {
  const std::int64_t groups_wanted = target.compute_units * (target.cpu ? 4 : 2);
  return {{"TILE_M", z.tile_m},
          {"TILE_N", z.tile_n},
          {"TILE_K", tile.k},
          {"TILES_M", z.tiles_m},
          {"TEAM", z.team},
          {"TEAMS", z.teams},
          {"LANES", z.lanes},
          {"PANELS", z.panels ? 1 : 0},
          {"BLOCK_KEYS", z.keys},
          {"STAGES", z.stages},
          {"HOLD_Q", z.stages == 2 && z.tiles_m == 1 && s.d <= kWidestHeld ? 1 : 0},
          {"D", padded_to(s.d, std::max<std::int64_t>(8, tile.k))},
          {"DV", padded_to(s.dv, z.tile_n)},
          {"COMBINE_ITEMS", target.cpu ? 1 : std::min(kCombineItems, target.group_size_limit)},
          {"GROUPS_WANTED", groups_wanted}};
}

std::int64_t block_rows(const PortableParameters& p) {
  return p.at("TILE_M") * p.at("TILES_M") * p.at("TEAMS");
}

/// A tile depth above 1 means tensor cores: tiles in the registers of a lockstep team.
Tile tile_of(const PortableParameters& p) {
  const bool tensor = p.at("TILE_K") > 1;
  return {tensor ? "tensor" : "fma", 0, 0, p.at("TILE_K"), p.at("TEAM"), tensor};
}

std::int64_t local_bytes(const AttentionShape& s, const PortableParameters& p) {
  const Tile tile = tile_of(p);
  const std::int64_t staged = staged_bytes(tile, s.type, DataType::f32);
  const bool panels = p.at("PANELS") == 1;
  const std::int64_t rows = block_rows(p), keys = p.at("BLOCK_KEYS");
  const std::int64_t q = block_bytes(tile, staged, rows, p.at("D"), panels, true);
  const std::int64_t kv = block_bytes(tile, staged, keys, p.at("D"), panels, true) +
                          block_bytes(tile, staged, p.at("DV"), keys, panels);
  const std::int64_t all = p.at("HOLD_Q") == 1 ? kv + std::max(kv, q) : q + p.at("STAGES") * kv;
  return all + block_bytes(tile, staged, rows, keys, panels, true) +
         p.at("TEAM") * p.at("TEAMS") * 4;
}

/// How the keys are split, so that there are enough groups.
struct Split {
  std::int64_t part, parts;
};
/// The most keys that the rows of a block see, from a multiple of BLOCK_KEYS on.
std::int64_t keys_of_block(const AttentionShape& s, const PortableParameters& p) {
  if (s.window == 0) return s.skv;
  const std::int64_t queries = s.sq % block_rows(p) == 0 ? block_rows(p) : s.sq;
  return std::min(s.skv, s.window + queries - 1 + p.at("BLOCK_KEYS") - 1);
}

Split split(const AttentionShape& s, const PortableParameters& p) {
  const std::int64_t groups = ceiling(rows_of(s), block_rows(p)) * s.b * s.hkv;
  const std::int64_t keys = keys_of_block(s, p);
  const std::int64_t blocks = ceiling(keys, p.at("BLOCK_KEYS"));
  // A part of fewer than four blocks of keys does not pay for combining the parts.
  const std::int64_t wanted = std::clamp<std::int64_t>(ceiling(p.at("GROUPS_WANTED"), groups), 1,
                                                       std::max<std::int64_t>(1, blocks / 4));
  const std::int64_t part = ceiling(blocks, wanted) * p.at("BLOCK_KEYS");
  return {part, ceiling(keys, part)};
}

std::vector<Sizes> processor_sizes(const AttentionShape& s, const PortableTarget& target) {
  const std::int64_t lanes = target.vector_lanes, rows = rows_of(s);
  std::vector<Sizes> all;
  const auto add = [&](std::int64_t tile_m, std::int64_t vectors, std::int64_t most_rows,
                       std::int64_t keys) {
    const std::int64_t tile_n = vectors * lanes;
    const std::int64_t m = std::min(tile_m, rows);
    all.push_back({m, tile_n, std::clamp<std::int64_t>(ceiling(rows, m), 1, most_rows / tile_m), 1,
                   padded_to(keys, tile_n), 1, lanes, true});
  };
  add(8, 2, 128, 64);
  add(8, 2, 64, 64);
  add(8, 2, 64, 128);
  add(6, 2, 60, 64);
  add(4, 2, 32, 128);
  // For rows as wide as those of latent attention.
  add(4, 1, 16, 32);
  add(4, 1, 16, 16);
  return all;
}

/// Teams along a row, so that each work-item holds only a few elements of it.
std::vector<Sizes> fma_sizes(const AttentionShape& s) {
  if (rows_of(s) <= 8) {
    return {{1, 64, 1, 8, 64, 16}, {1, 32, 1, 8, 32, 8}, {1, 16, 1, 8, 16, 4}, {1, 8, 1, 4, 8, 2}};
  }
  return {{4, 64, 1, 16, 64, 16}, {4, 32, 1, 8, 32, 8}, {4, 32, 1, 16, 32, 8},
          {2, 32, 1, 16, 32, 8},  {4, 16, 1, 4, 16, 4}, {2, 16, 1, 4, 16, 4},
          {1, 8, 1, 4, 8, 2}};
}

std::vector<Sizes> tensor_sizes(const AttentionShape& s, const Tile& t) {
  if (rows_of(s) <= 16) {
    return {
        {t.m, t.n, 1, 1, 64, t.team}, {t.m, t.n, 1, 1, 32, t.team}, {t.m, t.n, 1, 1, 16, t.team}};
  }
  struct Rows {
    std::int64_t tiles_m, teams, keys, stages;
  };
  std::vector<Rows> order = {{1, 8, 64, 2},  {1, 4, 64, 2}, {1, 8, 32, 2}, {1, 4, 32, 2},
                             {1, 8, 64, 1},  {1, 4, 64, 1}, {2, 4, 64, 1}, {1, 8, 32, 1},
                             {1, 8, 128, 1}, {1, 2, 32, 1}, {1, 1, 16, 1}};
  // The sums of wide rows leave registers for few scores.
  if (s.dv > kWidestHeld) std::rotate(order.begin(), order.begin() + 2, order.begin() + 4);
  std::vector<Sizes> all;
  for (const Rows& one : order) {
    all.push_back({t.m, t.n, one.tiles_m, one.teams, one.keys, t.team, 1, false, one.stages});
  }
  return all;
}

}  // namespace

std::vector<PortableParameters> attention_candidates(const AttentionShape& s,
                                                     const PortableTarget& target) {
  const Tile tile = tile_for(target, s.type);
  const std::vector<Sizes> sizes = target.cpu      ? processor_sizes(s, target)
                                   : tile.is_fma() ? fma_sizes(s)
                                                   : tensor_sizes(s, tile);
  std::vector<PortableParameters> all;
  for (const Sizes& z : sizes) {
    const PortableParameters p = parameters(s, tile, z, target);
    const bool fits = local_bytes(s, p) <= target.local_memory_bytes &&
                      z.team * z.teams <= target.group_size_limit;
    if (fits && std::find(all.begin(), all.end(), p) == all.end()) all.push_back(p);
  }
  return all;
}

std::string attention_why_not(const AttentionShape& s, const PortableTarget& target) {
  return attention_candidates(s, target).empty()
             ? "no block of queries and keys this wide fits the device's local memory"
             : "";
}

std::map<std::string, std::string> attention_macros(const AttentionShape& s,
                                                    const PortableTarget& target) {
  const std::int64_t vector = 16 / bytes_of(s.type, 1);
  const bool d_whole = !target.cpu && s.d % vector == 0;
  const std::int64_t v_pitch = s.value_stride();
  const bool dv_whole = !target.cpu && s.dv % vector == 0 && v_pitch % vector == 0;
  const Tile tile = tile_for(target, s.type);
  const bool ahead = tile.raw && s.page == 0 && s.d % tile.k == 0 && s.dv % tile.n == 0 &&
                     s.skv * std::max(s.d, v_pitch) < std::int64_t{1} << 31;
  const auto run = [&](bool whole) { return std::to_string(target.cpu ? 8 : whole ? vector : 1); };
  return {{"OPERAND", std::string(name(s.type))},
          {"ACC", "f32"},
          {"CAUSAL", s.causal ? "1" : "0"},
          {"WINDOW", s.window > 0 ? "1" : "0"},
          {"SOFTCAP", s.softcap > 0 ? "1" : "0"},
          {"SINKS", s.sinks ? "1" : "0"},
          {"PAGED", s.page > 0 ? "1" : "0"},
          {"QK_RUN", run(d_whole)},
          {"QK_ALIGNED", d_whole ? "1" : "0"},
          {"V_RUN", run(dv_whole)},
          {"V_ALIGNED", dv_whole ? "1" : "0"},
          {"TILE", tile.name},
          {"AHEAD", ahead ? "1" : "0"}};
}

std::int64_t attention_scratch_bytes(const AttentionShape& s, const PortableParameters& p) {
  const std::int64_t parts = split(s, p).parts;
  return parts == 1 ? 0 : parts * s.b * s.hq * s.sq * (s.dv + 2) * 4;
}

std::vector<PortableLaunch> attention_launches(const AttentionShape& s,
                                               const PortableParameters& p) {
  const std::int64_t v = s.values_in_keys ? 1 : 2;
  const std::int64_t sinks = v + (s.page > 0 ? 3 : 1), o = sinks + (s.sinks ? 1 : 0);
  const std::int64_t rows = rows_of(s), heads = s.b * s.hkv;
  const Split keys = split(s, p);
  const double scale = s.softcap > 0 ? static_cast<double>(s.softcap) : s.scale();
  std::vector<PortableArgument> arguments = {operand_argument(0), operand_argument(1),
                                             operand_argument(v)};
  if (s.page > 0) {
    arguments.insert(arguments.end(), {operand_argument(v + 1), operand_argument(v + 2)});
  }
  if (s.sinks) arguments.push_back(operand_argument(sinks));
  arguments.insert(
      arguments.end(),
      {operand_argument(o), scratch_argument(), integer_argument(heads), integer_argument(rows),
       integer_argument(s.sq), integer_argument(s.skv), integer_argument(s.d),
       integer_argument(s.dv), integer_argument(s.value_stride()), integer_argument(keys.part),
       integer_argument(keys.parts), integer_argument(s.hkv), integer_argument(s.page),
       integer_argument(s.page > 0 ? s.table_row() : 0), integer_argument(s.window),
       real_argument(scale * std::numbers::log2e), real_argument(s.scale() / scale)});
  std::vector<PortableLaunch> all = {{"attention",
                                      {ceiling(rows, block_rows(p)), heads, keys.parts},
                                      {p.at("TEAM") * p.at("TEAMS"), 1, 1},
                                      arguments,
                                      local_bytes(s, p)}};
  if (keys.parts > 1) {
    all.push_back({"combine",
                   {heads * rows, 1, 1},
                   {p.at("COMBINE_ITEMS"), 1, 1},
                   {scratch_argument(), operand_argument(o), integer_argument(heads * rows),
                    integer_argument(s.dv), integer_argument(keys.parts)},
                   0});
  }
  return all;
}

namespace {

std::string why_not(const Problem& problem, const PortableTarget& target) {
  return attention_why_not(attention_shape(problem), target);
}
std::vector<PortableParameters> candidates(const Problem& problem, const PortableTarget& target) {
  return attention_candidates(attention_shape(problem), target);
}
std::map<std::string, std::string> macros(const Problem& problem, const PortableTarget& target) {
  return attention_macros(attention_shape(problem), target);
}
std::int64_t scratch_bytes(const Problem& problem, const PortableParameters& p) {
  return attention_scratch_bytes(attention_shape(problem), p);
}
std::vector<PortableLaunch> launches(const Problem& problem, const PortableParameters& p) {
  return attention_launches(attention_shape(problem), p);
}

}  // namespace

extern const PortableKernel attention_portable;
const PortableKernel attention_portable = {"attention", why_not,       candidates,
                                           macros,      scratch_bytes, launches};

}  // namespace assay::kernels
