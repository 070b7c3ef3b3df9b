// expect: paipa: put_iterable takes a range of items, or a callable without arguments that returns
#include <paipa/paipa.hpp>

#include <vector>

int main() {
    paipa::pipeline p{paipa::step("same", [](int x) { return x; })};
    p.put_iterable([] {
#ifdef PAIPA_EXPECT_ERROR
        return 3;
#else
        return std::vector<int>(3);
#endif
    });
}
