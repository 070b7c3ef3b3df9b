// expect: paipa: in combine a map takes no context
#include <paipa/paipa.hpp>

#include <vector>

int main() {
    const auto f = [](int x, paipa::context& here) { return x + static_cast<int>(here.index()); };
    const std::vector<int> items{1, 2};
#ifdef PAIPA_EXPECT_ERROR
    auto chain = paipa::combine(items, paipa::map(f));
#else
    auto chain = paipa::combine(items, paipa::step("a", f));
#endif
    for (const int x : chain) {
        (void)x;
    }
}
