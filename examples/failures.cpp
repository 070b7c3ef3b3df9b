// The snippets of docs/how-to/retry-what-is-worth-it.md.

#include <paipa/paipa.hpp>
#include <paipa/testing/simulation.hpp>

#include <cstddef>
#include <cstdio>
#include <map>
#include <new>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using namespace std::chrono_literals;

struct http_error : std::runtime_error {
    explicit http_error(int s) : std::runtime_error("HTTP " + std::to_string(s)), status(s) {}

    int status;
};

struct parse_error : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Stands for a server: what it answers to each try of a page.
int answer(const std::string& page, unsigned attempt) {
    if (page == "busy") {
        return attempt < 3 ? 503 : 200;
    }
    return page == "gone" ? 404 : 200;
}

// [give_up]
std::string fetch(const std::string& page, paipa::context& here) {
    const int status = answer(page, here.attempt());
    if (status == 404) {
        throw paipa::give_up("there is no such page");  // no further try
    }
    if (status != 200) {
        throw http_error(status);
    }
    return "text of " + page;
}

// [/give_up]

std::size_t parse(const std::string& text) {
    if (text == "text of odd") {
        throw parse_error("odd text");
    }
    return text.size();
}

// [retry_after]
std::string fetch_politely(const std::string& page) {
    static std::map<std::string, int> calls;
    if (++calls[page] == 1) {
        throw paipa::retry_after{5s, "503"};  // as the server's Retry-After says
    }
    return "text of " + page;
}

// [/retry_after]

// [context]
std::string fetch_in_turn(const std::string& page, paipa::context& here) {
    auto turn = here.storage<int>();  // one for all workers of the step; locked while held
    ++*turn;
    if (!here.sleep_for(1s)) {  // false as soon as the run is stopped
        throw paipa::skip_entry{};
    }
    return page + " by worker " + std::to_string(here.index());
}

// [/context]

void show(const paipa::report& r, const std::vector<paipa::dead_letter>& letters) {
    std::printf("%d delivered, %d retries\n", static_cast<int>(r.delivered),
                static_cast<int>(r.steps[0].retries));
    for (const paipa::dead_letter& letter : letters) {
        std::printf("dead in %s: %s\n", letter.step.c_str(), letter.reason().c_str());
    }
}

void policies(paipa::runtime& rt) {
    // [policies]
    const auto is_theirs = [](const http_error& e) { return e.status >= 500; };
    auto flow =
        paipa::step(
            "fetch", fetch,
            {.threads = 4,
             .retry = {.attempts = 5,
                       .delay = 100ms,
                       .on = paipa::retry_on<std::bad_alloc>() | paipa::retry_on_if(is_theirs),
                       .budget = {.ratio = 0.2}},
             .on_failure = paipa::failure_action::dead_letter}) |
        paipa::step(
            "parse", parse,
            {.on_failure = {paipa::dead_letter_on<parse_error>(), paipa::failure_action::fail}}) |
        paipa::step("store", [](std::size_t) {});
    // [/policies]
    paipa::pipeline p{flow, {.quiet = true, .runtime = &rt}};
    p.put_all({"plain", "busy", "gone", "odd"});
    p.finish();
    const paipa::report r = p.run();
    show(r, p.dead_letters());
}

void politely(paipa::testing::simulation& sim) {
    const auto begin = sim.elapsed();
    paipa::pipeline p{paipa::step("fetch", fetch_politely), {.quiet = true, .runtime = &sim}};
    p.put("page");
    p.finish();
    show(p.run(), p.dead_letters());
    std::printf("after %d s\n", static_cast<int>((sim.elapsed() - begin) / 1s));
}

void in_time(paipa::runtime& rt) {
    // [timeout]
    auto slow = [](const std::string& page, paipa::context& here) {
        here.sleep_for(page == "slow" ? 1min : 1s);  // ends as soon as the token is requested
        return "text of " + page;
    };
    auto flow =
        paipa::step("fetch", slow,
                    {.retry = {.attempts = 2, .on = paipa::retry_on<paipa::timeout_error>()},
                     .on_failure = paipa::failure_action::dead_letter,
                     .item_timeout = 5s});
    // [/timeout]
    paipa::pipeline p{flow, {.quiet = true, .runtime = &rt}};
    p.put_all({"fast", "slow"});
    p.finish();
    for (const std::string& text : p.results()) {
        std::printf("%s\n", text.c_str());
    }
    show(p.stop(), p.dead_letters());
}

void in_turn(paipa::runtime& rt) {
    paipa::pipeline p{paipa::step("fetch", fetch_in_turn), {.quiet = true, .runtime = &rt}};
    p.put("page");
    p.finish();
    for (const std::string& text : p.results()) {
        std::printf("%s\n", text.c_str());
    }
}

}  // namespace

int main() {
    paipa::testing::simulation sim(42);  // its clock makes waiting free
    sim.run([&] {
        policies(sim);
        politely(sim);
        in_turn(sim);
        in_time(sim);
    });
    return 0;
}
