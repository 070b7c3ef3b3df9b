# paipa_require(<found> PACKAGE <Debian package> FOR <what needs it> OPTION <option that avoids it>)
#
# Stops with one clear message when a third-party package was not found.
function(paipa_require found)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "PACKAGE;FOR;OPTION" "")
    if(NOT found)
        message(
            FATAL_ERROR
                "paipa: ${arg_FOR}: want the package '${arg_PACKAGE}', got none; run tools/setup, or "
                "configure with -D${arg_OPTION}=OFF")
    endif()
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
    find_package(PkgConfig QUIET)
    paipa_require("${PkgConfig_FOUND}" PACKAGE pkg-config ${paipa_for_fetch})
    pkg_check_modules(xxhash QUIET IMPORTED_TARGET libxxhash)
    paipa_require("${xxhash_FOUND}" PACKAGE libxxhash-dev ${paipa_for_fetch})
    pkg_check_modules(httplib QUIET IMPORTED_TARGET cpp-httplib)
    paipa_require("${httplib_FOUND}" PACKAGE libcpp-httplib-dev ${paipa_for_fetch})
endmacro()
