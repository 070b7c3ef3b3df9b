// expect: paipa: step 2 is a flat_map whose function cannot take the item that reaches it; change
#include <paipa/paipa.hpp>

#include <string>
#include <vector>

#ifdef PAIPA_EXPECT_ERROR
using item = std::string;
#else
using item = int;
#endif

int main() {
    auto f = paipa::step("a", [](int x) { return x; }) |
             paipa::flat_map([](item x) { return std::vector<item>{x, x}; });
}
