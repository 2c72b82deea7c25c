# What an installation has beside its programs, modules and headers: documents, the texts that are also
# embedded in the program, jobs and units. Paths follow from the prefix at install time.
set(share ${CMAKE_INSTALL_DATADIR}/assay)
file(GLOB suites CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/harness/suites/*.toml)
file(GLOB claims CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/results/claims/catalogue/*.toml)
file(GLOB systems CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/results/systems/*.toml)
file(GLOB schemas CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/results/schema/*.json)
install(FILES ${suites} DESTINATION ${share}/suites)
install(FILES ${claims} DESTINATION ${share}/claims)
install(FILES ${systems} DESTINATION ${share}/systems)
install(FILES ${schemas} DESTINATION ${share}/schema)

# Documents keep their folders, so that links between them lead somewhere.
file(GLOB_RECURSE pages CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR} kernels/*.md backends/*.md harness/*.md
     results/*.md scripts/*.md)
foreach(page IN LISTS pages ITEMS README.md)
  cmake_path(GET page PARENT_PATH folder)
  install(FILES ${PROJECT_SOURCE_DIR}/${page} DESTINATION ${CMAKE_INSTALL_DOCDIR}/${folder})
endforeach()
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE ${CMAKE_CURRENT_LIST_DIR}/copyright DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES ${PROJECT_SOURCE_DIR}/scripts/examples/github-actions.yml
              ${PROJECT_SOURCE_DIR}/scripts/examples/gitlab-ci.yml
        DESTINATION ${CMAKE_INSTALL_DOCDIR}/examples)

install(PROGRAMS ${PROJECT_SOURCE_DIR}/scripts/nightly DESTINATION ${CMAKE_INSTALL_LIBEXECDIR}/assay)
install(PROGRAMS ${PROJECT_SOURCE_DIR}/scripts/slurm/assay.sbatch ${PROJECT_SOURCE_DIR}/scripts/slurm/assay.pbs
        DESTINATION ${share}/jobs)

# systemd wants an absolute path, which is known when files are installed.
set(ASSAY_UNITS ${PROJECT_BINARY_DIR}/units)
install(CODE "
  file(READ \"${PROJECT_SOURCE_DIR}/scripts/examples/assay-nightly.service\" unit)
  string(REPLACE /opt/assay/scripts/nightly
         \"\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_LIBEXECDIR}/assay/nightly\" unit \"\${unit}\")
  file(WRITE \"${ASSAY_UNITS}/assay-nightly.service\" \"\${unit}\")")
install(FILES ${ASSAY_UNITS}/assay-nightly.service ${PROJECT_SOURCE_DIR}/scripts/examples/assay-nightly.timer
        DESTINATION lib/systemd/system)

# For builds that use pkg-config instead of CMake. The headers serve any processor, the library one.
set(folder_of_assay ${CMAKE_INSTALL_DATADIR}/pkgconfig)
set(folder_of_assay-kernels ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
foreach(name IN ITEMS assay assay-kernels)
  file(RELATIVE_PATH prefix_from_pc ${CMAKE_INSTALL_PREFIX}/${folder_of_${name}} ${CMAKE_INSTALL_PREFIX})
  configure_file(${CMAKE_CURRENT_LIST_DIR}/${name}.pc.in ${PROJECT_BINARY_DIR}/share/${name}.pc @ONLY)
  install(FILES ${PROJECT_BINARY_DIR}/share/${name}.pc DESTINATION ${folder_of_${name}})
endforeach()
