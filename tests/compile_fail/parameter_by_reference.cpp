// expect: paipa: step 2 takes its item by non-const reference; take it by value or by const
// reference
#include <paipa/paipa.hpp>

#ifdef PAIPA_EXPECT_ERROR
using parameter = std::string&;
#else
using parameter = const std::string&;
#endif

int main() {
    auto f = paipa::step("a", [](int x) { return std::to_string(x); }) |
             paipa::step("b", [](parameter s) { return s.size(); });
    paipa::pipeline p{f};
}
