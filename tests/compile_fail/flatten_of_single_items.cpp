// expect: paipa: step 2 flattens, but what reaches it is no range (text is not taken for one); put
#include <paipa/paipa.hpp>

#include <string>
#include <vector>

#ifdef PAIPA_EXPECT_ERROR
using item = std::string;
#else
using item = std::vector<int>;
#endif

int main() {
    auto f = paipa::step("a", [](int) { return item{}; }) | paipa::flatten();
}
