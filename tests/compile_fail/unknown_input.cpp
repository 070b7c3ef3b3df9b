// expect: paipa: the first step takes any type, so the pipeline's input type is unknown; name it:
#include <paipa/paipa.hpp>

int main() {
    auto f = paipa::step("same", [](auto x) { return x; });
#ifdef PAIPA_EXPECT_ERROR
    paipa::pipeline p{f};
#else
    paipa::pipeline<int> p{f};
#endif
}
