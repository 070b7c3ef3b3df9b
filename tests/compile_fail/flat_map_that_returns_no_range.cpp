// expect: paipa: step 2 is a flat_map whose function returns no range; return a container or a
#include <paipa/paipa.hpp>

#include <vector>

int main() {
    auto f = paipa::step("a", [](int x) { return x; }) | paipa::flat_map([](int x) {
#ifdef PAIPA_EXPECT_ERROR
                 return x;
#else
                 return std::vector<int>{x};
#endif
             });
    paipa::pipeline<int> p{f};
}
