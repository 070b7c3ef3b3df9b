// expect: paipa: step 1 is a coroutine that takes by reference what its item is converted to
#include <paipa/paipa.hpp>

#include <string>
#include <vector>

#ifdef PAIPA_EXPECT_ERROR
using item = const std::string&;
#else
using item = std::string;
#endif

paipa::generator<char> letters(item word) {
    for (const char letter : word) {
        co_yield letter;
    }
}

int main() {
    const std::vector<const char*> words{"a", "b"};
    auto chain = paipa::combine(words, paipa::step("letters", letters));
    paipa::consume(chain);
}
