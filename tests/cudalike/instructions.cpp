#include "instructions.h"

#include "backends/cudalike/library.h"
#include "kernels/operation.h"
#include "kernels/portable.h"

namespace assay::backends::cudalike {

std::unique_ptr<Compiler> nvidia_compiler(std::string& reason) {
  const Dialect& nvidia = find_dialect("nvidia");
  sdk::Pairs tried;
  const Library library = open_first(places(nvidia, nvidia.libraries.compiler), "nvrtc", tried);
  if (!library) {
    reason = "no NVRTC here";
    return nullptr;
  }
  return Compiler::bind_to(nvidia, library, reason);
}

std::vector<Counted> counted(const Compiler& compiler, std::string_view text,
                             const Architecture& architecture, bool every) {
  const auto problem = kernels::Problem::parse(std::string(text));
  const kernels::PortableKernel& kernel = *kernels::find_portable(problem.operation().name);
  kernels::PortableTarget target;
  target.prelude = "cuda";
  target.local_memory_bytes = architecture.local_bytes;
  target.group_size_limit = 1024;
  target.subgroup_size = 32;
  target.compute_units = 132;
  target.f16 = target.f64 = true;
  target.tile_multiply = "mma_sync";
  std::vector<Counted> all;
  for (const auto& parameters : kernel.candidates(problem, target)) {
    Counted one;
    one.parameters = kernels::parameters_text(parameters);
    one.text = kernels::portable_text(kernel, target, problem, parameters);
    one.image = compiler.compile(one.text, architecture.name).image;
    const auto launch = kernel.launches(problem, parameters).front();
    one.local_bytes = launch.local_bytes;
    one.code = machine_code(one.image, launch.kernel);
    all.push_back(std::move(one));
    if (!every) break;
  }
  return all;
}

}  // namespace assay::backends::cudalike
