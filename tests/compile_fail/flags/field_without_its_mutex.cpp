// expect: reading variable 'items_' requires holding mutex 'mutex_'
#include <paipa/detail/sync/mutex.hpp>

class counter {
public:
    void add() {
        const paipa::detail::mutex_lock lock(mutex_);
        ++items_;
    }

    int items() {
#ifndef PAIPA_EXPECT_ERROR
        const paipa::detail::mutex_lock lock(mutex_);
#endif
        return items_;
    }

private:
    paipa::detail::mutex mutex_;
    int items_ PAIPA_GUARDED_BY(mutex_) = 0;
};

int main() {
    counter c;
    c.add();
    return c.items();
}
