#include <paipa/error.hpp>
#include <paipa/runtime.hpp>
#include <paipa/testing/simulation.hpp>
#include <paipa/time.hpp>

#include "fiber.hpp"

#include <algorithm>
#include <cstdint>
#include <exception>
#include <functional>
#include <iterator>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace paipa::testing {
namespace {

/// One in this many parks returns for no reason, because every wait must test its condition again.
constexpr unsigned spurious_wake_ups = 64;

}  // namespace

/// Owns the fibers. Control is always either in `loop`, or in exactly one fiber.
class simulation::scheduler {
public:
    struct task {
        std::string name;
        std::unique_ptr<fiber> stack;
        seat place;
        time_point until = never;
        bool parked = false;
        seat* joiner = nullptr;
    };

    explicit scheduler(std::uint64_t seed) : random_(seed) {}

    std::shared_ptr<task> add(const std::string& name, std::function<void()> body) {
        auto t = std::make_shared<task>();
        t->name = name;
        t->stack = std::make_unique<fiber>(std::move(body));
        tasks_.push_back(t);
        return t;
    }

    void loop() {
        while (!tasks_.empty()) {
            const std::shared_ptr<task> next = choose();
            current_ = next.get();
            ++switches_;
            next->stack->enter();
            current_ = nullptr;
            if (next->stack->has_ended()) {
                std::erase(tasks_, next);
                if (next->joiner != nullptr) {
                    wake(*next->joiner);
                }
            }
        }
    }

    seat& here() { return current_ != nullptr ? current_->place : outside_; }

    void park(time_point until) {
        if (current_ == nullptr) {
            throw state_error("paipa::simulation: park: expected a call from inside of run()");
        }
        task& me = *current_;
        if (me.place.word.exchange(0) == 1 || random_() % spurious_wake_ups == 0) {
            return;
        }
        me.until = until;
        me.parked = true;
        me.stack->leave();
        me.place.word.store(0);
    }

    void wake(seat& where) noexcept {
        where.word.store(1);
        for (const auto& t : tasks_) {
            if (&t->place == &where) {
                t->parked = false;
            }
        }
    }

    /// Lets the loop choose who goes on: always if `somebody_else` is true, otherwise in half of
    /// the calls.
    void point(bool somebody_else) {
        if (current_ != nullptr && (somebody_else || random_() % 2 == 0)) {
            current_->stack->leave();
        }
    }

    void join(task& t) {
        while (!t.stack->has_ended()) {
            t.joiner = &here();
            park(never);
        }
    }

    time_point now = {};

    [[nodiscard]] std::uint64_t switches() const noexcept { return switches_; }

private:
    std::shared_ptr<task> choose() {
        auto able = runnable();
        while (able.empty()) {
            const auto first =
                std::min_element(tasks_.begin(), tasks_.end(),
                                 [](const auto& a, const auto& b) { return a->until < b->until; });
            if ((*first)->until == never) {
                throw stalled_error(stall());
            }
            now = std::max(now, (*first)->until);
            for (const auto& t : tasks_) {
                t->parked = t->parked && t->until > now;
            }
            able = runnable();
        }
        return able[random_() % able.size()];
    }

    [[nodiscard]] std::vector<std::shared_ptr<task>> runnable() const {
        std::vector<std::shared_ptr<task>> able;
        std::copy_if(tasks_.begin(), tasks_.end(), std::back_inserter(able),
                     [](const auto& t) { return !t->parked; });
        return able;
    }

    [[nodiscard]] std::string stall() const {
        std::string names;
        for (const auto& t : tasks_) {
            names += (names.empty() ? "" : ", ") + t->name;
        }
        return "paipa::simulation: nobody can run and no timer is set; waiting: " + names;
    }

    std::mt19937_64 random_;
    std::vector<std::shared_ptr<task>> tasks_;
    task* current_ = nullptr;
    seat outside_;
    std::uint64_t switches_ = 0;
};

namespace {

class fiber_thread final : public runtime::thread {
public:
    explicit fiber_thread(std::function<void()> join) : join_(std::move(join)) {}

    void join() override { join_(); }

    void detach() override {}

private:
    std::function<void()> join_;
};

}  // namespace

simulation::simulation(std::uint64_t seed)
    : runtime(true), scheduler_(std::make_unique<scheduler>(seed)) {}

simulation::~simulation() = default;

void simulation::run(const std::function<void()>& body) {
    std::exception_ptr error;
    scheduler_->add("main", [&body, &error] {
        try {
            body();
        } catch (...) {
            error = std::current_exception();
        }
    });
    scheduler_->loop();
    if (error != nullptr) {
        std::rethrow_exception(error);
    }
}

void simulation::sleep_for(duration time) {
    const time_point until = later(now(), time);
    while (now() < until) {
        park(until);
    }
}

std::uint64_t simulation::switches() const noexcept {
    return scheduler_->switches();
}

std::unique_ptr<runtime::thread> simulation::spawn(const std::string& name,
                                                   std::function<void()> body) {
    auto task = scheduler_->add(name, std::move(body));
    return std::make_unique<fiber_thread>([this, task] { scheduler_->join(*task); });
}

time_point simulation::now() noexcept {
    return scheduler_->now;
}

seat& simulation::here() {
    return scheduler_->here();
}

void simulation::park(time_point until) {
    scheduler_->park(until);
}

void simulation::unpark(seat& where) noexcept {
    scheduler_->wake(where);
}

void simulation::yield() noexcept {
    scheduler_->point(true);
}

void simulation::do_point() {
    scheduler_->point(false);
}

}  // namespace paipa::testing
