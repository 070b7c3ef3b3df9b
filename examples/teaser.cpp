// The example of the README: three downloads at a time, one printer.
// [teaser]
#include <paipa/pipeline.hpp>

#include <cstdio>
#include <string>

std::string download(std::string url) {
    return "<html>" + url + "</html>";
}

int main() {
    auto flow = paipa::step("download", download, {.threads = 3}) |
                paipa::step("print", [](const std::string& page) { std::puts(page.c_str()); });
    paipa::pipeline p{flow, {.quiet = true}};
    p.put("example.org");
    p.finish();
    const paipa::report r = p.run();  // blocks until everything is done, rethrows the first failure
    return r.delivered == 1 ? 0 : 1;
}

// [/teaser]
