#ifndef PAIPA_TESTS_MODEL_ORACLE_HPP
#define PAIPA_TESTS_MODEL_ORACLE_HPP
#include "plan.hpp"

#include <cstdint>
#include <vector>

namespace model {

/// What one step makes of a sequence, without threads and without the library.
struct expectation {
    std::vector<token> out;
    std::uint64_t skipped = 0;
    std::uint64_t dead = 0;
    std::uint64_t dropped = 0;
    std::vector<token> letters;
    bool fails = false;  // the run does
};

expectation expect(const step_plan& s, const std::vector<token>& in);

/// Whether the step promises to keep the order of what it gets.
bool keeps_order(const step_plan& s);

}  // namespace model
#endif
