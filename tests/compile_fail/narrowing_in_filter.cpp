// expect: paipa: step 2 would narrow the item that reaches it (see From and To); take that type, or
#include <paipa/paipa.hpp>

#ifdef PAIPA_EXPECT_ERROR
using parameter = int;
#else
using parameter = double;
#endif

int main() {
    auto f = paipa::step("half", [](int x) { return x / 2.0; }) |
             paipa::filter([](parameter x) { return x > 0; });
    paipa::pipeline p{f};
}
