#ifndef PAIPA_TESTS_MODEL_SHAPE_CHECK_HPP
#define PAIPA_TESTS_MODEL_SHAPE_CHECK_HPP
#include "../ticket_book.hpp"
#include "shape.hpp"
#include "shape_run.hpp"

#include <string>

namespace model {

/// What is wrong with the end of a run without failures and without an early end: empty if nothing
/// is. The sequential model says which items come by which ways, how many of them come before each
/// entry, and which of them keep their order.
std::string check_all(const shape& s, const shape_end& end);

/// What is wrong whatever happened.
std::string check_books(const shape& s, const shape_end& end);

/// What is wrong with the tickets of its items. Each has ended, as the sequential model says, or as
/// abandoned where the run failed or ended early. All that comes of an item whose ticket has ended
/// well has reached the sink, and no ticket had ended when a part of its item came there.
std::string check_tickets(const shape& s, const shape_end& end, ticket_book& book);

}  // namespace model
#endif
