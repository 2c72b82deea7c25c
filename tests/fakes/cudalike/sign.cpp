// A symbol that only this vendor's libraries have.
#include "tests/fakes/cudalike/machine.h"

FAKE_EXPORT int ASSAY_FAKE_SIGN() {
  return 0;
}
