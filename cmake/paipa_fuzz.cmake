# paipa_add_fuzz_test: tests that run code with arbitrary bytes as input.

option(PAIPA_FUZZ "Let libFuzzer derive new inputs in fuzz tests (needs clang)" OFF)
if(PAIPA_FUZZ AND NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    message(
        FATAL_ERROR
            "paipa: PAIPA_FUZZ: want clang, which has libFuzzer, got '${CMAKE_CXX_COMPILER_ID}'; "
            "configure with -DPAIPA_FUZZ=OFF")
endif()

# paipa_add_fuzz_test(<name> SOURCES <files>... CORPUS <folder> SECONDS <seconds>
#                     [LIBRARIES <targets>...])
#
# Builds the target fuzz.<name> and makes it one ctest entry. One of the sources defines
# LLVMFuzzerTestOneInput, see tests/fuzz/target.hpp. The others are the code under test, compiled once
# more: libFuzzer sees which branches an input takes in SOURCES, and does not in LIBRARIES. CORPUS is a
# folder below the current one; each file in it is one input.
#
# The test runs the corpus. With PAIPA_FUZZ, libFuzzer then derives inputs from it and runs them for so
# many seconds. It writes those that are worth keeping to the folder fuzz.<name>.found of the build. One
# that fails goes there as well, and its path is printed; it fails again until the code is mended.
function(paipa_add_fuzz_test name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "CORPUS;SECONDS" "SOURCES;LIBRARIES")
    if(NOT arg_SOURCES OR NOT arg_CORPUS OR NOT arg_SECONDS OR arg_UNPARSED_ARGUMENTS)
        message(
            FATAL_ERROR
                "paipa_add_fuzz_test(${name}): want SOURCES, CORPUS and SECONDS, got '${ARGN}'")
    endif()
    set(target fuzz.${name})
    set(corpus ${CMAKE_CURRENT_SOURCE_DIR}/${arg_CORPUS})
    paipa_timeout(timeout 30)
    add_executable(${target} ${arg_SOURCES})
    target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/tests/fuzz)
    target_link_libraries(${target} PRIVATE paipa::paipa paipa_dev ${arg_LIBRARIES})
    if(PAIPA_FUZZ)
        set(found ${CMAKE_CURRENT_BINARY_DIR}/${target}.found)
        file(MAKE_DIRECTORY ${found})
        target_compile_options(${target} PRIVATE -O1 -fsanitize=fuzzer)
        target_link_options(${target} PRIVATE -fsanitize=fuzzer)
        # libFuzzer writes to the first folder only.
        add_test(
            NAME ${target}
            COMMAND
                ${target} -max_total_time=${arg_SECONDS} -seed=1 -timeout=10 -rss_limit_mb=1024
                -verbosity=0 -print_final_stats=1 -artifact_prefix=${found}/ ${found} ${corpus})
        math(EXPR timeout "${timeout} + ${arg_SECONDS}")
    else()
        target_sources(${target} PRIVATE ${PROJECT_SOURCE_DIR}/tests/fuzz/corpus_main.cpp)
        add_test(NAME ${target} COMMAND ${target} ${corpus})
    endif()
    set_tests_properties(${target} PROPERTIES LABELS fuzz TIMEOUT ${timeout} COST ${timeout})
endfunction()
