#include <paipa/generator.hpp>
#include <paipa/observe/tracker.hpp>
#include <paipa/pipeline.hpp>
#include <paipa/step.hpp>

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace {

struct writing final : paipa::tracker {
    void run_started(std::string_view name) override { write("run " + std::string(name)); }

    void run_ended(const paipa::report& r) override { write("end " + std::to_string(r.delivered)); }

    void worker_started(std::string_view step, std::size_t) override {
        write("start " + std::string(step));
    }

    void worker_ended(std::string_view step, std::size_t) override {
        write("stop " + std::string(step));
    }

    void item_started(std::string_view step, std::size_t) override { item(step, "item"); }

    void item_ended(std::string_view step, std::size_t, paipa::item_outcome o) override {
        item(step, "done " + std::to_string(static_cast<int>(o)));
    }

    void item(std::string_view step, const std::string& line) {
        write(line);
        const std::lock_guard lock(mutex);
        items[std::string(step)].push_back(line);
    }

    void write(const std::string& line) {
        const std::lock_guard lock(mutex);
        lines.push_back(line);
    }

    std::mutex mutex;  // guards both
    std::vector<std::string> lines;
    std::map<std::string, std::vector<std::string>> items;  // by step
};

TEST(tracker, sees_everything_in_pairs) {
    auto t = std::make_shared<writing>();
    auto picky = [](const int& x) {
        if (x == 1) {
            throw paipa::skip_entry{};
        }
        if (x == 2) {
            throw std::runtime_error("two");
        }
    };
    paipa::pipeline p{
        paipa::step("s", picky,
                    {.retry = {.attempts = 2}, .on_failure = paipa::failure_action::drop}),
        {.name = "n", .quiet = true, .tracker = t}};
    p.put_all({0, 1, 2});
    p.finish();
    p.run();
    EXPECT_EQ(t->lines,
              (std::vector<std::string>{"run n", "start s", "item", "done 0", "item", "done 1",
                                        "item", "done 2", "item", "done 5", "stop s", "end 1"}));
}

paipa::generator<int> all_but_the_last(paipa::generator<int> items) {
    for (int x : items) {
        if (x == 2) {
            throw std::runtime_error("two");
        }
        co_yield x;
    }
}

TEST(tracker, sees_the_items_that_an_iter_step_pulls) {
    auto t = std::make_shared<writing>();
    paipa::pipeline p{paipa::iter_step("s", all_but_the_last) | paipa::step("end", [](int) {}),
                      {.quiet = true, .tracker = t}};
    p.put_all({1, 2, 3});
    p.finish();
    EXPECT_THROW(p.run(), std::runtime_error);
    EXPECT_EQ(t->items["s"], (std::vector<std::string>{"item", "done 0", "item", "done 6"}));
}

}  // namespace
