#ifndef PAIPA_DETAIL_TICKET_FINAL_OUTCOME_HPP
#define PAIPA_DETAIL_TICKET_FINAL_OUTCOME_HPP

namespace paipa::detail {

/// How an item has ended, or the worst of what came of it: a later one is worse.
enum class final_outcome : unsigned char { delivered, skipped, dropped, dead, abandoned };

}  // namespace paipa::detail
#endif
