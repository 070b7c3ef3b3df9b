# paipa_add_test, paipa_add_example and paipa_add_compile_fail: one function per kind of test.

set(PAIPA_TIMEOUT_FACTOR 1 CACHE STRING "Multiplies every test's time-out; presets of slow builds set it")
set(PAIPA_CMAKE_DIR ${CMAKE_CURRENT_LIST_DIR})

if(PAIPA_BUILD_TESTS)
    include(GoogleTest)

    # g++ takes half as long again for tests at -O2; the library itself stays there.
    # g++ collects its garbage late: a quarter more memory, a sixth less time.
    set(PAIPA_TEST_OPTIONS
        $<$<AND:$<CXX_COMPILER_ID:GNU>,$<CONFIG:RelWithDebInfo>>:-O1>
        "$<$<CXX_COMPILER_ID:GNU>:--param=ggc-min-expand=300;--param=ggc-min-heapsize=1048576>")

    # Precompiled headers for all tests: what they include costs more than they do. Tests of the
    # engine have one without paipa, so an edit of one header compiles the tests that include it.
    foreach(pch test engine_test)
        add_library(paipa_${pch}_pch OBJECT ${PAIPA_CMAKE_DIR}/test_pch.cpp)
        target_precompile_headers(paipa_${pch}_pch PRIVATE ${PAIPA_CMAKE_DIR}/${pch}_pch.hpp)
        target_link_libraries(paipa_${pch}_pch PRIVATE paipa::paipa paipa_dev GTest::gmock)
        # A precompiled header that ccache brings back is older than the file it was made from.
        target_compile_options(
            paipa_${pch}_pch PRIVATE ${PAIPA_TEST_OPTIONS}
                                     $<$<CXX_COMPILER_ID:Clang>:SHELL:-Xclang -fno-pch-timestamp>)
    endforeach()
endif()

# Puts <seconds>, multiplied for slow builds, into <variable>.
function(paipa_timeout variable seconds)
    math(EXPR seconds "${seconds} * ${PAIPA_TIMEOUT_FACTOR}")
    set(${variable} ${seconds} PARENT_SCOPE)
endfunction()

# paipa_add_test(<name> LABEL <label> SOURCES <files>... [TIMEOUT <seconds>] [LIBRARIES <targets>...]
#                [WHOLE] [ENGINE])
#
# Builds the target <label>.<name> with gtest and gmock and hands each test in it to ctest as
# <label>.<name>.<suite>.<test>. WHOLE makes it one ctest entry, <label>.<name>: for many tiny tests.
# ENGINE: it tests private headers, and does not include all of paipa.
# TIMEOUT is per ctest entry; the default is 10.
function(paipa_add_test name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "WHOLE;ENGINE" "LABEL;TIMEOUT" "SOURCES;LIBRARIES")
    if(NOT arg_LABEL OR NOT arg_SOURCES OR arg_UNPARSED_ARGUMENTS)
        message(FATAL_ERROR "paipa_add_test(${name}): want LABEL and SOURCES, got '${ARGN}'")
    endif()
    if(NOT arg_TIMEOUT)
        set(arg_TIMEOUT 10)
    endif()
    paipa_timeout(timeout ${arg_TIMEOUT})
    set(target ${arg_LABEL}.${name})
    add_executable(${target} ${arg_SOURCES})
    target_link_libraries(
        ${target} PRIVATE paipa::paipa paipa_dev GTest::gtest_main GTest::gmock ${arg_LIBRARIES})
    target_compile_options(${target} PRIVATE ${PAIPA_TEST_OPTIONS})
    if(arg_ENGINE)
        target_precompile_headers(${target} REUSE_FROM paipa_engine_test_pch)
    else()
        target_precompile_headers(${target} REUSE_FROM paipa_test_pch)
    endif()
    if(arg_WHOLE)
        add_test(NAME ${target} COMMAND ${target})
        # The long ones first, so that no processor idles at the end.
        set_tests_properties(
            ${target} PROPERTIES LABELS ${arg_LABEL} TIMEOUT ${timeout} COST ${timeout})
    else()
        gtest_discover_tests(
            ${target}
            TEST_PREFIX ${target}.
            DISCOVERY_TIMEOUT 120
            PROPERTIES LABELS ${arg_LABEL} TIMEOUT ${timeout})
    endif()
