// expect: paipa: step 2 would narrow the item that reaches it (see From and To); take that type, or
#include <paipa/paipa.hpp>

#ifdef PAIPA_EXPECT_ERROR
using parameter = int;
#else
using parameter = double;
#endif

int main() {
    auto f = paipa::step("half", [](int x) { return x / 2.0; }) |
             paipa::step("whole", [](parameter x) { return x; }) |
             paipa::step("float", [](long double x) { return x; });  // wider
    paipa::pipeline p{f};
    auto from_integers = paipa::step("a", [](long x) { return x; }) |
                         paipa::step("b", [](float x) { return x; });  // an integer may become one
    paipa::pipeline q{from_integers};
}
