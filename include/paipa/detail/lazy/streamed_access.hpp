#ifndef PAIPA_DETAIL_LAZY_STREAMED_ACCESS_HPP
#define PAIPA_DETAIL_LAZY_STREAMED_ACCESS_HPP
#include <memory>
#include <utility>

namespace paipa {

template <class In, class Out>
class streamed;

namespace detail {

class run_core;

/// The library's way into `streamed`.
struct streamed_access {
    template <class Stream, class... Parts>
    static Stream make(Parts&&... parts) {
        return Stream(std::forward<Parts>(parts)...);
    }

    /// For chains, which tell the books of the run when the stream is gone.
    template <class In, class Out>
    static std::shared_ptr<run_core> run_of(const streamed<In, Out>& s) {
        return s.state_->core();
    }
};

}  // namespace detail

}  // namespace paipa
#endif
