#include "backends/assay_backend.h"
