# Builds `source` into `program` with what pkg-config says, and runs it.
set(ENV{PKG_CONFIG_PATH} ${pkg_config_path})
execute_process(
    COMMAND pkg-config --cflags --libs paipa
    OUTPUT_VARIABLE flags
    COMMAND_ERROR_IS_FATAL ANY)
separate_arguments(flags UNIX_COMMAND "${flags}")
execute_process(
    COMMAND ${compiler} -std=c++20 ${source} ${flags} -o ${program} COMMAND_ERROR_IS_FATAL ANY)
execute_process(
    COMMAND pkg-config --variable=libdir paipa
    OUTPUT_VARIABLE libdir
    OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
set(ENV{LD_LIBRARY_PATH} ${libdir})
execute_process(COMMAND ${program} COMMAND_ERROR_IS_FATAL ANY)
