# assay_registry(TARGET NAMESPACE TYPE ACCESSOR HEADER NAMES...)
# Generates a source that lists constants of TYPE, so that adding a file or folder is enough to add an
# operation, an implementation or a verb. NAMES are `constant` or `namespace::constant`, inside
# NAMESPACE.
function(assay_registry target namespace type accessor header)
  set(declarations "")
  set(addresses "")
  foreach(name IN LISTS ARGN)
    if(name MATCHES "^(.+)::(.+)$")
      string(APPEND declarations
             "namespace ${CMAKE_MATCH_1} {\nextern const ${type} ${CMAKE_MATCH_2};\n}\n")
    else()
      string(APPEND declarations "extern const ${type} ${name};\n")
    endif()
    string(APPEND addresses "    &${name},\n")
  endforeach()
  set(output ${CMAKE_CURRENT_BINARY_DIR}/${accessor}_registry.cpp)
  file(CONFIGURE OUTPUT ${output} @ONLY CONTENT [[
#include <span>
#include <vector>

#include "@header@"

namespace @namespace@ {

@declarations@
std::span<const @type@* const> @accessor@() {
  static const std::vector<const @type@*> all = {
@addresses@  };
  return all;
}

}  // namespace @namespace@
]])
  target_sources(${target} PRIVATE ${output})
endfunction()

# assay_defining(OUTPUT TYPE [SEVERAL] FILES...)
# The constants `const TYPE NAME = ...` that the files define, for assay_registry; `file::NAME` where
# the file has a namespace of its name. Each file defines one, or any number with SEVERAL; then a
# change of a file runs CMake again.
function(assay_defining output type)
  cmake_parse_arguments(PARSE_ARGV 2 defining "SEVERAL" "" "")
  set(names "")
  foreach(file IN LISTS defining_UNPARSED_ARGUMENTS)
    cmake_path(ABSOLUTE_PATH file BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR})
    cmake_path(GET file STEM stem)
    file(STRINGS ${file} namespaces REGEX "^namespace ([a-z0-9_:]+::)?${stem}_? {")
    set(scope "")
    if(namespaces MATCHES "(${stem}_?) {")
      set(scope "${CMAKE_MATCH_1}::")
    endif()
    file(STRINGS ${file} lines REGEX "^const ${type} [a-z0-9_]+ =")
    list(LENGTH lines count)
    if(defining_SEVERAL)
      set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
    elseif(NOT count EQUAL 1)
      message(FATAL_ERROR "${file}: defines ${count} constants `const ${type} NAME =`, not one")
    endif()
    foreach(line IN LISTS lines)
      string(REGEX REPLACE "^const ${type} ([a-z0-9_]+) =.*" "${scope}\\1" name "${line}")
      list(APPEND names ${name})
    endforeach()
  endforeach()
  set(${output} ${names} PARENT_SCOPE)
endfunction()

# assay_embed(TARGET NAMESPACE ACCESSOR FILES...)
# Generates `std::span<const EmbeddedFile> NAMESPACE::ACCESSOR()` with the files' bytes. Their names
# are base names, or relative to ASSAY_EMBED_RELATIVE_TO if that is set.
function(assay_embed target namespace accessor)
  set(output ${CMAKE_CURRENT_BINARY_DIR}/${accessor}_embedded.cpp)
  add_custom_command(
    OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -DOUTPUT=${output} -DNAMESPACE=${namespace} -DACCESSOR=${accessor}
            -DRELATIVE_TO=${ASSAY_EMBED_RELATIVE_TO} "-DFILES=${ARGN}" -P ${PROJECT_SOURCE_DIR}/scripts/cmake/embed.cmake
    DEPENDS ${ARGN} ${PROJECT_SOURCE_DIR}/scripts/cmake/embed.cmake
    VERBATIM)
  target_sources(${target} PRIVATE ${output})
endfunction()
