#ifndef PAIPA_DETAIL_EDGE_INLETS_HPP
#define PAIPA_DETAIL_EDGE_INLETS_HPP
#include <algorithm>
#include <any>
#include <cstddef>
#include <vector>

namespace paipa::detail {

/// The ways into an edge. A meta entry comes by each of them. Where it has come, the inlet is held:
/// what follows there waits until the entry has come by all inlets that are open. So the entry
/// keeps its place among the items of each inlet. The writers of an inlet have given their reserved
/// slots back before an entry comes by it, so they stage nothing while it is held.
///
/// Threads: none; the edge's mutex guards it. The first inlet is there from the start.
class inlets {
public:
    /// Before the run. Returns the number of the new one.
    std::size_t add() {
        all_.emplace_back();
        return all_.size() - 1;
    }

    [[nodiscard]] bool are_several() const noexcept { return all_.size() > 1; }

    [[nodiscard]] bool is_held(std::size_t i) const noexcept { return all_[i].held; }

    /// The entry has come by an inlet that is not held. The caller gets what lay there from an
    /// earlier entry, and destroys it without the lock.
    void hold(std::size_t i, std::any& entry) noexcept {
        all_[i].held = true;
        all_[i].entry.swap(entry);
    }

    /// Nothing more comes by this one. True: nothing more comes at all.
    bool close(std::size_t i) noexcept {
        all_[i].closed = true;
        return std::all_of(all_.begin(), all_.end(), [](const inlet& in) { return in.closed; });
    }

    /// The entry, if it has come by all open inlets. It is that of the first inlet by which it
    /// came, and no inlet is held any more. Else null.
    [[nodiscard]] std::any* pass() noexcept {
        std::any* entry = nullptr;
        for (auto in = all_.rbegin(); in != all_.rend(); ++in) {
            if (in->held) {
                entry = &in->entry;
            } else if (!in->closed) {
                return nullptr;
            }
        }
        for (inlet& in : all_) {
            in.held = false;
        }
        return entry;
    }

private:
    struct inlet {
        bool closed = false;
        bool held = false;
        std::any entry{};  // while it is held; what is left of it goes with the next one
    };

    std::vector<inlet> all_{1};
};

}  // namespace paipa::detail
#endif
