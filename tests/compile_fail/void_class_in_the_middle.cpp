// expect: paipa: step 1 returns nothing, so nothing reaches the step behind it
#include <paipa/paipa.hpp>

#ifdef PAIPA_EXPECT_ERROR
using output = void;
#else
using output = int;
#endif

struct printing final : paipa::abstract_step<int, output> {
    output process(int x) override { return output(x); }
};

int main() {
    auto f = paipa::step<printing>("print") | paipa::step("b", [](int x) { return x; });
}
