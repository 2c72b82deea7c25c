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

 private:
  struct Flow;
  struct Context;
  static void begin(Fibers* fibers, Flow* flow);
  void resume(Flow& flow);
  void yield(Flow& flow);

  std::vector<std::unique_ptr<Flow>> flows_;
  std::unique_ptr<Context> main_;
  Flow* current_ = nullptr;
  void (*enter_)(std::size_t, void*) = nullptr;
  void* argument_ = nullptr;
};

/// The calling thread's.
Fibers& fibers();

}  // namespace assay::fakes::cudalike
