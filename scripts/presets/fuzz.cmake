set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "")
# The clang++ of Debian 12 is version 14, which lacks parts of C++20 that are used here.
find_program(ASSAY_CLANGXX NAMES clang++-19 clang++)
find_program(ASSAY_CLANG NAMES clang-19 clang)
set(CMAKE_CXX_COMPILER ${ASSAY_CLANGXX} CACHE STRING "")
set(CMAKE_C_COMPILER ${ASSAY_CLANG} CACHE STRING "")
set(ASSAY_SANITIZE "fuzzer-no-link,address,undefined" CACHE STRING "")
set(ASSAY_FUZZ ON CACHE BOOL "")
