#ifndef PAIPA_TESTING_COLLECTOR_HPP
#define PAIPA_TESTING_COLLECTOR_HPP
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"  // a program may have the same names
#include <paipa/detail/sync/mutex.hpp>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace paipa::testing {

/// A last step that keeps what reaches it. Copies share one list, so the workers' copies and the
/// test's look at the same items.
///
/// Threads: all members may be called from any thread.
/// Example: `paipa::testing::collector<int> out; auto f = a | paipa::step("out", out);`
template <class T>
class collector {
public:
    void operator()(T item) const {
        const detail::mutex_lock lock(shared_->mutex);
        shared_->items.push_back(std::move(item));
    }

    /// What has arrived so far, in that order.
    [[nodiscard]] std::vector<T> items() const {
        const detail::mutex_lock lock(shared_->mutex);
        return shared_->items;
    }

    /// What has arrived so far, sorted; for a test with several workers.
    [[nodiscard]] std::vector<T> sorted() const {
        std::vector<T> all = items();
        std::sort(all.begin(), all.end());
        return all;
    }

    /// Moves out what has arrived so far, also move-only items.
    [[nodiscard]] std::vector<T> take() const {
        const detail::mutex_lock lock(shared_->mutex);
        return std::exchange(shared_->items, {});
    }

    [[nodiscard]] std::size_t size() const {
        const detail::mutex_lock lock(shared_->mutex);
        return shared_->items.size();
    }

private:
    struct shared {
        detail::mutex mutex;
        std::vector<T> items PAIPA_GUARDED_BY(mutex);
    };

    std::shared_ptr<shared> shared_ = std::make_shared<shared>();
};

}  // namespace paipa::testing

#pragma GCC diagnostic pop
#endif
