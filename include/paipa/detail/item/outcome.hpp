#ifndef PAIPA_DETAIL_ITEM_OUTCOME_HPP
#define PAIPA_DETAIL_ITEM_OUTCOME_HPP

namespace paipa::detail {

/// What became of an item that did not fail.
enum class outcome { finished, skipped, abandoned };

}  // namespace paipa::detail
#endif
