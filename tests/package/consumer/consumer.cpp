#include <paipa/paipa.hpp>

#include <cstdio>
#include <string>

namespace {

std::string download(std::string url) {
    return "<" + url + ">";
}

void print(std::string page) {
    std::puts(page.c_str());
}

}  // namespace

int main() {
    auto flow = paipa::step("download", download, {.threads = 3}) | paipa::step("print", print);
    paipa::pipeline p{flow, {.quiet = true}};
    p.put("a");
    p.finish();
    const paipa::report r = p.run();
    return r.balanced() && r.delivered == 1 ? 0 : 1;
}
