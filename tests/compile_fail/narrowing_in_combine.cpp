// expect: paipa: step 1 would narrow the item that reaches it (see From and To); take that type, or
#include <paipa/paipa.hpp>

#ifdef PAIPA_EXPECT_ERROR
using item = int;
#else
using item = double;
#endif

paipa::generator<item> pass(paipa::generator<item> in) {
    for (const item x : in) {
        co_yield x;
    }
}

int main() {
    auto chain = paipa::combine(std::vector{1.5}, pass, paipa::map([](double x) { return x; }));
    paipa::consume(chain);
}
