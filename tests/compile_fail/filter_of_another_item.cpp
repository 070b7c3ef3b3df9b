// expect: paipa: step 2 is a filter whose predicate cannot look at the item that reaches it; it
#include <paipa/paipa.hpp>

#include <string>

#ifdef PAIPA_EXPECT_ERROR
using item = std::string;
#else
using item = int;
#endif

int main() {
    auto f = paipa::step("a", [](int x) { return x; }) |
             paipa::filter([](const item& x) { return x != item{}; });
}
