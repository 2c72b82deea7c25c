// A kernel's text made into an image, by the host's own compiler.
#pragma once

#include <string>
#include <vector>

namespace assay::fakes::cudalike {

struct CompiledText {
  std::string log;
  std::vector<char> image;  ///< empty where the text does not compile
};

/// `capability` is __CUDA_ARCH__ / 10; 0 leaves that undefined. `subgroup` work-items go in
/// lockstep.
CompiledText compiled(const std::string& text, int capability, int subgroup);

}  // namespace assay::fakes::cudalike
