#include "backends/loader.h"
