// expect: paipa: the pipeline's output type differs from what the last step returns; name that
#include <paipa/paipa.hpp>

#include <string>

#ifdef PAIPA_EXPECT_ERROR
using output = std::string;
#else
using output = int;
#endif

int main() {
    paipa::pipeline<int, output> p{paipa::step("same", [](int x) { return x; })};
}