endfunction()

# paipa_add_example(<name> [ARGS <arguments>...] [LIBRARIES <targets>...] [TIMEOUT <seconds>])
#
# Builds <name>.cpp and runs it as example.<name>: it must succeed, and its standard output must
# equal <name>.out.
function(paipa_add_example name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "TIMEOUT" "ARGS;LIBRARIES")
    if(NOT arg_TIMEOUT)
        set(arg_TIMEOUT 30)
    endif()
    paipa_timeout(timeout ${arg_TIMEOUT})
    set(target example.${name})
    add_executable(${target} ${name}.cpp)
    target_link_libraries(${target} PRIVATE paipa::paipa paipa_dev ${arg_LIBRARIES})
    add_test(
        NAME ${target}
        COMMAND ${CMAKE_COMMAND} -D expected=${CMAKE_CURRENT_SOURCE_DIR}/${name}.out -P
                ${PAIPA_CMAKE_DIR}/compare_output.cmake -- $<TARGET_FILE:${target}> ${arg_ARGS})
    set_tests_properties(${target} PROPERTIES LABELS example TIMEOUT ${timeout})
endfunction()

# paipa_compile_fail_header()
#
# Precompiles <paipa/paipa.hpp>, which takes longer than what the tests of compile errors do with it,
# and sets PAIPA_COMPILE_FAIL_COMMAND.
function(paipa_compile_fail_header)
    set(compile ${CMAKE_CXX_COMPILER} -std=c++20 -I${PROJECT_SOURCE_DIR}/include)
    if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
        set(precompile -fpch-instantiate-templates)
    endif()
    set(header ${CMAKE_CURRENT_BINARY_DIR}/paipa.hpp)
    file(WRITE ${header} "#include <paipa/paipa.hpp>\n")
    add_custom_command(
        OUTPUT ${header}.gch
        COMMAND
            ${compile} ${precompile} -MD -MF ${header}.d -MT ${header}.gch -x c++-header ${header}
            -o ${header}.gch
        DEPFILE ${header}.d
        COMMENT "Precompiling <paipa/paipa.hpp> for compile_fail"
        VERBATIM)
    add_custom_target(paipa_compile_fail_header ALL DEPENDS ${header}.gch)
    # Both compilers look for <header>.gch where <header> is asked for on the command line.
    set(PAIPA_COMPILE_FAIL_COMMAND ${compile} -include ${header} PARENT_SCOPE)
endfunction()

# paipa_add_compile_fail(<name> [CASCADE])
#
# <name>.cpp holds one line '// expect: <text>'. Two tests: compile_fail.<name>.baseline compiles it
# as it stands; compile_fail.<name>.rejected compiles it with PAIPA_EXPECT_ERROR defined, which must
# give exactly one error, and that must contain the text. CASCADE allows more errors after it.
function(paipa_add_compile_fail name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "CASCADE" "" "")
    paipa_timeout(timeout 60)
    foreach(mode baseline rejected)
        set(test compile_fail.${name}.${mode})
        add_test(
            NAME ${test}
            COMMAND
                ${CMAKE_COMMAND} -D mode=${mode} -D cascade=${arg_CASCADE} -D
                source=${CMAKE_CURRENT_SOURCE_DIR}/${name}.cpp -P
                ${PAIPA_CMAKE_DIR}/check_compile_fail.cmake -- ${PAIPA_COMPILE_FAIL_COMMAND})
        set_tests_properties(${test} PROPERTIES LABELS compile_fail TIMEOUT ${timeout})
    endforeach()
endfunction()
