#ifndef PAIPA_TESTS_DOORS_CASE_HPP
#define PAIPA_TESTS_DOORS_CASE_HPP
#include <paipa/detail/edge/gate.hpp>
#include <paipa/detail/edge/valve.hpp>
#include <paipa/time.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>

// Doors for tests. The edge's mutex guards what they count; read it when the run has ended.

/// Lets at most so many items wait in the edge, and drops the newest.
class counting_gate final : public paipa::detail::gate {
public:
    explicit counting_gate(std::size_t most) : most_(most) {}

    answer ask(std::size_t used, std::size_t free, paipa::time_point /*now*/) noexcept override {
        return {.slots = used < most_ ? std::min(free, most_ - used) : 0, .drops = true};
    }

    void dropped(std::size_t items) noexcept override { gone += items; }

    std::uint64_t gone = 0;

private:
    const std::size_t most_;
};

/// Lets so many items in, and no more before it is told.
class closed_gate final : public paipa::detail::gate {
public:
    answer ask(std::size_t /*used*/, std::size_t free, paipa::time_point now) noexcept override {
        ++asked;
        const bool is_open = now >= opens;
        return {.slots = is_open ? free : 0, .ask_again = opens};
    }

    void dropped(std::size_t /*items*/) noexcept override {}

    paipa::time_point opens = paipa::never;
    std::size_t asked = 0;
};

/// Lets nothing out before it is told.
class shut_valve final : public paipa::detail::valve {
public:
    answer ask(paipa::time_point now) noexcept override {
        return {.items = now >= opens ? std::size_t{1000} : 0, .ask_again = opens};
    }

    void let_out(std::size_t /*items*/) noexcept override {}

    paipa::time_point opens = paipa::never;
};

/// Gives a token each period, and keeps at most `burst` of them. An item that goes takes one.
class token_valve final : public paipa::detail::valve {
public:
    token_valve(std::size_t burst, paipa::duration period, paipa::time_point from)
        : burst_(burst), period_(period), from_(from), tokens_(burst), last_(from) {}

    answer ask(paipa::time_point now) noexcept override {
        ++asked;
        while (last_ + period_ <= now) {
            last_ += period_;
            tokens_ = std::min(tokens_ + 1, burst_);
        }
        now_ = now;
        return {.items = tokens_, .ask_again = last_ + period_};
    }

    void let_out(std::size_t items) noexcept override {
        is_exceeded = is_exceeded || items > tokens_;
        tokens_ -= std::min(items, tokens_);
        out += items;
        const auto periods = static_cast<std::uint64_t>((now_ - from_) / period_);
        is_exceeded = is_exceeded || out > burst_ + periods;
    }

    std::uint64_t out = 0;
    std::uint64_t asked = 0;
    bool is_exceeded = false;  // more went than there were tokens

private:
    const std::size_t burst_;
    const paipa::duration period_;
    const paipa::time_point from_;
    std::size_t tokens_;
    paipa::time_point last_;
    paipa::time_point now_{};
};
#endif
