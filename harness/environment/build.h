// How this program was built. A file of its own: each commit recompiles it.
#pragma once

namespace assay::harness::environment {

struct Build {
  const char* version;   ///< "0.2.0"
  const char* commit;    ///< of git; empty where it was not built from a checkout
  const char* compiler;  ///< "GNU 12.2.0"
  const char* type;      ///< "Release"
  const char* flags;
};

extern const Build build;

}  // namespace assay::harness::environment
