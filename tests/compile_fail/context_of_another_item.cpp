// expect: paipa: step 2 cannot take the item that the step before it returns
#include <paipa/paipa.hpp>

#include <string>

#ifdef PAIPA_EXPECT_ERROR
using item = std::string;
#else
using item = int;
#endif

int main() {
    paipa::pipeline p{paipa::step("a", [](int x, paipa::context&) { return x; }) |
                      paipa::step("b", [](item, paipa::context&) {})};
}
