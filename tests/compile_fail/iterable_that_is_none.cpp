// expect: paipa: put_iterable takes a range of items, or a callable without arguments that returns
#include <paipa/paipa.hpp>

#include <vector>

int main() {
    paipa::pipeline p{paipa::step("same", [](int x) { return x; })};
#ifdef PAIPA_EXPECT_ERROR
    p.put_iterable(3);
#else
    p.put_iterable([] { return std::vector<int>(3); });
#endif
}
