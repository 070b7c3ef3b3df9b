#ifndef PAIPA_PAIPA_HPP
#define PAIPA_PAIPA_HPP
// IWYU pragma: begin_exports
#include <paipa/version.hpp>
// IWYU pragma: end_exports
#endif
