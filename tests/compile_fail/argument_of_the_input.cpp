// expect: paipa: step 1 cannot take the item that the step before it returns (or the pipeline's
#include <paipa/paipa.hpp>

#include <string>

#ifdef PAIPA_EXPECT_ERROR
using input = std::string;
#else
using input = int;
#endif

int main() {
    auto f = paipa::step("twice", [](int x) { return 2 * x; });
    paipa::pipeline<input> p{f};
}
