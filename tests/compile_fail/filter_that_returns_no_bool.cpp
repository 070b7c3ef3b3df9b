// expect: paipa: step 2 is a filter whose predicate cannot look at the item that reaches it; it
#include <paipa/paipa.hpp>

int main() {
    auto f = paipa::step("a", [](int x) { return x; }) | paipa::filter([](int x) {
#ifdef PAIPA_EXPECT_ERROR
                 (void)x;
#else
                 return x > 0;
#endif
             });
}
