// expect: no matching function for call to
#include <paipa/paipa.hpp>

int main() {
#ifdef PAIPA_EXPECT_ERROR
    auto f = paipa::step("a", [](int x) { return x; }, {.workers = 2});
#else
    auto f = paipa::step("a", [](int x) { return x; }, {.threads = 2});
#endif
    paipa::pipeline p{f};
}
