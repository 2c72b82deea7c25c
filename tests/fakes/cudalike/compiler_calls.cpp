// The run-time compiler's calls. Results are nvrtcResult's, which the copies kept.
#include <cctype>
#include <cstdlib>
#include <cstring>
#include <string>

#include "tests/fakes/cudalike/compiler.h"
#include "tests/fakes/cudalike/machine.h"

using namespace assay::fakes;
using namespace assay::fakes::cudalike;

namespace {

using Result = int;
constexpr Result kDone = 0, kNoRoom = 1, kBadInput = 3, kBadProgram = 4, kBadOption = 5,
                 kCompilation = 6, kInternal = 11;

struct Program {
  std::string text;
  bool tried = false;
  int architecture = 0;  ///< asked for by sm_…; 0 where none was
  bool named = false;    ///< an architecture was asked for by a name of the vendor's
  CompiledText out;
};

struct Programs {
  std::mutex mutex;
  std::set<Program*> all;
};

Programs& programs() {
  static Programs* const once = new Programs;
  return *once;
}

Program* program_of(void* program) {
  auto* const asked = static_cast<Program*>(program);
  return programs().all.contains(asked) ? asked : nullptr;
}

Result refused(const char* call) {
  switch (fault_of(call)) {
    case Fault::fail:
      return kInternal;
    case Fault::out_of_memory:
      return kNoRoom;
    default:
      return kDone;
  }
}

bool understood(const std::string& option, Program& program) {
#ifdef FAKE_ARCHITECTURE_OPTION
  for (const char* known : {FAKE_ARCHITECTURES}) {
    if (option == std::string(FAKE_ARCHITECTURE_OPTION) + known) return program.named = true;
  }
#endif
  const std::string architecture = "--gpu-architecture=sm_";
  if (option.starts_with(architecture)) {
    program.architecture = std::atoi(option.c_str() + architecture.size());
    return program.architecture >= 50;
  }
  for (const char* known : {"--std=c++", "-std=c++"}) {
    if (option.starts_with(known)) return true;
  }
  return option == "-default-device" || option == "-O3" || option == "-x maca";
}

Result size_of_image(void* program, std::size_t* bytes) {
  const std::lock_guard lock(programs().mutex);
  Program* const known = program_of(program);
  if (known == nullptr || known->out.image.empty()) return kBadProgram;
  if (bytes == nullptr) return kBadInput;
  *bytes = known->out.image.size();
  return kDone;
}

Result image(void* program, char* to) {
  const std::lock_guard lock(programs().mutex);
  Program* const known = program_of(program);
  if (known == nullptr || known->out.image.empty()) return kBadProgram;
  if (to == nullptr) return kBadInput;
  std::memcpy(to, known->out.image.data(), known->out.image.size());
  return kDone;
}

}  // namespace

#define FAKE_ENTER_COMPILER()                   \
  const std::lock_guard lock(programs().mutex); \
  if (const Result bad = refused(__func__); bad != kDone) return bad

FAKE_EXPORT Result COMPILER(Version)(int* major, int* minor) {
  if (major == nullptr || minor == nullptr) return kBadInput;
  *major = 12, *minor = 4;
  return kDone;
}

FAKE_EXPORT const char* COMPILER(GetErrorString)(Result result) {
  switch (result) {
    case kDone:
      return "success";
    case kBadOption:
      return "invalid option";
    case kCompilation:
      return "compilation";
    default:
      return "another error";
  }
}

FAKE_EXPORT Result COMPILER(CreateProgram)(void** program, const char* text, const char*,
                                           int headers, const char* const* contents,
                                           const char* const* names) {
  FAKE_ENTER_COMPILER();
  if (program == nullptr || text == nullptr || headers < 0 ||
      (headers > 0 && (contents == nullptr || names == nullptr))) {
    return kBadInput;
  }
  auto* const made = new Program;
  made->text = text;
  programs().all.insert(made);
  *program = made;
  return kDone;
}

FAKE_EXPORT Result COMPILER(CompileProgram)(void* program, int count, const char* const* options) {
  FAKE_ENTER_COMPILER();
  Program* const known = program_of(program);
  if (known == nullptr) return kBadProgram;
  if (count < 0 || (count > 0 && options == nullptr)) return kBadInput;
  for (int i = 0; i < count; ++i) {
    if (understood(options[i], *known)) continue;
    known->out = {std::string("unrecognized option ") + options[i], {}};
    return kBadOption;
  }
#ifdef FAKE_ARCHITECTURE_OPTION
  if (!known->named) return kBadOption;
#endif
  known->tried = true;
  known->out = compiled(known->text, known->architecture, kSubgroup);
  return known->out.image.empty() ? kCompilation : kDone;
}

FAKE_EXPORT Result COMPILER(GetProgramLogSize)(void* program, std::size_t* bytes) {
  const std::lock_guard lock(programs().mutex);
  Program* const known = program_of(program);
  if (known == nullptr) return kBadProgram;
  if (bytes == nullptr) return kBadInput;
  *bytes = known->out.log.size() + 1;
  return kDone;
}

FAKE_EXPORT Result COMPILER(GetProgramLog)(void* program, char* to) {
  const std::lock_guard lock(programs().mutex);
  Program* const known = program_of(program);
  if (known == nullptr) return kBadProgram;
  if (to == nullptr) return kBadInput;
  std::memcpy(to, known->out.log.c_str(), known->out.log.size() + 1);
  return kDone;
}

FAKE_EXPORT Result FAKE_CODE_SIZE(void* program, std::size_t* bytes) {
#ifdef FAKE_PTX
  // Without a real architecture there is PTX alone.
  const std::lock_guard lock(programs().mutex);
  Program* const known = program_of(program);
  if (known != nullptr && bytes != nullptr && known->architecture == 0) {
    *bytes = 0;
    return known->out.image.empty() ? kBadProgram : kDone;
  }
  if (known == nullptr || known->out.image.empty()) return kBadProgram;
  *bytes = known->out.image.size();
  return kDone;
#else
  return size_of_image(program, bytes);
#endif
}

FAKE_EXPORT Result FAKE_CODE(void* program, char* to) {
  return image(program, to);
}

#ifdef FAKE_PTX
FAKE_EXPORT Result FAKE_PTX_SIZE(void* program, std::size_t* bytes) {
  return size_of_image(program, bytes);
}

FAKE_EXPORT Result FAKE_PTX(void* program, char* to) {
  return image(program, to);
}
#endif

FAKE_EXPORT Result COMPILER(DestroyProgram)(void** program) {
  const std::lock_guard lock(programs().mutex);
  Program* const known = program == nullptr ? nullptr : program_of(*program);
  if (known == nullptr) return kBadProgram;
  programs().all.erase(known);
  delete known;
  *program = nullptr;
  return kDone;
}
