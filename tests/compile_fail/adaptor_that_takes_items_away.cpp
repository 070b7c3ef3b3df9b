// expect: paipa: step 1 is a range adaptor with a predicate that takes the item away; let the
#include <paipa/paipa.hpp>

#ifdef PAIPA_EXPECT_ERROR
using parameter = std::string&&;
#else
using parameter = const std::string&;
#endif

bool is_text(std::string s) {
    return !s.empty();
}

int main() {
    auto chain = paipa::combine(
        std::vector<std::string>(3),
        std::views::filter(is_text) |
            std::views::transform([](parameter s) { return std::string(std::move(s)); }));
    paipa::consume(chain);
}
