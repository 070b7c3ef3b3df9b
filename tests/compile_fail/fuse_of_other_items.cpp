// expect: paipa: step 3 cannot take the item that the step before it returns
#include <paipa/paipa.hpp>

#include <string>

#ifdef PAIPA_EXPECT_ERROR
using item = std::string;
#else
using item = int;
#endif

int main() {
    const auto same = paipa::step("same", [](int x) { return x; });
    const auto flow = same | paipa::fuse(paipa::step("a", [](int x) { return x; }),
                                         paipa::step("b", [](item x) { return x; }));
}
