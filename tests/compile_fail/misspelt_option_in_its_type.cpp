// expect: workers
#include <paipa/paipa.hpp>

int main() {
#ifdef PAIPA_EXPECT_ERROR
    auto f = paipa::step("a", [](int x) { return x; }, paipa::step_options{.workers = 2});
#else
    auto f = paipa::step("a", [](int x) { return x; }, paipa::step_options{.threads = 2});
#endif
    paipa::pipeline p{f};
}
