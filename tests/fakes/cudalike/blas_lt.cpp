// The Lt interface of the BLAS: descriptors, heuristics, products.
#include <algorithm>
#include <cstring>
#include <functional>
#include <variant>

#include "tests/fakes/cudalike/product.h"

using namespace assay::fakes;
using namespace assay::fakes::cudalike;

namespace {

struct LtHandle {};
struct Description {
  int compute = 0, scale = 0, first = BlasNumbers::none, second = BlasNumbers::none;
  std::int8_t fast = 0;
};
struct Layout {
  int type = 0;
  std::uint64_t rows = 0, columns = 0;
  std::int64_t leading = 0;
  std::int32_t batch = 1;
  std::int64_t offset = 0;
};
struct Preference {
  std::uint64_t workspace = 0;
  std::uint32_t reductions = ~0U;
};
using Object = std::variant<LtHandle, Description, Layout, Preference>;

std::map<void*, std::unique_ptr<Object>>& objects() {
  static auto* const once = new std::map<void*, std::unique_ptr<Object>>;
  return *once;
}

void* made(Object object) {
  auto held = std::make_unique<Object>(std::move(object));
  void* const address = held.get();
  objects().emplace(address, std::move(held));
  return address;
}

template <class Kind>
Kind* get(const void* object) {
  const auto found = objects().find(const_cast<void*>(object));
  return found == objects().end() ? nullptr : std::get_if<Kind>(found->second.get());
}

template <class Kind>
Status destroyed(void* object) {
  if (get<Kind>(object) == nullptr) return BlasStatus::invalid;
  objects().erase(object);
  return kOk;
}

/// What the heuristics hand out, opaque to the caller.
struct Algorithm {
  std::uint32_t magic, number;
  std::uint64_t problem, workspace;
  static constexpr std::uint32_t kMagic = 0xa55a0116;
};
struct HeuristicResult {
  std::uint64_t algorithm[LtNumbers::algorithm_words];
  std::uint64_t workspace;
  int state;
  float waves;
  int reserved[4];
};
static_assert(sizeof(Algorithm) <= sizeof HeuristicResult::algorithm);

constexpr std::uint64_t kWorkspaces[] = {0, 1 << 20, 4096, 128 << 20};
constexpr std::uint32_t kRefused = 2;  ///< offered, and declined when it is asked for

/// As its caller describes it; alpha, beta and pointers aside.
struct Described {
  Product product;
  std::uint64_t mark = 0;
};

ProductMatrix layout_matrix(const Layout& from, int operation) {
  return {from.type,
          nullptr,
          static_cast<std::int64_t>(from.rows),
          static_cast<std::int64_t>(from.columns),
          from.leading,
          from.offset,
          operation == BlasNumbers::transpose};
}

std::uint64_t mark_of(const Product& p) {
  std::uint64_t mark = 0;
  const auto mix = [&](std::int64_t value) {
    mark = mark * 0x100000001b3 ^ std::hash<std::int64_t>{}(value);
  };
  for (const ProductMatrix* m : {&p.left, &p.right, &p.result}) {
    for (const std::int64_t value : {std::int64_t{m->type}, m->rows, m->columns, m->leading,
                                     m->offset, std::int64_t{m->transposed}}) {
      mix(value);
    }
  }
  mix(p.batch);
  mix(p.compute);
  return mark;
}

int scale_of(int compute) {
  if (compute == BlasNumbers::f64) return 1;
  return compute == BlasNumbers::i32 ? 10 : 0;
}

/// cublasLtMatmul's reference: with 8-bit floats the first is transposed and the second is not, and
/// leading dimensions are multiples of 16 bytes for floats, 4 for integers. Integers of other
/// storage it computes too.
Status check_narrow(const Product& p) {
  if (bits_of(*type_of(p.left.type)) != 8) return kOk;
  const bool integers = is_integer(*type_of(p.left.type));
  const std::int64_t grain = integers ? 4 : 16;
  const bool even = p.left.leading % grain == 0 && p.right.leading % grain == 0;
  const bool stored = integers || (p.left.transposed && !p.right.transposed);
  return stored && even ? kOk : BlasStatus::unsupported;
}

Status describe(const void* description, const void* a, const void* b, const void* c, const void* d,
                Described& out) {
  const auto* const how = get<Description>(description);
  const auto *const left = get<Layout>(a), *const right = get<Layout>(b),
                    *const source = get<Layout>(c), *const result = get<Layout>(d);
  if (how == nullptr || left == nullptr || right == nullptr || source == nullptr ||
      result == nullptr) {
    return BlasStatus::invalid;
  }
  if (left->batch != right->batch || left->batch != result->batch || source->batch != left->batch ||
      source->rows != result->rows || source->columns != result->columns) {
    return BlasStatus::invalid;
  }
  out.product = {layout_matrix(*left, how->first),
                 layout_matrix(*right, how->second),
                 layout_matrix(*result, BlasNumbers::none),
                 left->batch,
                 how->compute,
                 how->fast != 0};
  if (how->scale != scale_of(how->compute)) return BlasStatus::unsupported;
  for (const auto& check : {check_shape, check_types, check_narrow}) {
    if (const Status bad = check(out.product); bad != kOk) return bad;
  }
  const bool narrow = result->type == 28 || result->type == 29;
  if (narrow ? source->type != 14 && source->type != 2 : source->type != result->type) {
    return BlasStatus::unsupported;
  }
  out.mark = mark_of(out.product);
  return kOk;
}

Status entered_lt(const char* call) {
  switch (fault_of(call)) {
    case Fault::fail:
      return BlasStatus::execution;
    case Fault::out_of_memory:
      return BlasStatus::no_memory;
    default:
      return machine().broken == kOk ? kOk : BlasStatus::execution;
  }
}

template <class Value>
Status assign(Value& to, const void* from, std::size_t bytes) {
  if (from == nullptr || bytes != sizeof to) return BlasStatus::invalid;
  std::memcpy(&to, from, sizeof to);
  return kOk;
}

Status assign_operation(int& to, const void* from, std::size_t bytes) {
  int value = 0;
  if (const Status bad = assign(value, from, bytes); bad != kOk) return bad;
  if (value != BlasNumbers::none && value != BlasNumbers::transpose) return BlasStatus::invalid;
  to = value;
  return kOk;
}

}  // namespace

