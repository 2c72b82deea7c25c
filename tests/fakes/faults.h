// The pretended devices of the faulty module: each is right but for the one thing it is named for.
#pragma once

#include <array>
#include <string_view>
#include <vector>

namespace assay::fakes {

enum class Fault {
  none,          ///< computes right, with made-up times that repeat
  crash_in_run,  ///< SIGSEGV at the first launch
  hang_in_run,   ///< until the file $ASSAY_FAKE_GATE exists, then as `none`
  crash_in_prepare,
  throw_in_prepare,  ///< lets a C++ exception cross the interface
  device_error,      ///< ASSAY_DEVICE_ERROR when preparing
  lost,              ///< ASSAY_DEVICE_ERROR when launching; every later call hangs
  out_of_memory,     ///< at every allocation
  wrong_element,     ///< the last element of each output is off
  unwritten,         ///< leaves outputs as they were
  lazy,              ///< computes at the first launch only
  wavering,          ///< right at the first launch, off at every later one
  overrun,           ///< writes behind each output's end
  spoils_inputs,     ///< overwrites its first operand
  time_nan,
  time_negative,
  time_zero,
  mute,            ///< fails without a last_error
  unbounded_copy,  ///< accepts uploads and downloads beyond a buffer's end, and drops them
  careless,        ///< prepares whatever it is given: any name, any number of buffers
};

struct NamedFault {
  Fault fault;
  std::string_view name;
};

inline constexpr std::array kFaults = {
    NamedFault{Fault::none, "good"},
    NamedFault{Fault::crash_in_run, "crash-in-run"},
    NamedFault{Fault::hang_in_run, "hang-in-run"},
    NamedFault{Fault::crash_in_prepare, "crash-in-prepare"},
    NamedFault{Fault::throw_in_prepare, "throw-in-prepare"},
    NamedFault{Fault::device_error, "device-error"},
    NamedFault{Fault::lost, "lost"},
    NamedFault{Fault::out_of_memory, "out-of-memory"},
    NamedFault{Fault::wrong_element, "wrong-element"},
    NamedFault{Fault::unwritten, "unwritten"},
    NamedFault{Fault::lazy, "lazy"},
    NamedFault{Fault::wavering, "wavering"},
    NamedFault{Fault::overrun, "overrun"},
    NamedFault{Fault::spoils_inputs, "spoils-inputs"},
    NamedFault{Fault::time_nan, "time-nan"},
    NamedFault{Fault::time_negative, "time-negative"},
    NamedFault{Fault::time_zero, "time-zero"},
    NamedFault{Fault::mute, "mute"},
    NamedFault{Fault::unbounded_copy, "unbounded-copy"},
    NamedFault{Fault::careless, "careless"},
};

/// The devices presented: all, or those that $ASSAY_FAKE_DEVICES names, in its order
/// ("good,crash-in-run").
const std::vector<NamedFault>& presented();

}  // namespace assay::fakes
