# The Debian package of an installation. scripts/package gives CPack the dependencies and the files.
set(CPACK_PACKAGE_NAME assay)
set(CPACK_PACKAGE_VENDOR "the authors of Assay")
set(ASSAY_MAINTAINER "Assay <assay@localhost>" CACHE STRING "Whom a package names as its maintainer")
set(CPACK_PACKAGE_CONTACT ${ASSAY_MAINTAINER})
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "benchmark harness that judges claims about accelerators")
set(CPACK_PACKAGE_DESCRIPTION "Assay runs identical matmul and attention problems on every kind of device,
checks the results, measures until the figure can be trusted, and gives a
verdict on each published claim with its evidence and its uncertainty.
.
Libraries of vendors are opened at run time; none is needed to install it.")
set(CPACK_RESOURCE_FILE_LICENSE ${PROJECT_SOURCE_DIR}/LICENSE)
set(CPACK_GENERATOR DEB)
set(CPACK_STRIP_FILES ON)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS openssh-client)
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "pocl-opencl-icd, libclblast1, openmpi-bin, postgresql-client, slurm-client")
include(CPack)
