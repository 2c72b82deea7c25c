// Ranks under MPI behind the C interface.
#include "backends/sdk/module.h"

#include <fmt/format.h>
#include <sched.h>
#include <unistd.h>

#include <array>

#include "backends/mpi/device.h"
#include "backends/mpi/launcher.h"

namespace assay::backends::mpi {
namespace {

std::string host_name() {
  std::array<char, 256> name{};
  return gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

std::uint32_t processors() {
  cpu_set_t set;
  return sched_getaffinity(0, sizeof set, &set) == 0 ? static_cast<std::uint32_t>(CPU_COUNT(&set))
                                                     : 0;
}

sdk::Findings findings() {
  const sdk::Pairs details = {{"library", library_version()}};
  if (const auto found = launched()) {
    return {1, fmt::format("rank {} of {}, by {}", found->rank, found->ranks, found->variable), "",
            details};
  }
  return {0, "this process was not started by an MPI launcher",
          "start assay under mpirun, or under srun --mpi=pmix", details};
}

sdk::DeviceDescription description() {
  const Launched found = launched().value();
  sdk::DeviceDescription out;
  out.name = library_version();
  out.vendor = "MPI";
  out.kind = "cpu";
  out.driver = library_version();
  out.types = "f64 f32 i32 i8";
  out.memory_bytes = total_bytes();
  out.compute_units = processors();
  out.properties = {{"host", host_name()},
                    {"ranks", std::to_string(found.ranks)},
                    {"rank", std::to_string(found.rank)},
                    {"slot", std::to_string(found.slot)},
                    {"launcher", found.variable},
                    // Its memory is the CPU's, which the module cpu measures.
                    {"use", "when named"}};
  return out;
}

struct Family {
  static constexpr const char *name = "mpi", *version = ASSAY_MPI_VERSION,
                              *description = "ranks under MPI, and its routines";
  /// Of Open MPI's components that move data, of UCX and libfabric beneath it, of MPICH and of
  /// Intel's MPI. What a launcher sets anew for each process (ranks, addresses) is not among them.
  static constexpr const char* environment_variables[] = {"OMPI_MCA_btl*",
                                                          "OMPI_MCA_pml*",
                                                          "OMPI_MCA_mtl*",
                                                          "OMPI_MCA_coll*",
                                                          "OMPI_MCA_osc*",
                                                          "OMPI_MCA_smsc*",
                                                          "OMPI_MCA_op*",
                                                          "OMPI_MCA_mpi_*",
                                                          "OMPI_MCA_hwloc*",
                                                          "OMPI_MCA_rmaps*",
                                                          "OMPI_MCA_accelerator*",
                                                          "OMPI_MCA_topo*",
                                                          "PRTE_MCA_rmaps*",
                                                          "PRTE_MCA_hwloc*",
                                                          "PMIX_MCA_gds*",
                                                          "PMIX_GDS_MODULE",
                                                          "UCX_*",
                                                          "UCC_*",
                                                          "FI_*",
                                                          "PSM2_*",
                                                          "MPICH_*",
                                                          "MPIR_CVAR_*",
                                                          "MV2_*",
                                                          "I_MPI_ADJUST_*",
                                                          "I_MPI_FABRICS",
                                                          "I_MPI_OFI_*",
                                                          "I_MPI_SHM*",
                                                          "I_MPI_PIN*",
                                                          "I_MPI_EAGER_*",
                                                          "I_MPI_COLL_*",
                                                          "I_MPI_THREAD_*",
                                                          "I_MPI_TUNING*"};
  using Buffer = Memory;
  using Executable = mpi::Executable;
  using Device = mpi::Device;

  static sdk::Findings probe() { return findings(); }
  static sdk::DeviceDescription describe(std::uint32_t) { return mpi::description(); }
  static std::unique_ptr<Device> open(std::uint32_t, unsigned) {
    return std::make_unique<Device>();
  }
};

}  // namespace
}  // namespace assay::backends::mpi

ASSAY_MODULE(assay::backends::mpi::Family)
