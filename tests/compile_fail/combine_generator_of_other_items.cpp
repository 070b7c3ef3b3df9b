// expect: paipa: step 1 takes a generator of items that what reaches it cannot become; change its
#include <paipa/paipa.hpp>

#include <string>
#include <vector>

#ifdef PAIPA_EXPECT_ERROR
using item = int;
#else
using item = std::string;
#endif

paipa::generator<std::string> shout(paipa::generator<std::string> texts) {
    for (std::string&& text : texts) {
        text += "!";
        co_yield std::move(text);
    }
}

int main() {
    const std::vector<item> items(3);
    auto chain = paipa::combine(items, shout, paipa::chunk(3));
    paipa::consume(chain);
}
