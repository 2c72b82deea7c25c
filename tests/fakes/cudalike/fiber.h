// Flows of control that give way to each other by hand: the work-items of a group, which meet at
// barriers.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

namespace assay::fakes::cudalike {

/// A group's work-items take turns on the calling thread. One such object a thread, kept from group
/// to group with its stacks.
class Fibers {
 public:
  Fibers();
  ~Fibers();
  Fibers(const Fibers&) = delete;
  Fibers& operator=(const Fibers&) = delete;

  /// Calls enter(i, argument) for each i below count, in flows of their own. turn(i, argument) is
  /// called each time before i goes on.
  void run(std::size_t count, void (*enter)(std::size_t, void*), void (*turn)(std::size_t, void*),
           void* argument);
  /// To be called from within one of them: waits until the others have come here or ended.
  void barrier();
  /// The same for those of its subgroup, which all call it: gives `bytes` <= kSlotBytes at `mine`
  /// to the others, and what they gave, kSlotBytes apart, the subgroup's first one's first.
  const std::byte* exchange(const void* mine, std::size_t bytes, std::size_t subgroup);
  static constexpr std::size_t kSlotBytes = 64;

 private:
  struct Flow;
  struct Context;
  static void begin(Fibers* fibers, Flow* flow);
  void resume(Flow& flow);
  void yield(Flow& flow);

  std::vector<std::unique_ptr<Flow>> flows_;
  std::unique_ptr<Context> main_;
  Flow* current_ = nullptr;
  std::vector<std::byte> slots_[2];  ///< of one exchange and of the next
  void (*enter_)(std::size_t, void*) = nullptr;
  void* argument_ = nullptr;
};

/// The calling thread's.
Fibers& fibers();

}  // namespace assay::fakes::cudalike
