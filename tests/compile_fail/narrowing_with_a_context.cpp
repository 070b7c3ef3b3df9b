// expect: paipa: step 2 would narrow the item that reaches it
#include <paipa/paipa.hpp>

#ifdef PAIPA_EXPECT_ERROR
using item = char;
#else
using item = long;
#endif

int main() {
    paipa::pipeline p{paipa::step("a", [](int x, paipa::context&) { return x; }) |
                      paipa::step("b", [](item, paipa::context&) {})};
}
