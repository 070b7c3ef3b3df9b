#ifndef PAIPA_TESTS_MODEL_SEQUENCE_HPP
#define PAIPA_TESTS_MODEL_SEQUENCE_HPP
#include "plan.hpp"
#include "verdict.hpp"

#include <string>

namespace model {

/// Empty, or which hooks and items came in another order in a run on the caller's thread (`here`)
/// than in one on a worker per step. What the flow leaves open is not compared.
std::string other_sequence(const flow_plan& f, const evidence& here, const evidence& there);

}  // namespace model
#endif
