// expect: paipa: step 1 cannot take the item that the step before it returns (or the pipeline's
#include <paipa/paipa.hpp>

#include <memory>
#include <string>

#ifdef PAIPA_EXPECT_ERROR
using item = std::string;
#else
using item = int;
#endif

int main() {
    paipa::pipeline p{paipa::step("same", [](int x) { return x; }),
                      std::make_shared<paipa::queue<item>>(1)};
}
