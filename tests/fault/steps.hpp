#ifndef PAIPA_TESTS_FAULT_STEPS_HPP
#define PAIPA_TESTS_FAULT_STEPS_HPP
#include <paipa/paipa.hpp>
#include <paipa/testing/simulation.hpp>

#include "plan.hpp"

#include <any>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <iterator>
#include <ranges>
#include <thread>
#include <utility>

namespace fault {

/// What the steps of one run share with the test.
struct world {
    explicit world(place where, std::size_t position, std::size_t nth)
        : what(where, position, nth) {}

    /// Only an idle run calls it.
    void wait_for_the_idle_hook() {
        while (what.where() == place::in_queue_empty && !what.is_blown()) {
            if (sim != nullptr) {
                sim->sleep_for(std::chrono::milliseconds{1});
            } else {
                std::this_thread::yield();
            }
        }
    }

    plan what;
    std::array<hooks, 5> steps;                 // by position
    paipa::testing::simulation* sim = nullptr;  // null: on threads
};

/// A class step with all hooks; each passes the plan and is counted.
template <class Item>
class probe final : public paipa::abstract_step<Item, Item> {
public:
    probe(world* w, std::size_t position)
        : world_(*w), seen_(w->steps[position]), position_(position) {
        pass(place::constructor);
        ++seen_.made;
    }

    ~probe() override { ++seen_.unmade; }

    void step_initialize() override {
        pass(place::step_initialize);
        ++seen_.step_initialized;
    }

    void initialize() override {
        pass(place::initialize);
        ++seen_.initialized;
    }

    void thread_initialize() override {
        ordered(seen_.step_initialized == 1 && seen_.step_shut == 0);
        pass(place::thread_initialize);
        ++seen_.thread_initialized;
        alive_ = true;
    }

    Item process(Item item) override {
        pass(place::process);
        return item;
    }

    void thread_shutdown() override {
        ordered(std::exchange(alive_, false) && seen_.step_shut == 0);
        ++seen_.thread_shut;
        pass(place::thread_shutdown);
    }

    void step_shutdown() override {
        ordered(seen_.thread_shut == seen_.thread_initialized);
        ++seen_.step_shut;
        pass(place::step_shutdown);
    }

    void in_queue_empty() override { pass(place::in_queue_empty); }

    std::any process_meta(std::any meta) override {
        pass(place::process_meta);
        return meta;
    }

private:
    void pass(place p) { world_.what.pass(p, position_); }

    void ordered(bool right) {
        if (!right) {
            ++seen_.out_of_order;
        }
    }

    world& world_;
    hooks& seen_;
    std::size_t position_;
    bool alive_ = false;
};

/// A range of items that passes the plan at its begin, at the first ++ and at the seventh. Where
/// the idle hook is to throw, it waits for that before its first item.
template <class Item>
class faulty_range : public std::ranges::view_base {
public:
    faulty_range(world* w, long size) : world_(w), size_(size) {}

    class iterator {
    public:
        using value_type = Item;
        using difference_type = std::ptrdiff_t;

        iterator(world* w, long size) : world_(w), size_(size) {}

        Item operator*() const { return Item(at_); }

        iterator& operator++() {
            ++at_;
            if (at_ == 1) {
                world_->what.pass(place::source_first, 0);
            } else if (at_ == 7) {
                world_->what.pass(place::source_later, 0);
            }
            return *this;
        }

        void operator++(int) { ++*this; }

        friend bool operator==(const iterator& i, std::default_sentinel_t) {
            return i.at_ == i.size_;
        }

    private:
        world* world_;
        long size_;
        long at_ = 0;
    };

    [[nodiscard]] iterator begin() const {
        world_->wait_for_the_idle_hook();
        world_->what.pass(place::source_begin, 0);
        return iterator(world_, size_);
    }

    [[nodiscard]] std::default_sentinel_t end() const { return std::default_sentinel; }

private:
    world* world_;
    long size_;
};

}  // namespace fault
#endif
