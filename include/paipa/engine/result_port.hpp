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

#include <cstddef>
#include <cstdint>
#include <string>

namespace paipa::engine {

/// The results of a run: the edge behind the last step, and the one reader it may have. The run
/// sees to it that `next` and `discard` are called by one thread at a time
/// (`run_core::may_discard`).
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

    /// Nobody reads: takes what comes, until the end or the time, and counts it as unread. The
    /// current result stays where it is. Throws `std::bad_alloc`, then nothing was taken.
    void discard(time_point until);

    /// Taken from the edge, but given to no reader.
    [[nodiscard]] std::uint64_t unread();

    engine::edge edge;

private:
    bool fetch(inbox& box, time_point until);
    void drop_current() noexcept;
    void measure();

    runtime& rt_;
    inbox box_;
    bool has_current_ = false;
    bool is_told_ = false;      // the edge knows that the current one is done with
    std::size_t in_batch_ = 0;  // since the last batch was taken
    counter read_;              // given to readers
    pace speed_;
    time_sheet times_;
};

}  // namespace paipa::engine
#endif
