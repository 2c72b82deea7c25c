#include "harness/ranks/open_files.h"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>

#include "kernels/error.h"

namespace assay::harness::ranks {

void allow_open_files(std::size_t needed, std::size_t wanted) {
  rlimit limit = {};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  const auto target = std::min<rlim_t>(std::max(needed, wanted), limit.rlim_max);
  if (target > limit.rlim_cur) {
    rlimit raised = limit;
    raised.rlim_cur = target;
    if (setrlimit(RLIMIT_NOFILE, &raised) == 0) limit = raised;
  }
  if (limit.rlim_cur >= needed) return;
  throw InputError(
      fmt::format("rank 0 may open {} files, and the connections of its ranks need {}",
                  limit.rlim_cur, needed),
      fmt::format("raise the hard limit on rank 0's host: `ulimit -n {}` as root, \"nofile\" in "
                  "/etc/security/limits.conf, or LimitNOFILE= of the service",
                  needed));
}

}  // namespace assay::harness::ranks
