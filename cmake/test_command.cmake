# For tests that run a command: `command` is the list of the arguments after `--` on the command line
# of `cmake -P`; fail(<text>) ends the test with a text, which message(FATAL_ERROR) alone would refold.

set(command)
set(seen FALSE)
foreach(i RANGE ${CMAKE_ARGC})
    if(seen AND i LESS CMAKE_ARGC)
        list(APPEND command "${CMAKE_ARGV${i}}")
    elseif("${CMAKE_ARGV${i}}" STREQUAL "--")
        set(seen TRUE)
    endif()
endforeach()

function(fail text)
    message(NOTICE "${text}")
    message(FATAL_ERROR "failed, see above")
endfunction()
