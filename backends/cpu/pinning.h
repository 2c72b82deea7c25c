// Which thread of this process is bound to which processor.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <vector>

namespace assay::backends::cpu {

/// Binds threads to the processors of a device, place by place, and lets them go in the end.
class Pinning {
 public:
  /// `places`: the operating system's numbers of the processors, one for each thread of the
  /// device; `everywhere`: those that a thread goes back to.
  Pinning(std::vector<int> places, std::vector<int> everywhere);
  ~Pinning();
  Pinning(const Pinning&) = delete;
  Pinning& operator=(const Pinning&) = delete;

  /// Binds the calling thread; costs nothing when it is bound there already. Where the system does
  /// not allow it, the thread stays unbound and
  /// binding.h says why.
  void pin_self(std::size_t place);

  /// Binds the calling thread to the first place and every thread not bound yet to the others in
  /// turn, in the order in which the threads were made.
  void pin_all();

  /// Threads bound at present.
  std::size_t pinned() const;

 private:
  void pin(pid_t thread, std::size_t place);

  std::vector<int> places_, everywhere_;
  std::uint64_t id_;
  mutable std::mutex mutex_;
  std::map<pid_t, int> bound_;
};

/// Threads of this process, in the order in which they were made.
std::vector<pid_t> threads_of_process();

}  // namespace assay::backends::cpu
