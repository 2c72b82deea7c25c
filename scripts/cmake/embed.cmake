# Generates the source file of assay_embed(); runs as a script at build time.
set(arrays "")
set(entries "")
set(index 0)
foreach(file IN LISTS FILES)
  get_filename_component(name ${file} NAME)
  if(RELATIVE_TO)
    file(RELATIVE_PATH name ${RELATIVE_TO} ${file})
  endif()
  file(READ ${file} hex HEX)
  string(LENGTH "${hex}" digits)
  math(EXPR bytes "${digits} / 2")
  string(REGEX REPLACE "(..)" "0x\\1," hex "${hex}")
  string(APPEND arrays "constexpr unsigned char kFile${index}[] = {${hex}0};\n")
  string(APPEND entries
         "    {\"${name}\", {reinterpret_cast<const char*>(kFile${index}), ${bytes}}},\n")
  math(EXPR index "${index} + 1")
endforeach()
file(WRITE ${OUTPUT} "#include <span>
#include <vector>

#include \"kernels/embedded.h\"

namespace ${NAMESPACE} {

namespace {
${arrays}}  // namespace

std::span<const assay::EmbeddedFile> ${ACCESSOR}() {
  static const std::vector<assay::EmbeddedFile> files = {
${entries}  };
  return files;
}

}  // namespace ${NAMESPACE}
")
