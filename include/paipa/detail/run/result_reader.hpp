#ifndef PAIPA_DETAIL_RUN_RESULT_READER_HPP
#define PAIPA_DETAIL_RUN_RESULT_READER_HPP
#include <paipa/detail/edge/edge.hpp>
#include <paipa/detail/edge/edge_core.hpp>
#include <paipa/detail/edge/inbox.hpp>
#include <paipa/detail/item/item_type.hpp>
#include <paipa/detail/stage/batch_sizer.hpp>
#include <paipa/detail/stage/time_sheet.hpp>
#include <paipa/detail/stage/worker_context.hpp>
#include <paipa/runtime.hpp>
#include <paipa/time.hpp>

#include <cstddef>
#include <cstdint>
#include <string>

namespace paipa::detail {

/// Takes the results of a run from the edge behind the last step, for the one reader that a run may
/// have. The run sees to it that a reader and a thread that throws results away never use this at
/// the same time (`one_reader`).
class result_reader {
public:
    /// `is_open`: nobody has declared the capacity. Then it holds as it is until somebody reads, as
    /// a caller may put all items before, and is bounded by the reader's speed from there on.
    result_reader(runtime& rt, const std::string& from, std::size_t capacity, const item_type& type,
                  bool is_open);

    result_reader(const result_reader&) = delete;
    result_reader& operator=(const result_reader&) = delete;
    ~result_reader();

    /// Makes the next result of the batch in hand current. False: it is used up.
    bool next_in_batch();

    /// Waits for the next batch. `taken::nothing`: the time; `end` or `cancelled`: no more.
    taken fetch(time_point until);

    /// The current result's cell; good until the next call of `next_in_batch` or `drop_current`.
    [[nodiscard]] void* current() const noexcept { return inbox_.taken(); }

    /// Destroys the current result, if there is one.
    void drop_current() noexcept;

    /// Nobody reads from here on, or as long as this is on: the last step's workers drop what finds
    /// no room, so that no user code runs on the thread that waits for the end. The current result
    /// stays where it is, and is the last one that a reader has had. Where tickets travel the
    /// others end here, because a source may wait for their tickets.
    void discard(bool on) noexcept;

    /// When the run has ended: what is still there counts as unread. Its destructors wait until the
    /// run is destroyed.
    void give_up_rest() noexcept;

    /// Whether a reader has had one.
    [[nodiscard]] bool was_read() const noexcept { return read_.get() > 0; }

    /// Taken from the edge, but given to no reader.
    [[nodiscard]] std::uint64_t unread();

    detail::edge edge;

private:
    void measure();
    void end_tickets() noexcept;

    runtime& rt_;
    inbox inbox_;
    bool is_open_;  // until the bound follows the reader
    bool has_current_ = false;
    bool is_over_ = false;      // the rest of the batch is for nobody
    std::size_t in_batch_ = 0;  // since the last batch was taken
    counter read_;              // given to readers
    batch_sizer sizer_;
    time_sheet times_;
};

}  // namespace paipa::detail
#endif
