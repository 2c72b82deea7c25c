/* The interface between Assay and a module that knows one family of devices.
 *
 * This header is all that a vendor needs. Plain C; versioned; every struct begins with its size, so
 * that a later version can add fields at its end. These rules always hold:
 *   - No exception crosses this interface. Failure is a status; last_error() says more.
 *   - Whoever allocates frees: what a module hands out is released through the same module.
 *   - `const char*` results belong to the module and stay valid until the object that they
 *     describe is closed (for assay_backend, assay_probe and assay_device_info: until the process
 * ends).
 *   - One thread at a time calls into one device.
 *   - NULL for a handle, or for the address of a result, is ASSAY_INVALID; closing, freeing or
 *     releasing NULL does nothing. Asking for more memory than the device has is
 *     ASSAY_OUT_OF_MEMORY, and the device stays usable.
 *   - All sizes are bytes, all times seconds, all rates per second (FLOP/s, B/s), powers watts.
 */
#ifndef ASSAY_BACKEND_H
#define ASSAY_BACKEND_H

/* NOLINTBEGIN(modernize-*): this is C. */
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Raised only when something below changes its meaning; an addition at an end does not raise it. */
#define ASSAY_BACKEND_ABI 1u

typedef enum assay_status {
  ASSAY_OK = 0,
  ASSAY_UNSUPPORTED = 1, /* this device or module cannot do that; not a fault */
  ASSAY_OUT_OF_MEMORY = 2,
  ASSAY_INVALID = 3,      /* the caller broke a rule of this header */
  ASSAY_DEVICE_ERROR = 4, /* the device or its driver failed; close the device */
  ASSAY_NO_DEVICE = 5
} assay_status;

typedef struct assay_device assay_device;         /* an open device */
typedef struct assay_buffer assay_buffer;         /* memory on it */
typedef struct assay_executable assay_executable; /* a problem made ready to run */

typedef struct assay_property {
  const char* key;
  const char* value;
} assay_property;

/* What a module looked for and what it found; filled in even where there is no device. */
typedef struct assay_probe {
  size_t struct_size;
  uint32_t device_count;
  const char* summary; /* one line: "no libcudart.so found (CUDA_HOME, /usr/local/cuda)" */
  const char* hint;    /* what would enable the devices; "" where nothing is missing */
  const assay_property* details; /* paths, symbols, versions tried */
  size_t detail_count;
} assay_probe;

typedef struct assay_device_info {
  size_t struct_size;
  const char* name; /* as the vendor calls it: "NVIDIA H200" */
  const char* vendor;
  const char* kind;      /* "cpu", "gpu", "npu" */
  const char* unique_id; /* serial number or UUID; "" where there is none */
  const char* bus_id;    /* PCI address; "" where there is none */
  const char* driver;    /* driver and runtime versions */
  uint64_t memory_bytes;
  uint32_t compute_units; /* cores, SMs, CUs, AI cores */
  double clock_hz;        /* highest clock that the vendor's interface reports; 0 unknown */
  uint64_t cache_bytes;   /* last-level cache; 0 unknown */
  const char* types;      /* operand types computed by hardware or library: "f32 bf16 i8" */
  const assay_property* properties; /* the rest; "power.scope": see results/record/device.h */
  size_t property_count;
  /* 1: a pretended device. Nothing runs on it: prepare accepts 0 buffers too, run() returns the
   * times of a model, outputs are not written, and all implementations are of division "modelled".
   * Its figures never count as measurements. */
  uint32_t modelled;
} assay_device_info;

/* A figure in SI base units: op/s, B/s, B, s, W. */
typedef struct assay_figure {
  const char* quantity;
  double value;
} assay_figure;

/* A device as it was published. Quantities: "peak.TYPE" for f64, f32, tf32, bf16, f16, f8, i8 and
 * i32; "memory.bandwidth", "memory.capacity", "link.bandwidth.host" (to and from the host),
 * "latency.launch"; a module ignores others. */
typedef struct assay_published {
  size_t struct_size;
  const char* id; /* "h200-sxm" */
  const char* name;
  const char* vendor;
  const char* kind; /* "cpu", "die", "chip", "node", "rack", "supernode" */
  const assay_figure* figures;
  size_t figure_count;
} assay_published;

typedef struct assay_open_options {
  size_t struct_size;
  uint32_t threads; /* host threads a CPU-like device may use; 0 for all it is given */
  uint32_t tune;    /* 1: prepare may try several parameters of its kernels and keeps the best */
} assay_open_options;

typedef struct assay_implementation {
  size_t struct_size;
  const char* name;     /* "library/onednn": division, slash, what */
  const char* division; /* "library", "portable", "native", "reference"; "modelled": see above */
  const char* reason;   /* why it cannot solve the problem; "" where it can */
} assay_implementation;

typedef struct assay_sensors {
  size_t struct_size;
  double power_watts;   /* this and all figures below: NaN where the device does not report it */
  double energy_joules; /* counter since an arbitrary start */
  double clock_hz;
  double memory_clock_hz;
  double temperature_celsius;
  const char* throttle; /* reasons in words; "" not throttled; NULL unknown */
} assay_sensors;
/* A reading in which nothing is known yet: what every reading begins with. NAN is of <math.h>. */
#define ASSAY_SENSORS_ABSENT \
  { sizeof(assay_sensors), NAN, NAN, NAN, NAN, NAN, NULL }

