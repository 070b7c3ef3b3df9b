// expect: paipa: step 2 returns nothing, so nothing reaches the step behind it; return the item, or
#include <paipa/paipa.hpp>

int main() {
    auto f = paipa::step("a", [](int x) { return x; }) |
             paipa::step("print",
                         [](int x) {
#ifndef PAIPA_EXPECT_ERROR
                             return x;
#else
                             (void)x;
#endif
                         }) |
             paipa::step("b", [](int x) { return x; }) | paipa::step("c", [](int x) { return x; });
}
