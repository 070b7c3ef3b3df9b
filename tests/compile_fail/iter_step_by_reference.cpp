// expect: paipa: step 2 is a coroutine that takes its range by reference, which is gone when it
// runs
#include <paipa/paipa.hpp>

#ifdef PAIPA_EXPECT_ERROR
using range = const paipa::generator<int>&;
#else
using range = paipa::generator<int>;
#endif

paipa::generator<int> none(range) {
    co_return;
}

int main() {
    paipa::pipeline p{paipa::step("a", [](int x) { return x; }) | paipa::iter_step("b", none)};
    p.finish();
    p.run();
}
