#ifndef PAIPA_ENGINE_RESULT_PORT_HPP
#define PAIPA_ENGINE_RESULT_PORT_HPP
#include <paipa/engine/boxes.hpp>
#include <paipa/engine/edge.hpp>
#include <paipa/engine/item_type.hpp>
#include <paipa/engine/pace.hpp>
#include <paipa/engine/time_sheet.hpp>
#include <paipa/engine/worker_core.hpp>
#include <paipa/runtime.hpp>
#include <paipa/time.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>

namespace paipa::engine {

/// The results of a run: the edge behind the last step, and the one reader it may have.
class result_port {
public:
    result_port(runtime& rt, const std::string& from, std::size_t capacity, const item_type& type);

    result_port(const result_port&) = delete;
    result_port& operator=(const result_port&) = delete;
    ~result_port();

    /// Makes the next result current. False: the end, or the time.
    bool next(time_point until);

    /// The current result's cell; good until the next call of `next`.
    [[nodiscard]] void* current() const noexcept { return box_.taken(); }

    /// Nobody reads: takes what comes, until the end or the time, and counts it as unread.
    void discard(time_point until);

    /// Taken from the edge, but given to no reader.
    [[nodiscard]] std::uint64_t unread();

    engine::edge edge;
    /// Who may call `next` and `discard`: the thread that reads a `results()` range, from the
    /// making of the range to its end, or one that throws results away. Null: nobody. Pairs each
    /// claim with the release before it, so the members below go from hand to hand.
    std::atomic<seat*> reader{nullptr};

private:
    bool advance(time_point until);
    void drop_current() noexcept;
    void measure();

    runtime& rt_;
    inbox box_;
    bool has_current_ = false;
    std::size_t in_batch_ = 0;  // since the last batch was taken
    counter read_;              // given to readers
    pace speed_;
    time_sheet times_;
};

}  // namespace paipa::engine
#endif
