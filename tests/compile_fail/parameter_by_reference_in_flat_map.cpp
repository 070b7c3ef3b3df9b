// expect: paipa: step 1 takes its item by non-const reference; take it by value or by const
// reference
#include <paipa/paipa.hpp>

#ifdef PAIPA_EXPECT_ERROR
using parameter = std::string&;
#else
using parameter = const std::string&;
#endif

int main() {
    paipa::pipeline<std::string> p{paipa::flat_map([](parameter s) { return std::vector{s}; })};
}
