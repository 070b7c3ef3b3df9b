#ifndef PAIPA_DETAIL_EDGE_INBOX_LIST_HPP
#define PAIPA_DETAIL_EDGE_INBOX_LIST_HPP
#include <paipa/detail/edge/inbox.hpp>

#include <cstddef>
#include <vector>

namespace paipa::detail {

/// The inboxes of an edge's readers. A reader that finds nothing in the edge takes items over that
/// another reader has taken and not begun.
///
/// Threads: none; the edge's mutex guards it.
class inbox_list {
public:
    void carry_tickets() {
        for (inbox* const in : all_) {
            in->carry_tickets();
        }
    }

    void add(inbox& in) { all_.push_back(&in); }

    void remove(const inbox& in) noexcept { std::erase(all_, &in); }

    /// Takes over some items of another inbox; `begun_later` is the edge's count of those that are
    /// not begun. False: there are none.
    bool steal(inbox& in, std::size_t& begun_later) noexcept;

private:
    std::vector<inbox*> all_;
};

}  // namespace paipa::detail
#endif
