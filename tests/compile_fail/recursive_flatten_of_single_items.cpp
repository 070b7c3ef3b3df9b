// expect: paipa: step 1 flattens, but what reaches it is no range
#include <paipa/paipa.hpp>

#include <vector>

#ifdef PAIPA_EXPECT_ERROR
using item = int;
#else
using item = std::vector<std::vector<int>>;
#endif

int main() {
    paipa::pipeline<item> p{paipa::recursive_flatten()};
}
