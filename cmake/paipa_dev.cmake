# paipa_dev: what the project's own code is compiled with. Never exported, never seen by a consumer.

add_library(paipa_dev INTERFACE)
target_compile_options(
    paipa_dev
    INTERFACE
        $<$<CXX_COMPILER_ID:GNU,Clang,AppleClang>:-Wall
        -Wextra
        -Wpedantic
        -Wconversion
        -Wsign-conversion
        -Wshadow
        -Wnon-virtual-dtor
        -Wold-style-cast
        $<$<BOOL:${PROJECT_IS_TOP_LEVEL}>:-Werror>>
        # See detail/sync/thread_safety.hpp.
        $<$<CXX_COMPILER_ID:Clang,AppleClang>:-Wthread-safety>
        # g++ 12: -Wrestrict is wrong about std::string; a chain of coroutines needs tail calls at
        # every optimisation level.
        $<$<CXX_COMPILER_ID:GNU>:-foptimize-sibling-calls
        -fconcepts-diagnostics-depth=2
        -Wno-interference-size
        -Wno-restrict>)

# Copies the flags instead of linking the target, so that paipa_dev stays out of the export of an
# installed static library.
function(paipa_use_dev_flags target)
    target_compile_options(
        ${target} PRIVATE $<TARGET_PROPERTY:paipa_dev,INTERFACE_COMPILE_OPTIONS>)
endfunction()
