// expect: paipa: step 1 would narrow the item that reaches it (see From and To); take that type, or
#include <paipa/paipa.hpp>

#ifdef PAIPA_EXPECT_ERROR
using item = const char*;
#else
using item = bool;
#endif

int main() {
    paipa::pipeline<item> p{paipa::step("a", [](bool x) { return x; })};
}
