// expect: paipa: this class step lacks process: override 'Result process(In)' of its abstract_step
#include <paipa/paipa.hpp>

struct idle : paipa::abstract_step<int, int> {
#ifndef PAIPA_EXPECT_ERROR
    int process(int x) override { return x; }
#endif
};

int main() {
    auto f = paipa::step<idle>("idle");
    paipa::pipeline<int> p{f};
}
