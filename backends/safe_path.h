// Whether other users of this machine could change what lies at a path.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>

namespace assay::backends {

struct Danger {
  std::string what;  ///< "every user of this machine may write to /srv/modules"
  std::string mend;  ///< "chmod o-w /srv/modules"
};

/// The first thing, from the path up to the root or to a folder that holds this program, that
/// someone else may change: the file and every folder above it, with all links resolved, and the
/// links themselves, must belong to root, to the user or to the owner of this program, who can
/// change what it does anyway, and only these may write to it. nullopt if there is none. A folder
/// in which all may write is accepted if it is sticky, like /tmp: there, only the owner of an entry
/// may replace it, and the entry on the way to the file is looked at as well. A group that may
/// write is accepted if it is the owner's own, as most Linux systems create one for every user. In
/// a user namespace (Apptainer, rootless containers) the kernel shows owners that it does not map
/// as one and the same; they are accepted for folders above, which come from the host.
std::optional<Danger> danger_of(const std::filesystem::path& path);

}  // namespace assay::backends
