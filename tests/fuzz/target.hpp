#ifndef PAIPA_TESTS_FUZZ_TARGET_HPP
#define PAIPA_TESTS_FUZZ_TARGET_HPP
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

/// What a fuzz test defines: runs the code under test with an input, and returns 0.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace fuzz {

/// Ends the program when something that must hold for every input does not hold for this one.
inline void require(bool holds, const char* what) {
    if (!holds) {
        std::fprintf(stderr, "fuzz: this input breaks a rule: %s\n", what);
        std::abort();
    }
}

}  // namespace fuzz

#endif
