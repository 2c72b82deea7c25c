#include "harness/worker/interrupt.h"

#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "kernels/error.h"

namespace assay::harness::worker {

namespace {

/// Whether whoever started this process wants it to go on after the signal: `nohup`, or a shell's
/// job in the background. While it is blocked, the kernel delivers an ignored signal all the same.
bool is_ignored(int signal) {
  struct sigaction action = {};
  return sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

}  // namespace

Interrupt::Interrupt() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    if (!is_ignored(signal)) sigaddset(&signals, signal);
  }
  pthread_sigmask(SIG_BLOCK, &signals, &before_);
  descriptor_ = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
  if (descriptor_ < 0) {
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
    throw Error(std::string("waiting for signals: ") + std::strerror(errno));
  }
}

Interrupt::~Interrupt() {
  close(descriptor_);
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

void Interrupt::check() const {
  signalfd_siginfo info;
  if (read(descriptor_, &info, sizeof info) == sizeof info) {
    throw Interrupted{static_cast<int>(info.ssi_signo)};
  }
}

}  // namespace assay::harness::worker
