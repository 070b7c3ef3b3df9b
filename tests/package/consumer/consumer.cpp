#include <paipa/version.hpp>

#include <cstdio>

int main() {
    std::printf("paipa %s\n", paipa::version().data());
    return 0;
}
