#include <paipa/observe/tracker.hpp>
#include <paipa/pipeline.hpp>

#include <gtest/gtest.h>

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

    void item_started(std::string_view, std::size_t) override { write("item"); }

    void item_ended(std::string_view, std::size_t, paipa::item_outcome o) override {
        write("done " + std::to_string(static_cast<int>(o)));
    }

    void write(const std::string& line) {
        const std::lock_guard lock(mutex);
        lines.push_back(line);
    }

    std::mutex mutex;  // guards lines
    std::vector<std::string> lines;
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

}  // namespace
