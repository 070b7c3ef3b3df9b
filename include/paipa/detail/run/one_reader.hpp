#ifndef PAIPA_DETAIL_RUN_ONE_READER_HPP
#define PAIPA_DETAIL_RUN_ONE_READER_HPP
#include <paipa/detail/sync/mutex.hpp>
#include <paipa/detail/sync/wait_list.hpp>
#include <paipa/runtime.hpp>

namespace paipa::detail {

/// Sees to it that one at a time takes the results of a run: a range, which one thread reads, or a
/// call that waits for the end of the run and throws the results away meanwhile.
///
/// Threads: all calls from any thread.
class one_reader {
public:
    explicit one_reader(runtime& rt) noexcept : rt_(rt) {}

    one_reader(const one_reader&) = delete;
    one_reader& operator=(const one_reader&) = delete;
    ~one_reader() = default;

    /// A range was made on the calling thread. False: somebody else takes the results.
    [[nodiscard]] bool come();

    /// The range begins to read, on the calling thread. Waits while a call throws results away.
    void begin();

    /// The range is gone. `has_read`: it has taken results.
    void leave(bool has_read);

    [[nodiscard]] bool has_range() const;

    /// A range has taken some results and left, and no other one has come. Once the pipeline is
    /// destroyed nobody can read the rest.
    [[nodiscard]] bool has_lost_its_range() const;

    /// Whether the calling thread may throw results away: nobody else takes them. A range of the
    /// calling thread reads nothing meanwhile; one of another thread may.
    [[nodiscard]] bool may_discard() const;

    /// True: until `end_discarding` the calling thread throws results away.
    [[nodiscard]] bool begin_discarding();

    void end_discarding() noexcept;

private:
    [[nodiscard]] bool is_free_for(const seat& here) const PAIPA_REQUIRES(mutex_);

    runtime& rt_;
    mutable mutex mutex_;
    bool has_range_ PAIPA_GUARDED_BY(mutex_) = false;
    const seat* reader_ PAIPA_GUARDED_BY(mutex_) = nullptr;  // where the range was made, or reads
    bool was_left_ PAIPA_GUARDED_BY(mutex_) =
        false;  // a range has taken results and gone; another may come
    bool is_discarding_ PAIPA_GUARDED_BY(mutex_) = false;
    wait_list waiting_ PAIPA_GUARDED_BY(mutex_);  // for the end of it
};

}  // namespace paipa::detail
#endif
