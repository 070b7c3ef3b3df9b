// expect: paipa: a step behind the sixth one cannot take the item that the step before it returns
#include <paipa/paipa.hpp>

#include <string>

#ifdef PAIPA_EXPECT_ERROR
using item = std::string;
#else
using item = int;
#endif

int main() {
    auto f = paipa::identity() | paipa::identity() | paipa::identity() | paipa::identity() |
             paipa::identity() | paipa::identity() | paipa::map([](item x) { return x; });
    paipa::pipeline<int> p{f};
}
