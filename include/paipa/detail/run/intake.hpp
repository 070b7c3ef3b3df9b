#ifndef PAIPA_DETAIL_RUN_INTAKE_HPP
#define PAIPA_DETAIL_RUN_INTAKE_HPP
#include <paipa/detail/sync/lock_order.hpp>
#include <paipa/detail/sync/mutex.hpp>
#include <paipa/report.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace paipa::detail {

class lifecycle;
class source_core;
struct graph;
struct worker_context;

/// Feeds a run: holds its sources, and closes the first edge when no more items come.
///
/// Threads: all calls from any thread. Its mutex guards all of its fields, see `lock_order`. A
///          source is only added and never moved, so a pointer to one stays good without the lock.
class intake {
public:
    intake(lifecycle& life, graph& g) noexcept;

    intake(const intake&) = delete;
    intake& operator=(const intake&) = delete;
    ~intake();

    /// Begins the run with so many threads, and one for each source. With sources the input ends
    /// with them. Returns the state before: when it is not ready, nothing has changed.
    run_state begin(std::size_t threads);

    struct added {
        bool is_late;           // no more items are taken: the source is gone
        source_core* to_start;  // null: it starts with the others
    };

    /// Sources of one kind are numbered from the second one on.
    added add(std::unique_ptr<source_core> source);

    /// The next source to start. Null at the end of the list: from then on `add` tells to start
    /// them.
    source_core* next_to_start(std::size_t i);

    /// The start has failed: no source will run.
    void give_up_start();

    /// A source has ended.
    void source_left();

    /// No more items are taken. The edge closes as soon as there is no source.
    void finish();

    /// The sources must pull no more.
    void stop_sources() noexcept;

    /// Asks the sources' stop tokens to stop. User code may listen, and runs here.
    void request_stops() noexcept;
    [[nodiscard]] bool stops_may_run_user_code() const noexcept;

    /// At the end, also those that never started: whoever feeds them must not wait.
    void sources_left(std::string_view why) noexcept;

    /// There are sources, and each of them ends by itself.
    [[nodiscard]] bool ends_by_itself() const;

    /// Null behind the last one.
    [[nodiscard]] source_core* source(std::size_t i) const noexcept;

    /// The name of the source with this place; "source" for what fails before there are workers.
    [[nodiscard]] std::string name_of(const worker_context& at) const;

private:
    template <class F>
    void for_each(F f) const;

    lifecycle& life_;
    graph& graph_;
    mutable mutex mutex_{lock_order::intake};
    std::vector<std::unique_ptr<source_core>> sources_ PAIPA_GUARDED_BY(mutex_);
    std::size_t left_ PAIPA_GUARDED_BY(mutex_) = 0;            // not ended, started or not
    bool ends_with_sources_ PAIPA_GUARDED_BY(mutex_) = false;  // there were sources at the start
    bool have_started_ PAIPA_GUARDED_BY(mutex_) = false;  // sources that come later start at once
};

}  // namespace paipa::detail
#endif
