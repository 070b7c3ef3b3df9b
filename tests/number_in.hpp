#ifndef PAIPA_TESTS_NUMBER_IN_HPP
#define PAIPA_TESTS_NUMBER_IN_HPP
#include <cstdint>
#include <cstdlib>

/// The number in an environment variable, which says how much a long test does.
inline std::uint64_t number_in(const char* variable, std::uint64_t otherwise) {
    const char* const text = std::getenv(variable);
    return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

#endif
