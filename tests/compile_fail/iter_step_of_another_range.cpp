// expect: paipa: step 2 is an iter step that cannot take a range of what the step before it returns
#include <paipa/paipa.hpp>

#include <string>

#ifdef PAIPA_EXPECT_ERROR
using item = std::string;
#else
using item = int;
#endif

int main() {
    auto f = paipa::step("a", [](int x) { return x; }) |
             paipa::iter_step("b", [](paipa::generator<item> in) { return in; });
}
