// expect: paipa: step 2 would narrow the item that reaches it (see From and To); take that type, or
#include <paipa/paipa.hpp>

#ifdef PAIPA_EXPECT_ERROR
using parameter = int;
#else
using parameter = double;
#endif

int main() {
    paipa::pipeline p{paipa::fuse(paipa::step("half", [](int x) { return x / 2.0; }),
                                  paipa::step("whole", [](parameter x) { return x; }))};
}
