# paipa_missing(<variable> <found> PACKAGE <Debian package> FOR <what needs it> OPTION <option>)
#
# Puts into <variable> whether a third-party package was not found. Stops with one clear message
# where the option asks for what needs it (ON); else (AUTO) it is left out, and the summary says so.
function(paipa_missing variable found)
    cmake_parse_arguments(PARSE_ARGV 2 arg "" "PACKAGE;FOR;OPTION" "")
    set(${variable} FALSE PARENT_SCOPE)
    if(found)
        return()
    endif()
    if(NOT "${${arg_OPTION}}" STREQUAL AUTO)
        message(
            FATAL_ERROR
                "paipa: ${arg_FOR}: want the package '${arg_PACKAGE}', got none; run tools/setup, or "
                "configure with -D${arg_OPTION}=OFF")
    endif()
    set(${variable} TRUE PARENT_SCOPE)
    set_property(
        GLOBAL APPEND PROPERTY PAIPA_LEFT_OUT
                               "left out: ${arg_FOR}: the package '${arg_PACKAGE}' was not found")
endfunction()

# paipa_require(<found> PACKAGE <Debian package> FOR <what needs it> OPTION <option>)
#
# Likewise; leaves the calling file where the package is missing.
macro(paipa_require found)
    paipa_missing(paipa_is_missing "${found}" ${ARGN})
    if(paipa_is_missing)
        return()
    endif()
endmacro()

# Says what this build makes, and what was left out and why.
function(paipa_say_what_is_built)
    set(parts "the library")
    foreach(part TESTS EXAMPLES BENCHMARKS)
        if(PAIPA_BUILD_${part})
            string(TOLOWER ${part} part)
            list(APPEND parts "${part}")
        endif()
    endforeach()
    if(TARGET paipa_spdlog)
        list(APPEND parts paipa::spdlog)
    endif()
    list(JOIN parts ", " parts)
    message(STATUS "paipa: builds ${parts}")
    get_property(left_out GLOBAL PROPERTY PAIPA_LEFT_OUT)
    foreach(part IN LISTS left_out)
        message(STATUS "paipa: ${part}")
    endforeach()
endfunction()

# Finds what examples/fetch is built on. Targets: CURL::libcurl, SQLite::SQLite3,
# PkgConfig::xxhash, PkgConfig::httplib, CLI11::CLI11.
macro(paipa_find_fetch_packages)
    set(paipa_for_fetch FOR "examples/fetch" OPTION PAIPA_BUILD_EXAMPLES)
    find_package(CURL QUIET)
    paipa_require("${CURL_FOUND}" PACKAGE libcurl4-openssl-dev ${paipa_for_fetch})
    find_package(SQLite3 QUIET)
    paipa_require("${SQLite3_FOUND}" PACKAGE libsqlite3-dev ${paipa_for_fetch})
    find_package(CLI11 CONFIG QUIET)
    paipa_require("${CLI11_FOUND}" PACKAGE libcli11-dev ${paipa_for_fetch})
    find_package(utf8cpp CONFIG QUIET)
    paipa_require("${utf8cpp_FOUND}" PACKAGE libutfcpp-dev ${paipa_for_fetch})
    find_package(ZLIB QUIET)
    paipa_require("${ZLIB_FOUND}" PACKAGE zlib1g-dev ${paipa_for_fetch})
    find_package(PkgConfig QUIET)
    paipa_require("${PkgConfig_FOUND}" PACKAGE pkg-config ${paipa_for_fetch})
    pkg_check_modules(xxhash QUIET IMPORTED_TARGET libxxhash)
    paipa_require("${xxhash_FOUND}" PACKAGE libxxhash-dev ${paipa_for_fetch})
    pkg_check_modules(httplib QUIET IMPORTED_TARGET cpp-httplib)
    paipa_require("${httplib_FOUND}" PACKAGE libcpp-httplib-dev ${paipa_for_fetch})
endmacro()
