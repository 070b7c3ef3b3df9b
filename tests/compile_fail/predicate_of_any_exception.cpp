// expect: paipa: this predicate takes no exception; give it one parameter, the type of the
// exception
#include <paipa/paipa.hpp>

int main() {
#ifdef PAIPA_EXPECT_ERROR
    paipa::failure_rules rules = paipa::drop_on_if([](const auto&) { return true; });
#else
    paipa::failure_rules rules = paipa::drop_on_if([](const std::exception&) { return true; });
#endif
    paipa::pipeline p{paipa::step("a", [](int x) { return x; }, {.on_failure = rules})};
}
