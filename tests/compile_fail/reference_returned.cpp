// expect: paipa: step 1 returns a reference, but items move from thread to thread; return a value
#include <paipa/paipa.hpp>

#ifdef PAIPA_EXPECT_ERROR
using result = const int&;
#else
using result = int;
#endif

int main() {
    auto f = paipa::step("same", [](const int& x) -> result { return x; });
    paipa::pipeline p{f};
}
