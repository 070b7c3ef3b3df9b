# Compiles through ccache where there is one, unless the caller chose a launcher. Only for our own
# builds: a consumer's build is the consumer's business.

if(NOT PROJECT_IS_TOP_LEVEL OR DEFINED CMAKE_CXX_COMPILER_LAUNCHER)
    return()
endif()
find_program(PAIPA_CCACHE ccache)
mark_as_advanced(PAIPA_CCACHE)
if(PAIPA_CCACHE)
    # The sloppiness is what ccache asks for to cache what uses a precompiled header. What it has not
    # seen it would preprocess once more; the compiler lists the headers anyway, so it depends on that.
    set(CMAKE_CXX_COMPILER_LAUNCHER
        ${CMAKE_COMMAND} -E env CCACHE_DEPEND=1
        CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime ${PAIPA_CCACHE})
endif()
