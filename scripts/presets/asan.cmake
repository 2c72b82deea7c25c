set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "")
set(ASSAY_SANITIZE "address,undefined" CACHE STRING "")