typedef enum assay_mode {
  ASSAY_HOT = 0, /* one launch after another: operands may stay in caches */
  ASSAY_COLD = 1 /* caches overwritten or invalidated before each launch, outside its timing */
} assay_mode;

typedef struct assay_launch {
  double device_seconds; /* by the device's own events; equals host_seconds where it has none */
  double host_seconds;   /* from submission to completion as the host sees it */
} assay_launch;

/* A module's table is at least as long as this one. Entries that a later version adds lie at its
 * end and are optional. */
typedef struct assay_backend {
  size_t struct_size;
  uint32_t abi;     /* ASSAY_BACKEND_ABI it was built with */
  const char* name; /* "cpu" */
  const char* version;
  const char* description; /* one line */

  /* Finds devices. May be called once per process; cheap enough for a listing (< 100 ms). */
  assay_status (*probe)(assay_probe* out);
  assay_status (*device_info)(uint32_t index, assay_device_info* out);

  assay_status (*open)(uint32_t index, const assay_open_options* options, assay_device** out);
  void (*close)(assay_device* device);

  /* At least 64-byte aligned. The module writes every page before handing it out. */
  assay_status (*allocate)(assay_device* device, uint64_t bytes, assay_buffer** out);
  void (*free)(assay_device* device, assay_buffer* buffer);
  assay_status (*upload)(assay_device* device, assay_buffer* to, uint64_t offset, const void* from,
                         uint64_t bytes);
  assay_status (*download)(assay_device* device, const assay_buffer* from, uint64_t offset,
                           void* to, uint64_t bytes);

  /* Every implementation of the problem's operation; those that cannot solve this problem give
   * their reason. Writes at most `capacity`; *count is how many there are. The strings stay valid
   * until the next call on this device. */
  assay_status (*implementations)(assay_device* device, const char* problem,
                                  assay_implementation* out, size_t capacity, size_t* count);

  /* Buffers in the order of the problem's operands, which already hold their data: weights may be
   * repacked here. All other inputs, except a transfer's, may be changed by upload() between two
   * calls of run(). The buffers outlive the executable. */
  assay_status (*prepare)(assay_device* device, const char* problem, const char* implementation,
                          assay_buffer* const* buffers, size_t buffer_count,
                          assay_executable** out);
  void (*release)(assay_executable* executable);

  /* What was chosen: algorithm, workspace, threads, packing, source hash, compile log. */
  assay_status (*describe)(assay_executable* executable, const assay_property** out, size_t* count);

  /* Launches `count` times and waits; writes `count` timings. */
  assay_status (*run)(assay_executable* executable, uint32_t count, assay_mode mode,
                      assay_launch* out);

  /* Optional (NULL): absent sensors are recorded as absent. */
  assay_status (*sensors)(assay_device* device, assay_sensors* out);

  /* Text of the calling thread's last failure in this module; "" where there was none. */
  const char* (*last_error)(void);

  /* Optional (NULL): makes a pretended device of published figures. Called before probe, which then
   * counts it; its unique_id is `id`. ASSAY_UNSUPPORTED where figures are missing: last_error names
   * them. */
  assay_status (*pretend)(const assay_published* published);

  /* Optional (NULL): bytes of the device's memory that are free now. `assay conform` finds leaks
   * with it; never called while times are taken. */
  assay_status (*memory_available)(assay_device* device, uint64_t* bytes);

  /* Optional, all three or none (NULL): devices that work together, one per process. A problem for
   * them has a field `ranks`; prepare takes this rank's part of the operands (described in
   * kernels/collective.h), which may be empty. implementations() gives a reason until the device
   * has joined a group of exactly `ranks`.
   *   unique_id  on one device: what the others need to find it, to be sent to them. *bytes is its
   *              size; where `capacity` is smaller, nothing is written and it is ASSAY_INVALID.
   *   join       makes the device rank `rank` of `ranks`; returns once all of them have joined.
   *   leave      undoes it: called on all ranks, after their executables were released.
   * All ranks prepare the same problems in the same order, and call run() with the same count and
   * mode. Every launch begins at a time that the ranks agree on by a synchronised clock, where the
   * module has one: device_seconds then lasts from that time to the end of this rank. */
  assay_status (*unique_id)(assay_device* device, void* id, size_t capacity, size_t* bytes);
  assay_status (*join)(assay_device* device, const void* id, size_t bytes, uint32_t ranks,
                       uint32_t rank);
  void (*leave)(assay_device* device);

  /* Optional (NULL): environment variables that this module and the libraries behind it read. Each
   * is a name ("GLIBC_TUNABLES"), or the beginning of names followed by `*` ("OMP_*"). Assay
   * records those that are set with every run, except names and values that look like secrets. May
   * be called before probe; *count is how many there are. */
  const char* const* (*environment_variables)(size_t* count);
} assay_backend;

/* The one symbol a module exports. Returns NULL where it cannot serve `host_abi`. */
typedef const assay_backend* (*assay_backend_entry_fn)(uint32_t host_abi);
#define ASSAY_BACKEND_ENTRY "assay_backend_entry"

#ifdef __cplusplus
}
#endif

/* NOLINTEND(modernize-*) */
#endif /* ASSAY_BACKEND_H */
