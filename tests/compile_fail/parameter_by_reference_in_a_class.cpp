// expect: paipa: this class step takes its item by non-const reference; give abstract_step the item
#include <paipa/paipa.hpp>

#ifdef PAIPA_EXPECT_ERROR
using parameter = std::string&;
#else
using parameter = const std::string&;
#endif

struct length : paipa::abstract_step<parameter, std::size_t> {
    std::size_t process(parameter s) override { return s.size(); }
};

int main() {
    paipa::pipeline p{paipa::step<length>("length")};
}
