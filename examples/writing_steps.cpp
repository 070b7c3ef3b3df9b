// The snippets of docs/tutorial/3-writing-steps.md, as one program.

#include <paipa/paipa.hpp>

#include <any>
#include <cstdio>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace {

// [functions]
int passes_on(int x) {
    return x + 1;
}

std::optional<int> skips(int x) {  // nullopt skips; so does throwing paipa::skip_entry
    return x % 2 == 0 ? std::optional(x) : std::nullopt;
}

paipa::generator<int> makes_many(int x) {
    for (int i = 0; i < x; ++i) {
        co_yield x;
    }
}

void ends_the_line(int x) {
    std::printf("%d ", x);
}

// [/functions]

void function_steps() {
    auto flow = paipa::step("passes on", passes_on) | paipa::step("skips", skips) |
                paipa::step("makes many", makes_many) | paipa::step("ends the line", ends_the_line);
    paipa::pipeline p{flow, {.quiet = true}};
    p.put_all({1, 2, 3});
    p.finish();
    p.run();
    std::printf("\n");
}

// [class]
/// Counts words, and sends the sum at the end.
class count_words final : public paipa::abstract_step<std::string, std::string, void> {
public:
    explicit count_words(std::string unit) : unit_(std::move(unit)) {}

    void process(std::string line) override {
        bool in_word = false;
        for (const char c : line) {
            words_ += c != ' ' && !in_word ? 1 : 0;
            in_word = c != ' ';
        }
    }

    std::any process_meta(std::any entry) override {  // an entry between items, see put_meta
        emit("so far: " + std::to_string(words_) + " " + unit_);
        return entry;
    }

    void thread_shutdown() override { emit("in all: " + std::to_string(words_) + " " + unit_); }

private:
    std::string unit_;
    int words_ = 0;  // each worker has its own instance
};

// [/class]

void class_steps() {
    // [use_class]
    auto flow = paipa::step<count_words>("count", {.capacity = 16}, std::string("words")) |
                paipa::step("print", [](const std::string& s) { std::puts(s.c_str()); });
    paipa::pipeline p{flow, {.quiet = true}};
    p.put("the quick brown fox");
    p.put_meta(std::string("anything"));
    p.put("jumps over");
    p.finish();
    p.run();
    // [/use_class]
}

// [iter]
/// The differences between neighbours: one item fewer than come in.
paipa::generator<int> differences(paipa::generator<int> in) {
    std::optional<int> last;
    for (int x : in) {
        if (last) {
            co_yield x - *last;
        }
        last = x;
    }
}

// [/iter]

void iter_steps() {
    // [use_iter]
    auto flow = paipa::iter_step("differences", differences) | paipa::chunk(2) |
                paipa::step("print", [](const std::vector<int>& pair) {
                    std::printf("%zu items, first %d\n", pair.size(), pair.front());
                });
    paipa::pipeline p{flow, {.quiet = true}};
    p.put_all({1, 4, 9, 16});
    p.finish();
    p.run();
    // [/use_iter]
}

void ordered_steps() {
    // [ordered]
    auto flow = paipa::step("work", [](int x) { return x * 10; }, {.threads = 4, .ordered = true}) |
                paipa::step("print", ends_the_line);
    // [/ordered]
    paipa::pipeline p{flow, {.quiet = true}};
    p.put_all({1, 2, 3, 4, 5});
    p.finish();
    p.run();
    std::printf("\n");
}

}  // namespace

int main() {
    function_steps();
    class_steps();
    iter_steps();
    ordered_steps();
    return 0;
}
