#include "tests/fakes/cudalike/fiber.h"

#include <sys/mman.h>
#include <ucontext.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <new>

// Two system calls a switch, as swapcontext makes, would be most of the time: where the processor
// is known, the registers that a call preserves are switched by hand.
#if defined(__x86_64__)
#define ASSAY_SWITCHES_BY_HAND 1
asm(R"(
.text
.p2align 4
.local assay_fake_switch
.type assay_fake_switch, @function
assay_fake_switch:
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  movq %rsp, (%rdi)
  movq %rsi, %rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  ret
.size assay_fake_switch, . - assay_fake_switch
.local assay_fake_start
.type assay_fake_start, @function
assay_fake_start:
  movq %r12, %rdi
  movq %r13, %rsi
  callq *%r14
  ud2
.size assay_fake_start, . - assay_fake_start
)");
extern "C" {
void assay_fake_switch(void** save, void* load);
void assay_fake_start();
}
#endif

namespace assay::fakes::cudalike {
namespace {

constexpr std::size_t kStackBytes = 128 << 10;

}  // namespace

struct Fibers::Context {
#ifdef ASSAY_SWITCHES_BY_HAND
  void* stack_pointer = nullptr;
#else
  ucontext_t context = {};
#endif
};

struct Fibers::Flow {
  void* stack = nullptr;
  Context context;
  std::size_t index = 0;
  bool finished = true, at_barrier = false;
  unsigned exchanges = 0;

  Flow() {
    stack = mmap(nullptr, kStackBytes, PROT_READ | PROT_WRITE,
                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (stack == MAP_FAILED) throw std::bad_alloc();
  }
  ~Flow() { munmap(stack, kStackBytes); }
  Flow(const Flow&) = delete;
  Flow& operator=(const Flow&) = delete;
};

Fibers::Fibers() : main_(std::make_unique<Context>()) {}
Fibers::~Fibers() = default;

void Fibers::begin(Fibers* fibers, Flow* flow) {
  while (true) {
    fibers->enter_(flow->index, fibers->argument_);
    flow->finished = true;
    fibers->yield(*flow);
  }
}

#ifdef ASSAY_SWITCHES_BY_HAND
void Fibers::resume(Flow& flow) {
  if (flow.context.stack_pointer == nullptr) {
    // As assay_fake_switch leaves a stack: r15, r14, r13, r12, rbx, rbp, and where to return to.
    auto* top =
        reinterpret_cast<std::uintptr_t*>(static_cast<std::byte*>(flow.stack) + kStackBytes);
    *--top = 0;  // the start's own call leaves the stack aligned
    *--top = 0;
    *--top = reinterpret_cast<std::uintptr_t>(&assay_fake_start);
    *--top = 0;
    *--top = 0;
    *--top = reinterpret_cast<std::uintptr_t>(this);
    *--top = reinterpret_cast<std::uintptr_t>(&flow);
    *--top = reinterpret_cast<std::uintptr_t>(&Fibers::begin);
    *--top = 0;
    flow.context.stack_pointer = top;
  }
  assay_fake_switch(&main_->stack_pointer, flow.context.stack_pointer);
}

void Fibers::yield(Flow& flow) {
  assay_fake_switch(&flow.context.stack_pointer, main_->stack_pointer);
}
#else
namespace {

void (*started)(void*, void*) = nullptr;

void start(unsigned high, unsigned low, unsigned flow_high, unsigned flow_low) {
  const auto joined = [](unsigned a, unsigned b) {
    return reinterpret_cast<void*>(static_cast<std::uintptr_t>(a) << 32 | b);
  };
  started(joined(high, low), joined(flow_high, flow_low));
}

}  // namespace

void Fibers::resume(Flow& flow) {
  started = [](void* fibers, void* one) {
    begin(static_cast<Fibers*>(fibers), static_cast<Flow*>(one));
  };
  ucontext_t& context = flow.context.context;
  if (context.uc_stack.ss_sp == nullptr) {
    getcontext(&context);
    context.uc_stack.ss_sp = flow.stack;
    context.uc_stack.ss_size = kStackBytes;
    const auto of = [](const void* address, int shift) {
      return static_cast<unsigned>(reinterpret_cast<std::uintptr_t>(address) >> shift);
    };
    makecontext(&context, reinterpret_cast<void (*)()>(&start), 4, of(this, 32), of(this, 0),
                of(&flow, 32), of(&flow, 0));
  }
  swapcontext(&main_->context, &context);
}

void Fibers::yield(Flow& flow) {
  swapcontext(&flow.context.context, &main_->context);
}
#endif

void Fibers::run(std::size_t count, void (*enter)(std::size_t, void*),
                 void (*turn)(std::size_t, void*), void* argument) {
  enter_ = enter;
  argument_ = argument;
  while (flows_.size() < count) flows_.push_back(std::make_unique<Flow>());
  for (std::size_t i = 0; i < count; ++i) {
    flows_[i]->index = i;
    flows_[i]->finished = flows_[i]->at_barrier = false;
    flows_[i]->exchanges = 0;
  }
  for (auto& slots : slots_) slots.resize(std::max(slots.size(), count * kSlotBytes));
  // A round lets everyone go on who may, up to where it waits next. So those of a subgroup, which
  // wait at the same places, never are two exchanges apart.
  for (bool more = true; more;) {
    more = false;
    bool all_at_barrier = true;
    for (std::size_t i = 0; i < count; ++i) {
      Flow& flow = *flows_[i];
      if (flow.finished) continue;
      if (!flow.at_barrier) {
        current_ = &flow;
        turn(i, argument);
        resume(flow);
      }
      more |= !flow.finished;
      all_at_barrier &= flow.finished || flow.at_barrier;
    }
    for (std::size_t i = 0; all_at_barrier && i < count; ++i) flows_[i]->at_barrier = false;
  }
  current_ = nullptr;
}

void Fibers::barrier() {
  current_->at_barrier = true;
  yield(*current_);
}

const std::byte* Fibers::exchange(const void* mine, std::size_t bytes, std::size_t subgroup) {
  Flow& flow = *current_;
  std::byte* const slots = slots_[flow.exchanges++ % 2].data();
  std::memcpy(slots + flow.index * kSlotBytes, mine, bytes);
  yield(flow);
  return slots + flow.index / subgroup * subgroup * kSlotBytes;
}

Fibers& fibers() {
  thread_local Fibers own;
  return own;
}

}  // namespace assay::fakes::cudalike
