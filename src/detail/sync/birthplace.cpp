#include <paipa/detail/sync/birthplace.hpp>

#include <atomic>
#include <pthread.h>

namespace paipa::detail {

constinit std::atomic<unsigned> birthplace::forks{nowhere + 1};

void birthplace::note() noexcept {
    // Where there is no memory for the handler, copies take themselves for the original.
    static const int watched =
        pthread_atfork(nullptr, nullptr, [] { forks.fetch_add(1, std::memory_order_relaxed); });
    static_cast<void>(watched);
    noted_.store(forks.load(std::memory_order_relaxed), std::memory_order_relaxed);
}

}  // namespace paipa::detail
