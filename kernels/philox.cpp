#include "kernels/philox.h"

#include <Random123/philox.h>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/philox.cpp"
#include "hwy/foreach_target.h"
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace assay::kernels {
namespace HWY_NAMESPACE {

// The compiler vectorises this loop, as wide as each target allows.
HWY_ATTR void blocks(std::uint64_t key, std::uint32_t stream, std::uint32_t domain,
                     std::uint64_t first_block, std::uint32_t* to, std::size_t count) {
  const r123::Philox4x32::key_type keys = {
      {static_cast<std::uint32_t>(key), static_cast<std::uint32_t>(key >> 32)}};
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint64_t block = first_block + i;
    const r123::Philox4x32::ctr_type counter = {{static_cast<std::uint32_t>(block),
                                                 static_cast<std::uint32_t>(block >> 32), stream,
                                                 domain}};
    const auto random = r123::Philox4x32()(counter, keys);
    for (std::size_t w = 0; w < kPhiloxWords; ++w) to[i * kPhiloxWords + w] = random[w];
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace assay::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace assay::kernels {

HWY_EXPORT(blocks);

void philox_blocks(std::uint64_t key, std::uint32_t stream, std::uint32_t domain,
                   std::uint64_t first_block, std::span<std::uint32_t> to) {
  HWY_DYNAMIC_DISPATCH(blocks)
  (key, stream, domain, first_block, to.data(), to.size() / kPhiloxWords);
}

}  // namespace assay::kernels
#endif