#define FAKE_ENTER_LT()                        \
  const std::lock_guard lock(machine().mutex); \
  if (const Status bad = entered_lt(__func__); bad != kOk) return bad

FAKE_EXPORT Status LT(Create)(void** handle) {
  FAKE_ENTER_LT();
  if (handle == nullptr) return BlasStatus::invalid;
  if (machine().devices == 0) return BlasStatus::not_initialised;
  *handle = made(LtHandle{});
  return kOk;
}

FAKE_EXPORT Status LT(Destroy)(void* handle) {
  FAKE_ENTER_LT();
  return destroyed<LtHandle>(handle);
}

FAKE_EXPORT std::size_t LT(GetVersion)() {
  return 120400;
}

FAKE_EXPORT Status LT(MatmulDescCreate)(void** description, int compute, int scale) {
  FAKE_ENTER_LT();
  if (description == nullptr) return BlasStatus::invalid;
  *description = made(Description{.compute = compute, .scale = scale});
  return kOk;
}

FAKE_EXPORT Status LT(MatmulDescSetAttribute)(void* description, int attribute, const void* value,
                                              std::size_t bytes) {
  FAKE_ENTER_LT();
  auto* const known = get<Description>(description);
  if (known == nullptr || attribute < 0) return BlasStatus::invalid;
  if (attribute == LtNumbers::transpose_a) return assign_operation(known->first, value, bytes);
  if (attribute == LtNumbers::transpose_b) return assign_operation(known->second, value, bytes);
  if (attribute == LtNumbers::fast_accumulation) return assign(known->fast, value, bytes);
  return BlasStatus::unsupported;
}

FAKE_EXPORT Status LT(MatmulDescDestroy)(void* description) {
  FAKE_ENTER_LT();
  return destroyed<Description>(description);
}

FAKE_EXPORT Status LT(MatrixLayoutCreate)(void** layout, int type, std::uint64_t rows,
                                          std::uint64_t columns, std::int64_t leading) {
  FAKE_ENTER_LT();
  if (layout == nullptr || !type_of(type)) return BlasStatus::invalid;
  *layout = made(Layout{.type = type, .rows = rows, .columns = columns, .leading = leading});
  return kOk;
}

FAKE_EXPORT Status LT(MatrixLayoutSetAttribute)(void* layout, int attribute, const void* value,
                                                std::size_t bytes) {
  FAKE_ENTER_LT();
  auto* const known = get<Layout>(layout);
  if (known == nullptr) return BlasStatus::invalid;
  if (attribute == LtNumbers::batch) return assign(known->batch, value, bytes);
  if (attribute == LtNumbers::offset) return assign(known->offset, value, bytes);
  return BlasStatus::unsupported;
}

FAKE_EXPORT Status LT(MatrixLayoutDestroy)(void* layout) {
  FAKE_ENTER_LT();
  return destroyed<Layout>(layout);
}

FAKE_EXPORT Status LT(MatmulPreferenceCreate)(void** preference) {
  FAKE_ENTER_LT();
  if (preference == nullptr) return BlasStatus::invalid;
  *preference = made(Preference{});
  return kOk;
}

