// The CPU as a device: its cores, caches and the threads that compute on it.
#pragma once

#include <tbb/task_arena.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace assay::backends::cpu {

/// Instruction sets that decide between code paths, as the running CPU reports them.
struct Features {
  bool avx2 = false, avx512 = false, avx512_bf16 = false, avx512_vnni = false, avx512_fp16 = false;
  bool amx_bf16 = false, amx_int8 = false;
  bool neon = false, neon_bf16 = false, neon_i8mm = false, sve = false;
  std::string text() const;  ///< "avx2 avx512 avx512_bf16 avx512_vnni"
};
Features detect_features();

/// Threads of the device, pinned by hwloc one to a core; owns the oneTBB arena that native kernels
/// run in. Libraries with pools of their own get `threads()` and their threads are pinned in the
/// same way.
class Machine {
 public:
  /// threads = 0: one for each physical core the process may use.
  explicit Machine(unsigned threads);
  ~Machine();
  Machine(const Machine&) = delete;
  Machine& operator=(const Machine&) = delete;

  unsigned threads() const;
  /// Arena of threads() pinned threads, the caller's included; run native work with
  /// arena().execute(...).
  tbb::task_arena& arena();
  std::size_t l1_bytes() const;          ///< of one core, data
  std::size_t l2_bytes() const;          ///< of one core
  std::size_t last_level_bytes() const;  ///< of the whole device
  const Features& features() const;

  /// Pins the calling thread, and every thread of this process that is not pinned yet, round-robin
  /// to the device's cores. Called after a library made its own threads.
  void pin_all_threads();

  /// Overwrites at least twice the last-level cache, on all threads.
  void flush_caches();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace assay::backends::cpu
