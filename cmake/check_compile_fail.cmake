# Compiles `source` with the command after `--`. mode=baseline: it must compile. mode=rejected: with
# PAIPA_EXPECT_ERROR defined it must not, and its first error, unless `cascade` its only one, must
# contain the text of its '// expect:' line.
include(${CMAKE_CURRENT_LIST_DIR}/test_command.cmake)
if(mode STREQUAL rejected)
    list(APPEND command -DPAIPA_EXPECT_ERROR)
endif()
execute_process(
    COMMAND ${command} -fsyntax-only -fdiagnostics-color=never ${source}
    RESULT_VARIABLE result
    ERROR_VARIABLE text)

if(mode STREQUAL baseline)
    if(NOT result EQUAL 0)
        fail("broken baseline: ${source} must compile as it stands, got:\n${text}")
    endif()
    return()
endif()

# Semicolons would split CMake's lists, brackets would join their elements.
macro(as_plain variable)
    string(REPLACE ";" "<semicolon>" ${variable} "${${variable}}")
    string(REPLACE "[" "<open>" ${variable} "${${variable}}")
    string(REPLACE "]" "<close>" ${variable} "${${variable}}")
endmacro()
file(READ ${source} code)
set(plain "${text}")
as_plain(code)
as_plain(plain)
string(REGEX MATCHALL "(^|\n)// expect: [^\n]+" markers "${code}")
list(LENGTH markers count)
if(NOT count EQUAL 1)
    fail("bad marker: ${source} wants exactly one '// expect:' line, got ${count}")
endif()
string(REGEX REPLACE "^\n?// expect: " "" expect "${markers}")

if(result EQUAL 0)
    fail("no error: ${source} must not compile with PAIPA_EXPECT_ERROR")
endif()
string(REGEX MATCHALL "error: [^\n]*" errors "${plain}")
list(LENGTH errors count)
if(count EQUAL 0)
    fail("no error: ${command} failed in another way, got:\n${text}")
endif()
list(GET errors 0 first)
string(FIND "${first}" "${expect}" at)
if(at EQUAL -1)
    fail("wrong text: the first error must contain\n${expect}\ngot:\n${text}")
endif()
if(count GREATER 1 AND NOT cascade)
    fail("cascade: want one error, got ${count}:\n${text}")
endif()
