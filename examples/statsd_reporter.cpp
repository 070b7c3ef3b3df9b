// The snippets of docs/how-to/send-figures-elsewhere.md, as one program.

#include <paipa/paipa.hpp>

#include <cstdio>
#include <functional>
#include <memory>
#include <ranges>
#include <span>
#include <string>
#include <utility>

namespace {

// [reporter]
class statsd_reporter final : public paipa::reporter {
public:
    explicit statsd_reporter(std::function<void(const std::string&)> send)
        : send_(std::move(send)) {}

    void show(std::span<const paipa::step_record> steps) override {
        for (const paipa::step_record& s : steps) {
            send_("paipa." + s.name + ".count:" + std::to_string(s.count) + "|g");
        }
    }

private:
    std::function<void(const std::string&)> send_;  // one datagram to port 8125, for instance
};

// [/reporter]

void print(const std::string& datagram) {
    std::printf("%s\n", datagram.c_str());
}

}  // namespace

int main() {
    // [use]
    const auto statsd = std::make_shared<statsd_reporter>(print);

    const paipa::runtime_debugger debug{{.reporters = {statsd}}};  // of a chain
    paipa::consume(paipa::combine(debug, std::views::iota(0, 100), paipa::chunk(10)));

    paipa::pipeline p{paipa::step("store", [](int) {}),  // of a pipeline on threads
                      {.quiet = true, .reporters = {statsd}}};
    p.put_iterable(std::views::iota(0, 100));
    p.run();
    // [/use]
}
