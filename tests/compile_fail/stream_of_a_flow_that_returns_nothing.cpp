// expect: paipa: stream: the flow's last step returns nothing, so nothing would come out; use a
#include <paipa/paipa.hpp>

#include <vector>

int main() {
    const std::vector<int> numbers{1, 2, 3};
    auto out = paipa::stream(numbers, paipa::step("a", [](int x) {
#ifdef PAIPA_EXPECT_ERROR
                                 (void)x;
#else
                                 return x;
#endif
                             }));
#ifndef PAIPA_EXPECT_ERROR
    paipa::consume(out);
#endif
}
