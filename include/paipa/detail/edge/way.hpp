#ifndef PAIPA_DETAIL_EDGE_WAY_HPP
#define PAIPA_DETAIL_EDGE_WAY_HPP
#include <cstddef>

namespace paipa::detail {

class edge;

/// A way out of a step: the edge that its outputs go to, and the inlet by which they come there.
struct way {
    edge* to = nullptr;  // null: nobody wants them
    std::size_t inlet = 0;
};

}  // namespace paipa::detail
#endif
