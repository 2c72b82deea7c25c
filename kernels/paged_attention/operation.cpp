#include <fmt/format.h>

#include <limits>

#include "kernels/attention/rules.h"
#include "kernels/error.h"
#include "kernels/fields.h"
#include "kernels/paged_attention/shape.h"

namespace assay::kernels {

extern const Operation paged_attention_operation;
ReferenceFunction paged_attention_reference;
CheckFunction paged_attention_check;

AttentionShape paged_attention_shape(const Problem& problem) {
  return {.b = problem.dimension("b"),
          .hq = problem.dimension("hq"),
          .hkv = problem.dimension("hkv"),
          .sq = problem.dimension("sq"),
          .skv = problem.dimension("skv"),
          .d = problem.dimension("d"),
          .dv = problem.dimension("d"),
          .type = problem.type("type"),
          .causal = true,
          .window = problem.limit("window"),
          .softcap = problem.limit("softcap"),
          .sinks = problem.choice("sinks") == "learned",
          .page = problem.dimension("page")};
}

namespace {

constexpr std::int64_t kMostSequences = 65536;
constexpr std::int64_t kMostPages = std::int64_t{1} << 24;  ///< which are numbered for every check

/// Whether lengths can be drawn: what is refused anyway needs no default.
bool has_lengths(const Problem& problem) {
  const std::int64_t b = problem.dimension("b"), skv = problem.dimension("skv");
  return b <= kMostSequences && skv >= problem.dimension("sq") &&
         static_cast<double>(b) * static_cast<double>(skv) < 0x1p62;
}

const Field kFields[] = {
    dimension_field("b", "batch: number of independent sequences"),
    dimension_field("hq", "query heads"),
    dimension_field("hkv", "key and value heads; divides hq"),
    tiled_field("sq", "queries per sequence: 1 in decode, more in chunked prefill", Default{"1"}),
    tiled_field("skv", "keys of the longest sequence, its own queries' tokens included"),
    tiled_field("d", "width of a head"),
    dimension_field("page", "tokens of a page", Default{"16"}),
    choice_field("lengths", {"even", "uneven"},
                 "keys of the sequences: skv each, or drawn from sq … skv, one of them skv",
                 Default{"even"}),
    {"pages",
     FieldKind::dimension,
     {},
     "pages in the pool that all sequences share, in random order",
     Default{"b ceil(skv / page), enough for any lengths",
             [](const Problem& so_far) {
               // Not those that they do fill, which only the whole text decides.
               if (!has_lengths(so_far)) return std::string("1");
               const std::int64_t skv = so_far.dimension("skv"), page = so_far.dimension("page");
               return std::to_string(so_far.dimension("b") * ((skv - 1) / page + 1));
             }},
     false},
    type_field("type", {"f32", "bf16", "f16"}, "type of Q, K, V and O"),
    window_field(),
    softcap_field(),
    sinks_field(),
    distribution_field(),
    seed_field(),
};

void validate(const Problem& problem) {
  const AttentionShape s = paged_attention_shape(problem);
  require_grouped_heads(s);
  if (s.skv < s.sq) {
    throw InputError(fmt::format("field skv: {} is less than sq={}, whose tokens are the last keys",
                                 s.skv, s.sq),
                     "use skv >= sq");
  }
  require_window_and_cap(s);
  require_inexact(problem);
  if (s.b > kMostSequences) {
    throw InputError(fmt::format("field b: {} is too many", s.b),
                     fmt::format("use b <= {}", kMostSequences));
  }
  if (s.skv > std::numeric_limits<std::int32_t>::max()) {
    throw InputError(
        fmt::format("field skv: {} does not fit into i32, the type of `lengths`", s.skv),
        "use skv <= 2147483647");
  }
  require_addressable("page", {s.page});
  const std::int64_t pages = problem.dimension("pages");
  if (pages > kMostPages || s.b * s.table_row() > kMostPages) {
    throw InputError(
        fmt::format("field pages: {} is too many", std::max(pages, s.b * s.table_row())),
        fmt::format("use at most {}, or a larger page", kMostPages));
  }
  const std::int64_t least = pages_filled(sequence_lengths(problem), s.page);
  if (pages < least) {
    throw InputError(
        fmt::format("field pages: the table of pages would point outside of a pool of {}", pages),
        fmt::format("use pages >= {}", least));
  }
  require_addressable("b, hq, sq, d", {s.b, s.hq, s.sq, s.d});
  require_addressable("pages, hkv, page, d", {pages, s.hkv, s.page, s.d});
}

void fill_numbers(const std::vector<std::int64_t>& numbers, std::int64_t first, Bytes to) {
  const auto count = count_in(DataType::i32, static_cast<std::int64_t>(to.size()));
  for (std::int64_t i = 0; i < count; ++i) {
    store(DataType::i32, to.data(), i, static_cast<double>(numbers[index(first + i)]));
  }
}

void fill_table(const Problem& problem, std::int64_t first, Bytes to) {
  fill_numbers(attention_pages(problem).table, first, to);
}

void fill_lengths(const Problem& problem, std::int64_t first, Bytes to) {
  fill_numbers(sequence_lengths(problem), first, to);
}

std::vector<Operand> operands(const Problem& problem) {
  const AttentionShape s = paged_attention_shape(problem);
  const std::vector<std::int64_t> cache = {problem.dimension("pages"), s.hkv, s.page, s.d};
  std::vector<Operand> all = {{"q", Role::input, s.type, {s.b, s.hq, s.sq, s.d}, false, 1, 1, s.d},
                              {"k", Role::input, s.type, cache, false, 1, 1, s.d},
                              {"v", Role::input, s.type, cache, false, 1, 1, s.d},
                              {"table", Role::input, DataType::i32, {s.b, s.table_row()}},
                              {"lengths", Role::input, DataType::i32, {s.b}}};
  all[0].amplification = query_amplification(s, problem);
  all[3].fill = fill_table;
  all[4].fill = fill_lengths;
  if (s.sinks) all.push_back(sinks_operand(s));
  all.push_back({"o", Role::output, s.type, {s.b, s.hq, s.sq, s.d}});
  return all;
}

Work work(const Problem& problem) {
  AttentionShape s = paged_attention_shape(problem);
  double pairs = 0, keys = 0, table = 0;
  for (const std::int64_t length : sequence_lengths(problem)) {
    s.skv = length;
    const std::int64_t first = s.first_visible(0);
    pairs += visible_pairs(s);
    keys += static_cast<double>(length - first);
    table += static_cast<double>((length - 1) / s.page - first / s.page + 1);
  }
  const double cache = 2 * keys * static_cast<double>(s.hkv * bytes_of(s.type, s.d));
  const double queries = 2 * static_cast<double>(s.b) * static_cast<double>(s.hq) *
                         static_cast<double>(s.sq) * static_cast<double>(bytes_of(s.type, s.d));
  const double numbers = 4 * (table + static_cast<double>(s.b + (s.sinks ? s.hq : 0)));
  return {4 * static_cast<double>(s.hq) * pairs * static_cast<double>(s.d),
          cache + queries + numbers, s.type};
}

const OperandText kOperands[] = {
    {"q", Role::input, "Q: b x hq x sq x d, row-major"},
    {"k", Role::input, "K: pages x hkv x page x d, row-major"},
    {"v", Role::input, "V: pages x hkv x page x d, row-major"},
    {"table", Role::input,
     "b x ceil(skv / page), row-major: the page of each of a sequence's runs of `page` keys, 0 "
     "beyond its last one"},
    {"lengths", Role::input, "keys of each sequence, as the field of this name says"},
    {"sinks", Role::input,
     "only with sinks=learned: hq logits, f32, about the logarithm of the number of keys"},
    {"o", Role::output, "O: b x hq x sq x d, row-major"},
};

}  // namespace

const Operation paged_attention_operation = {
    .name = "paged_attention",
    .summary =
        "causal attention over keys and values in pages, as servers keep them (PagedAttention, "
        "arXiv 2309.06180): decode and chunked prefill",
    .formula =
        "O[s,h,i] = sum over j of softmax over j of (Q[s,h,i] . K[p,g,r] / sqrt(d)) V[p,g,r], g = "
        "floor(h hkv / hq), p = table[s, floor(j / page)], r = j mod page, j over the keys up to "
        "i + lengths[s] - sq, with a window the last of these. softcap and sinks as in attention",
    .counting =
        "FLOP: 4 d for each query head and each pair of a query and a key that it sees; the "
        "softmax is not counted. Bytes: Q, the lengths, the sinks, and those rows of K and V and "
        "entries of the table that some query needs read once, O written once.",
    .fields = kFields,
    .operand_texts = kOperands,
    .validate = validate,
    .operands = operands,
    .work = work,
    .reference = paged_attention_reference,
    .check = paged_attention_check,
};

}  // namespace assay::kernels
