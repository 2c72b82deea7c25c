#include "harness/environment/build.h"

namespace assay::harness::environment {

const Build build = {ASSAY_VERSION, ASSAY_COMMIT, ASSAY_COMPILER, ASSAY_BUILD_TYPE, ASSAY_FLAGS};

}  // namespace assay::harness::environment
