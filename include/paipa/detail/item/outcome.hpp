#ifndef PAIPA_DETAIL_ITEM_OUTCOME_HPP
#define PAIPA_DETAIL_ITEM_OUTCOME_HPP

namespace paipa::detail {

/// How the try of an item ended that did not fail.
enum class outcome { finished, skipped, abandoned };

}  // namespace paipa::detail
#endif
