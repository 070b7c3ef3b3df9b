# Runs the installed paipa-fetch: it tells its version, and stores a file that a list names.
function(paipa_run)
    execute_process(
        COMMAND ${ARGN}
        OUTPUT_VARIABLE output
        COMMAND_ECHO STDOUT COMMAND_ERROR_IS_FATAL ANY)
    set(output "${output}" PARENT_SCOPE)
endfunction()

paipa_run(${program} --version)
if(NOT output MATCHES "^paipa-fetch ${version} ")
    message(FATAL_ERROR "paipa-fetch --version: want version ${version}, got '${output}'")
endif()

file(REMOVE_RECURSE ${folder})
file(WRITE ${folder}/page.txt "one page")
file(WRITE ${folder}/list.txt "file://${folder}/page.txt\n")
paipa_run(${program} --database ${folder}/pages.db ${folder}/list.txt)
if(NOT output MATCHES "1 pages?, 0 dead letters")
    message(FATAL_ERROR "paipa-fetch: want one page and no dead letter, got '${output}'")
endif()
