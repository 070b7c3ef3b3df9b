// expect: calling function 'add' requires holding mutex 'mutex_'
#include <paipa/detail/sync/mutex.hpp>
#include <paipa/detail/sync/waking_lock.hpp>
#include <paipa/runtime.hpp>
#include <paipa/time.hpp>

class counter {
public:
    void wait_and_add() {
        paipa::detail::waking_lock lock(paipa::default_runtime(), mutex_);
        lock.park(paipa::never);
        add();
        lock.unlock();
#ifndef PAIPA_EXPECT_ERROR
        lock.lock();
#endif
        add();
    }

private:
    void add() PAIPA_REQUIRES(mutex_) { ++items_; }

    paipa::detail::mutex mutex_;
    int items_ PAIPA_GUARDED_BY(mutex_) = 0;
};

int main() {
    counter c;
    c.wait_and_add();
}