FAKE_EXPORT Status LT(MatmulPreferenceSetAttribute)(void* preference, int attribute,
                                                    const void* value, std::size_t bytes) {
  FAKE_ENTER_LT();
  auto* const known = get<Preference>(preference);
  if (known == nullptr || attribute < 0) return BlasStatus::invalid;
  if (attribute == LtNumbers::workspace) return assign(known->workspace, value, bytes);
  if (attribute == LtNumbers::reductions) return assign(known->reductions, value, bytes);
  return BlasStatus::unsupported;
}

FAKE_EXPORT Status LT(MatmulPreferenceDestroy)(void* preference) {
  FAKE_ENTER_LT();
  return destroyed<Preference>(preference);
}

FAKE_EXPORT Status LT(MatmulAlgoGetHeuristic)(void* handle, void* description, void* a, void* b,
                                              void* c, void* d, void* preference, int asked,
                                              void* results, int* returned) {
  FAKE_ENTER_LT();
  const auto* const known = get<Preference>(preference);
  if (get<LtHandle>(handle) == nullptr || known == nullptr || asked < 1 || results == nullptr ||
      returned == nullptr) {
    return BlasStatus::invalid;
  }
  *returned = 0;
  Described described;
  if (const Status bad = describe(description, a, b, c, d, described); bad != kOk) return bad;
  auto* const to = static_cast<HeuristicResult*>(results);
  for (std::uint32_t number = 0; number < std::size(kWorkspaces); ++number) {
    if (kWorkspaces[number] > known->workspace || *returned == asked) continue;
    HeuristicResult result = {};
    const Algorithm algorithm{Algorithm::kMagic, number, described.mark, kWorkspaces[number]};
    std::memcpy(result.algorithm, &algorithm, sizeof algorithm);
    result.workspace = kWorkspaces[number];
    result.waves = 1;
    to[(*returned)++] = result;
  }
  return *returned == 0 ? BlasStatus::unsupported : kOk;
}

FAKE_EXPORT Status LT(MatmulAlgoConfigGetAttribute)(const void* algorithm, int attribute,
                                                    void* value, std::size_t bytes,
                                                    std::size_t* written) {
  FAKE_ENTER_LT();
  Algorithm known;
  std::memcpy(&known, algorithm, sizeof known);
  if (known.magic != Algorithm::kMagic || attribute != 0 || bytes < 4) return BlasStatus::invalid;
  std::memcpy(value, &known.number, 4);
  if (written != nullptr) *written = 4;
  return kOk;
}

FAKE_EXPORT Status LT(Matmul)(void* handle, void* description, const void* alpha, const void* a,
                              void* a_layout, const void* b, void* b_layout, const void* beta,
                              const void* c, void* c_layout, void* d, void* d_layout,
                              const void* algorithm, void* workspace, std::size_t bytes,
                              void* stream) {
  const Fault fault = fault_of((std::string(__func__) + ".run").c_str());
  FAKE_ENTER_LT();
  Described described;
  if (get<LtHandle>(handle) == nullptr || c == nullptr) return BlasStatus::invalid;
  if (const Status bad = describe(description, a_layout, b_layout, c_layout, d_layout, described);
      bad != kOk) {
    return bad;
  }
  Product& product = described.product;
  product.left.data = a, product.right.data = b, product.result.data = d;
  if (const Status bad = check_places(product); bad != kOk) return bad;
  if (const Status bad = check_scalars(product.compute, alpha, beta); bad != kOk) return bad;
  Algorithm chosen = {Algorithm::kMagic, 0, described.mark, 0};
  if (algorithm != nullptr) std::memcpy(&chosen, algorithm, sizeof chosen);
  if (chosen.magic != Algorithm::kMagic || chosen.problem != described.mark) {
    return BlasStatus::invalid;
  }
  if (chosen.number == kRefused) return BlasStatus::unsupported;
  constexpr std::uintptr_t kAligned = 256;
  if (chosen.workspace > bytes ||
      (chosen.workspace > 0 && (data_at(workspace, chosen.workspace) == nullptr ||
                                reinterpret_cast<std::uintptr_t>(workspace) % kAligned != 0))) {
    return BlasStatus::invalid;
  }
  Stream* const in = stream_of(stream);
  if (in == nullptr) return BlasStatus::invalid;
  if (chosen.workspace > 0) {
    push(*in, [workspace, needed = chosen.workspace] {
      std::byte* const data = data_at(workspace, needed);
      if (data == nullptr) return std::string("the workspace is gone");
      std::memset(data, 0x77, needed);
      return std::string();
    });
  }
  push_product(*in, product, fault);
  return kOk;
}
