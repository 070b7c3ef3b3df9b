// expect: paipa: step 2 cannot take the item that the step before it returns (or the pipeline's
#include <paipa/paipa.hpp>

#include <string>

#ifdef PAIPA_EXPECT_ERROR
using parameter = int;
#else
using parameter = std::string;
#endif

int main() {
    auto f = paipa::step("text", [](int x) { return std::to_string(x); }) |
             paipa::step("length", [](const parameter&) { return 1; }) |
             paipa::step("end", [](int) {});
    paipa::pipeline p{f};
    p.run();
}
