# How each target of the project is compiled: warnings, sanitizers, and #include paths from the top
# folder. Headers of other projects come as SYSTEM, from imported targets, and are not warned about.
add_library(assay_options INTERFACE)
target_include_directories(assay_options INTERFACE ${PROJECT_SOURCE_DIR})
if(ASSAY_TESTS OR ASSAY_WARNINGS_AS_ERRORS)
  # Fields that an initializer leaves out keep their defaults, which is meant.
  target_compile_options(assay_options INTERFACE -Wall -Wextra -Wpedantic -Wconversion
                         $<$<NOT:$<BOOL:$<TARGET_PROPERTY:ASSAY_MAY_SHADOW>>>:-Wshadow>
                         -Wno-missing-field-initializers)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    # False alarms on string concatenation (GCC bug 105651).
    target_compile_options(assay_options INTERFACE -Wno-restrict)
  endif()
else()
  # A build without tests is for use. Warnings and {fmt}'s compile-time check of format strings would
  # take a tenth of its time; builds with tests have them.
  target_compile_options(assay_options INTERFACE -w)
  target_compile_definitions(assay_options INTERFACE FMT_CONSTEVAL= FMT_USE_CONSTEVAL=0)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # Collect garbage in the compiler less often: 5% less time, at most 1.3 GB a job.
  target_compile_options(assay_options INTERFACE --param=ggc-min-heapsize=1000000)
endif()
if(ASSAY_WARNINGS_AS_ERRORS)
  target_compile_options(assay_options INTERFACE -Werror)
endif()
if(ASSAY_SANITIZE)
  target_compile_options(assay_options INTERFACE -fsanitize=${ASSAY_SANITIZE}
                         -fno-omit-frame-pointer)
  target_link_options(assay_options INTERFACE -fsanitize=${ASSAY_SANITIZE})
endif()

# assay_own(TARGETS...)
# Gives targets these options. They are of this build: an exported target does not carry them.
function(assay_own)
  foreach(target IN LISTS ARGN)
    target_link_libraries(${target} PRIVATE $<BUILD_INTERFACE:assay_options>)
  endforeach()
endfunction()
