// The fake devices of the faulty module: each has only the fault that it is named after.
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
  throw_in_prepare,  ///< lets a C++ exception escape through the interface
  device_error,      ///< ASSAY_DEVICE_ERROR when preparing
  lost,              ///< ASSAY_DEVICE_ERROR when launching; every later call hangs
  out_of_memory,     ///< at every allocation
  wrong_element,     ///< the last element of each output is wrong
  two_faced,         ///< wrong_element, except in a process that looks like one for examination
  unwritten,         ///< leaves outputs as they were
  lazy,              ///< computes only at the first launch
  wavering,          ///< right at the first launch, wrong at every later one
  // The following do their work in a few launches only; all others take a fiftieth of the time.
  first_after_upload,  ///< computes at the first launch after an upload
  first_of_call,       ///< at the first launch of a call
  last_of_call,        ///< at the last one
  leading,             ///< before the first launch of a call after an upload, untimed
  dodging,             ///< as `leading`, but from the third call of one launch on at the download
  first_three,         ///< at the first three launches after an upload
  every_third,         ///< at every third launch
  every_hundredth,
  only_single,    ///< in calls of a single launch
  deferred,       ///< at the next download
  hiding,         ///< at every download, so that a repeated one takes as long
  incremental,    ///< at the first launch after an upload of most of an input
  remembering,    ///< before the first launch of a call with other inputs than the first, untimed
  uploading,      ///< whenever an output is overwritten
  repairing,      ///< as `leading`, where most of an operand was uploaded; else repairs parts
  guessing,       ///< never; parts of outputs are wrong where inputs were changed
  coarse,         ///< right at the first launch, with values rounded to bf16 at every later one
  racy,           ///< wrong at one launch in twenty
  stale,          ///< keeps the results of the inputs that it was prepared with
  overrun,        ///< writes past each output's end
  spoils_inputs,  ///< overwrites its first operand
  time_nan,
  time_negative,
  time_zero,
  time_long,       ///< reports device_seconds a hundred times too long
  time_short,      ///< reports a thousandth of them
  time_inverse,    ///< reports less time for more work
  time_tenth,      ///< reports a tenth of them
  both_tenth,      ///< reports a tenth as the host's time too
  both_millionth,  ///< and a millionth
  time_denormal,   ///< reports 5e-324 s, and as the host's time
  time_tiny,       ///< 1e-30 s
  time_huge,       ///< 1e308 s
  time_constant,   ///< reports one time for all launches
  time_hoarded,  ///< reports the time of 50 launches as that of one, and hardly any for the others
  cold_only,     ///< reports a thousandth of both times, but only with cold caches
  boast,         ///< calls itself an H200 and divides the work by 950 TFLOP/s
  time_backwards,  ///< sometimes reports negative times
  energy_backwards,
  leak_memory,      ///< leaks a little at every preparation
  leak_descriptor,  ///< at every fourth preparation
  leak_thread,      ///< at every twentieth preparation
  leak_buffer,      ///< never frees
  leak_device,      ///< keeps a little of the device's memory at every release
  leak_opening,     ///< a descriptor at every closing
  null_blind,       ///< uses handles without checking them for NULL
  placeless,        ///< reports success for a NULL output
  bottomless,       ///< allocates more memory than it has
  gullible,         ///< prepares invalid problems too
  nonsense,         ///< describes itself with types that do not exist
  heedless,         ///< ignores the caller's struct_size
  indexless,        ///< accepts every device index
  unnamed,          ///< names of implementations have no division
  overfull,         ///< writes one implementation more than the capacity
  miscopies,        ///< downloads with an offset are shifted by one byte
  eager,            ///< writes a timing for no launch
  lonely,           ///< can launch only the executable prepared last
  keyless,          ///< describes executables by a value without a key
  wild_sensors,     ///< reports a negative power
  hollow,           ///< returns no buffer for 0 bytes, but reports success
  open_once,        ///< can be opened once in a process
  mute,             ///< fails without a last_error
  unbounded_copy,   ///< accepts copies beyond a buffer's end and ignores them
  careless,         ///< prepares any name with any number of buffers
  pooling,          ///< right, and keeps the first 1,000 freed buffers
  together,         ///< right, and supports collectives, like the devices below
  braggart,         ///< claims to solve collectives before it has joined
  same_id,          ///< gives the same id each time
  cramped,          ///< writes its id beyond the capacity
  any_rank,         ///< accepts any rank and any number of ranks
  numberless,       ///< claims to solve problems of any number of ranks
  join_once,        ///< can join once
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
    NamedFault{Fault::two_faced, "two-faced"},
    NamedFault{Fault::unwritten, "unwritten"},
    NamedFault{Fault::lazy, "lazy"},
    NamedFault{Fault::wavering, "wavering"},
    NamedFault{Fault::first_after_upload, "first-after-upload"},
    NamedFault{Fault::first_of_call, "first-of-call"},
    NamedFault{Fault::hiding, "hiding"},
    NamedFault{Fault::incremental, "incremental"},
    NamedFault{Fault::remembering, "remembering"},
    NamedFault{Fault::uploading, "uploading"},
    NamedFault{Fault::repairing, "repairing"},
    NamedFault{Fault::guessing, "guessing"},
    NamedFault{Fault::last_of_call, "last-of-call"},
    NamedFault{Fault::leading, "leading"},
    NamedFault{Fault::dodging, "dodging"},
    NamedFault{Fault::first_three, "first-three"},
    NamedFault{Fault::every_third, "every-third"},
    NamedFault{Fault::every_hundredth, "every-hundredth"},
    NamedFault{Fault::only_single, "only-single"},
    NamedFault{Fault::deferred, "deferred"},
    NamedFault{Fault::coarse, "coarse"},
    NamedFault{Fault::racy, "racy"},
    NamedFault{Fault::stale, "stale"},
    NamedFault{Fault::overrun, "overrun"},
    NamedFault{Fault::spoils_inputs, "spoils-inputs"},
    NamedFault{Fault::time_nan, "time-nan"},
    NamedFault{Fault::time_negative, "time-negative"},
    NamedFault{Fault::time_zero, "time-zero"},
    NamedFault{Fault::time_long, "time-long"},
    NamedFault{Fault::time_short, "time-short"},
    NamedFault{Fault::time_inverse, "time-inverse"},
    NamedFault{Fault::time_tenth, "time-tenth"},
    NamedFault{Fault::both_tenth, "both-tenth"},
    NamedFault{Fault::both_millionth, "both-millionth"},
    NamedFault{Fault::time_denormal, "time-denormal"},
    NamedFault{Fault::time_tiny, "time-tiny"},
    NamedFault{Fault::time_huge, "time-huge"},
    NamedFault{Fault::time_constant, "time-constant"},
    NamedFault{Fault::time_hoarded, "time-hoarded"},
    NamedFault{Fault::cold_only, "cold-only"},
    NamedFault{Fault::boast, "boast"},
    NamedFault{Fault::time_backwards, "time-backwards"},
    NamedFault{Fault::energy_backwards, "energy-backwards"},
    NamedFault{Fault::leak_memory, "leak-memory"},
    NamedFault{Fault::leak_descriptor, "leak-descriptor"},
    NamedFault{Fault::leak_thread, "leak-thread"},
    NamedFault{Fault::leak_buffer, "leak-buffer"},
    NamedFault{Fault::leak_device, "leak-device"},
    NamedFault{Fault::leak_opening, "leak-opening"},
    NamedFault{Fault::null_blind, "null-blind"},
    NamedFault{Fault::placeless, "placeless"},
    NamedFault{Fault::bottomless, "bottomless"},
    NamedFault{Fault::gullible, "gullible"},
    NamedFault{Fault::nonsense, "nonsense"},
    NamedFault{Fault::heedless, "heedless"},
    NamedFault{Fault::indexless, "indexless"},
    NamedFault{Fault::unnamed, "unnamed"},
    NamedFault{Fault::overfull, "overfull"},
    NamedFault{Fault::miscopies, "miscopies"},
    NamedFault{Fault::eager, "eager"},
    NamedFault{Fault::lonely, "lonely"},
    NamedFault{Fault::keyless, "keyless"},
    NamedFault{Fault::wild_sensors, "wild-sensors"},
    NamedFault{Fault::hollow, "hollow"},
    NamedFault{Fault::open_once, "open-once"},
    NamedFault{Fault::mute, "mute"},
    NamedFault{Fault::unbounded_copy, "unbounded-copy"},
    NamedFault{Fault::careless, "careless"},
    NamedFault{Fault::pooling, "pooling"},
    NamedFault{Fault::together, "together"},
    NamedFault{Fault::braggart, "braggart"},
    NamedFault{Fault::same_id, "same-id"},
    NamedFault{Fault::cramped, "cramped"},
    NamedFault{Fault::any_rank, "any-rank"},
    NamedFault{Fault::numberless, "numberless"},
    NamedFault{Fault::join_once, "join-once"},
};

/// $ASSAY_FAKE_WORDS, which the module then says wherever it says something; "" if it is not set.
const char* words();

/// The devices presented: all, or those that $ASSAY_FAKE_DEVICES names, in its order
/// ("good,crash-in-run").
const std::vector<NamedFault>& presented();

/// Whether the device is presented alone and has this fault: for calls that name no device.
bool only(Fault fault);

}  // namespace assay::fakes
