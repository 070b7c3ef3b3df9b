# Installs the libraries, their headers, and what find_package and pkg-config need. The tree may be
# moved after that: nothing in it names the prefix.

include(CMakePackageConfigHelpers)
set(paipa_cmake_dir ${CMAKE_INSTALL_LIBDIR}/cmake/paipa)

install(
    TARGETS paipa
    EXPORT paipa-targets
    FILE_SET HEADERS)
install(EXPORT paipa-targets NAMESPACE paipa:: DESTINATION ${paipa_cmake_dir})

configure_package_config_file(
    ${PROJECT_SOURCE_DIR}/cmake/paipa-config.cmake.in ${PROJECT_BINARY_DIR}/paipa-config.cmake
    INSTALL_DESTINATION ${paipa_cmake_dir}
    NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(
    ${PROJECT_BINARY_DIR}/paipa-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/paipa-config.cmake
              ${PROJECT_BINARY_DIR}/paipa-config-version.cmake DESTINATION ${paipa_cmake_dir})

# The library folder may have several levels (lib/x86_64-linux-gnu), so the way back is computed.
set(paipa_pc_dir ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
file(RELATIVE_PATH paipa_pc_prefix /prefix/${paipa_pc_dir} /prefix)
string(REGEX REPLACE "/$" "" paipa_pc_prefix ${paipa_pc_prefix})
configure_file(${PROJECT_SOURCE_DIR}/cmake/paipa.pc.in ${PROJECT_BINARY_DIR}/paipa.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/paipa.pc DESTINATION ${paipa_pc_dir})

# Component spdlog: find_package(paipa COMPONENTS spdlog).
if(TARGET paipa_spdlog)
    install(
        TARGETS paipa_spdlog
        EXPORT paipa-spdlog-targets
        FILE_SET HEADERS)
    install(EXPORT paipa-spdlog-targets NAMESPACE paipa:: DESTINATION ${paipa_cmake_dir})
    install(FILES ${PROJECT_SOURCE_DIR}/cmake/paipa-spdlog.cmake DESTINATION ${paipa_cmake_dir})
endif()
