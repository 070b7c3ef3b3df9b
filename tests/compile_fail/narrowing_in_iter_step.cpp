// expect: paipa: step 2 would narrow the item that reaches it (see From and To); take that type, or
#include <paipa/paipa.hpp>

#ifdef PAIPA_EXPECT_ERROR
using item = int;
#else
using item = long double;
#endif

int main() {
    paipa::pipeline p{paipa::step("half", [](int x) { return x / 2.0; }) |
                      paipa::iter_step("same", [](paipa::generator<item> in) { return in; })};
}
