// expect: paipa: step 2 is an iter step that returns no range; return a generator
#include <paipa/paipa.hpp>

int main() {
    auto f = paipa::step("a", [](int x) { return x; }) |
             paipa::iter_step("b", [](paipa::generator<int> in) {
#ifdef PAIPA_EXPECT_ERROR
                 return *in.begin();
#else
                 return in;
#endif
             });
}
