// expect: paipa: step 1 cannot take the item that the step before it returns (or the pipeline's
#include <paipa/paipa.hpp>

#include <string>
#include <vector>

#ifdef PAIPA_EXPECT_ERROR
using item = std::string;
#else
using item = int;
#endif

int main() {
    const std::vector<item> items(3);
    auto out = paipa::stream(items, paipa::step("a", [](int x) { return x; }));
#ifndef PAIPA_EXPECT_ERROR
    paipa::consume(out);
#endif
}
