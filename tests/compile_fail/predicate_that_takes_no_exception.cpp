// expect: paipa: this predicate takes no exception; give it one parameter, the type of the
// exception
#include <paipa/paipa.hpp>

int main() {
#ifdef PAIPA_EXPECT_ERROR
    auto on = paipa::retry_on_if([] { return true; });
#else
    auto on = paipa::retry_on_if([](int) { return true; });
#endif
    auto f = paipa::step("a", [](int x) { return x; }, {.retry = {.attempts = 2, .on = on}});
    paipa::pipeline p{f};
}
