/* A module without devices; each macro adds one fault. */
#include "backends/assay_backend.h"

#ifndef TEST_MODULE_ABI
#define TEST_MODULE_ABI ASSAY_BACKEND_ABI
#endif
#ifndef TEST_MODULE_SIZE
#define TEST_MODULE_SIZE sizeof(assay_backend)
#endif
#ifndef TEST_MODULE_RUN
#define TEST_MODULE_RUN run
#endif
#ifndef TEST_MODULE_VARIABLES
#define TEST_MODULE_VARIABLES NULL
#endif

static assay_status probe(assay_probe* out) {
  out->device_count = 0;
  return ASSAY_NO_DEVICE;
}
static assay_status device_info(uint32_t index, assay_device_info* out) {
  (void)index, (void)out;
  return ASSAY_NO_DEVICE;
}
static assay_status open_device(uint32_t index, const assay_open_options* options,
                                assay_device** out) {
  (void)index, (void)options, (void)out;
  return ASSAY_NO_DEVICE;
}
static void close_device(assay_device* device) {
  (void)device;
}
static assay_status allocate(assay_device* device, uint64_t bytes, assay_buffer** out) {
  (void)device, (void)bytes, (void)out;
  return ASSAY_INVALID;
}
static void free_buffer(assay_device* device, assay_buffer* buffer) {
  (void)device, (void)buffer;
}
static assay_status upload(assay_device* device, assay_buffer* to, uint64_t offset,
                           const void* from, uint64_t bytes) {
  (void)device, (void)to, (void)offset, (void)from, (void)bytes;
  return ASSAY_INVALID;
}
static assay_status download(assay_device* device, const assay_buffer* from, uint64_t offset,
                             void* to, uint64_t bytes) {
  (void)device, (void)from, (void)offset, (void)to, (void)bytes;
  return ASSAY_INVALID;
}
static assay_status implementations(assay_device* device, const char* problem,
                                    assay_implementation* out, size_t capacity, size_t* count) {
  (void)device, (void)problem, (void)out, (void)capacity, (void)count;
  return ASSAY_INVALID;
}
static assay_status prepare(assay_device* device, const char* problem, const char* implementation,
                            assay_buffer* const* buffers, size_t buffer_count,
                            assay_executable** out) {
  (void)device, (void)problem, (void)implementation, (void)buffers, (void)buffer_count, (void)out;
  return ASSAY_INVALID;
}
static void release(assay_executable* executable) {
  (void)executable;
}
static assay_status describe(assay_executable* executable, const assay_property** out,
                             size_t* count) {
  (void)executable, (void)out, (void)count;
  return ASSAY_INVALID;
}
static inline assay_status run(assay_executable* executable, uint32_t count, assay_mode mode,
                               assay_launch* out) {
  (void)executable, (void)count, (void)mode, (void)out;
  return ASSAY_INVALID;
}
static const char* last_error(void) {
  return "";
}
static inline const char* const* variables(size_t* count) {
  static const char* const list[] = {"MINE_*", NULL, "MINE"};
  *count = 3;
  return list;
}

/* The table may claim to be longer than in this header, like that of a later version. */
static const struct {
  assay_backend table;
  void* of_a_later_version;
} whole = {{TEST_MODULE_SIZE,
            TEST_MODULE_ABI,
            "test",
            "1",
            "a module of the tests",
            probe,
            device_info,
            open_device,
            close_device,
            allocate,
            free_buffer,
            upload,
            download,
            implementations,
            prepare,
            release,
            describe,
            TEST_MODULE_RUN,
            NULL,
            last_error,
            NULL,
            NULL,
            NULL,
            NULL,
            NULL,
            TEST_MODULE_VARIABLES},
           NULL};

#ifdef TEST_MODULE_REFUSES
#define TEST_MODULE_TABLE NULL
#else
#define TEST_MODULE_TABLE &whole.table
#endif
#ifdef TEST_MODULE_WITHOUT_ENTRY
#define TEST_MODULE_ENTRY some_other_name
#else
#define TEST_MODULE_ENTRY assay_backend_entry
#endif

const assay_backend* TEST_MODULE_ENTRY(uint32_t host_abi) {
  return host_abi == 0 ? &whole.table : TEST_MODULE_TABLE;
}
