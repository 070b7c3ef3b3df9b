// expect: paipa: step 2 takes items whose destructor may throw, which would end the process;
// declare
#include <paipa/paipa.hpp>

struct item {
#ifdef PAIPA_EXPECT_ERROR
    ~item() noexcept(false) {}
#endif
};

int main() {
    auto f = paipa::step("a", [](int) { return item{}; }) |
             paipa::step("b", [](const item&) { return item{}; }) |
             paipa::step("c", [](const item&) {});
    paipa::pipeline p{f};
}
