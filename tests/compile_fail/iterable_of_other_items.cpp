// expect: paipa: put_iterable: the range's items cannot become the pipeline's input
#include <paipa/paipa.hpp>

#include <string>
#include <vector>

#ifdef PAIPA_EXPECT_ERROR
using item = std::string;
#else
using item = short;
#endif

int main() {
    paipa::pipeline p{paipa::step("same", [](int x) { return x; })};
    p.put_iterable(std::vector<item>(3));
}
