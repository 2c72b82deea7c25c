// The exit code for git bisect.
#pragma once

namespace assay::cli {

/// git bisect skips the commit, since nothing can be judged. It calls a commit bad for any other
/// code from 1 to 127.
inline constexpr int kSkipCommit = 125;

}  // namespace assay::cli
