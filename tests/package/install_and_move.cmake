# Installs `build` somewhere, then moves the tree to `prefix`: nothing in it may name its first place.
file(REMOVE_RECURSE ${prefix} ${prefix}.first)
execute_process(
    COMMAND ${CMAKE_COMMAND} --install ${build} --prefix ${prefix}.first COMMAND_ERROR_IS_FATAL ANY)
file(RENAME ${prefix}.first ${prefix})
