// expect: paipa: fuse takes function steps: paipa::step(name, function)
#include <paipa/paipa.hpp>

int main() {
    const auto same = paipa::step("same", [](int x) { return x; });
#ifdef PAIPA_EXPECT_ERROR
    const auto behind = paipa::chunk(3);
#else
    const auto behind = paipa::step("text", [](int x) { return x + 1; });
#endif
    paipa::pipeline p{paipa::fuse(same, behind)};
    p.finish();
    p.run();
}
