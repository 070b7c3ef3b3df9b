// The snippets of docs/tutorial/4-coroutines.md, as one program.

#include <paipa/paipa.hpp>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <numeric>
#include <ranges>
#include <sqlite3.h>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace std::chrono_literals;

// [nested]
paipa::generator<std::string> a(paipa::generator<std::string> in) {
    for (const std::string& entry : in) {
        co_yield "Hel" + entry;
    }
}

paipa::generator<std::string> b(paipa::generator<std::string> in) {
    for (const std::string& entry : in) {
        co_yield "lo " + entry;
    }
}

// [/nested]

void nested() {
    // [call]
    for (const std::string& s : paipa::combine(std::vector<std::string>{"World!"}, b, a)) {
        std::printf("%s\n", s.c_str());  // Hello World!
    }
    // [/call]
}

// [remove_odd]
paipa::generator<int> remove_odd(paipa::generator<int> in) {
    for (const int entry : in) {
        if (entry % 2 == 0) {
            co_yield entry;
        }
    }
}

// [/remove_odd]

void simple() {
    // [simple]
    auto gen = paipa::combine(std::views::iota(0, 100), remove_odd);
    int sum = 0;
    for (const int entry : gen) {
        sum += entry;
    }
    std::printf("%d\n", sum);  // 2450
    // [/simple]
}

void kinds() {
    // [kinds]
    auto gen = paipa::combine(
        std::views::iota(1),                                           // any range, endless too
        remove_odd,                                                    // a generator function
        std::views::transform([](int n) { return n * n; }),            // a view adaptor
        paipa::filter([](int n) { return n % 3 == 1; }),               // a stock step
        paipa::step("text", [](int n) { return std::to_string(n); }),  // a step with options
        std::make_tuple(paipa::chunk(2), paipa::flatten()));           // several in one
    for (const std::string& s : std::move(gen) | std::views::take(5)) {
        std::printf("%s ", s.c_str());
    }
    std::printf("\n");
    // [/kinds]
}

void callable() {
    // [callable]
    const auto evens = paipa::combine([](int n) { return std::views::iota(0, n); }, remove_odd);
    std::printf("%zu of 1000, %zu of 10\n", paipa::consume(evens(1000)), paipa::consume(evens(10)));
    // [/callable]
}

void expect(bool holds, sqlite3* db) {
    if (!holds) {
        throw std::runtime_error(sqlite3_errmsg(db));
    }
}

void fill(sqlite3* db) {
    expect(sqlite3_exec(db,
                        "create table products(name text, available integer);"
                        "with recursive n(i) as (select 0 union all select i + 1 from n"
                        " where i < 4999)"
                        "insert into products select 'product ' || i, i % 3 > 0 from n",
                        nullptr, nullptr, nullptr) == SQLITE_OK,
           db);
}

// [products]
struct product {
    std::string name;
    bool available = false;
};

/// Rows come from the table one by one, as they are asked for.
paipa::generator<product> products(sqlite3* db) {
    sqlite3_stmt* raw = nullptr;
    expect(sqlite3_prepare_v2(db, "select name, available from products", -1, &raw, nullptr) ==
               SQLITE_OK,
           db);
    const std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)> rows(raw, sqlite3_finalize);
    while (sqlite3_step(raw) == SQLITE_ROW) {
        product p;
        p.name = reinterpret_cast<const char*>(sqlite3_column_text(raw, 0));
        p.available = sqlite3_column_int(raw, 1) != 0;
        co_yield std::move(p);
    }
}

paipa::generator<product> only_available(paipa::generator<product> in) {
    for (product&& p : in) {
        if (p.available) {
            co_yield std::move(p);
        }
    }
}

paipa::generator<std::vector<product>> send_in_batch(paipa::generator<std::vector<product>> in) {
    for (std::vector<product>&& chunk : in) {
        std::printf("sent %zu\n", chunk.size());  // to some microservice, perhaps
        co_yield std::move(chunk);
    }
}

// [/products]

void involved() {
    sqlite3* raw = nullptr;
    sqlite3_open(":memory:", &raw);
    const std::unique_ptr<sqlite3, int (*)(sqlite3*)> db(raw, sqlite3_close);
    fill(raw);
    // [involved]
    auto pipeline = paipa::combine(products(db.get()), only_available, paipa::chunk(2048),
                                   send_in_batch, paipa::flatten());
    std::printf("%zu products\n", paipa::consume(pipeline));
    // [/involved]
}

// [debug_steps]
paipa::generator<std::string> cast(paipa::generator<int> in) {
    for (const int entry : in) {
        co_yield std::to_string(entry);
    }
}

paipa::generator<std::string> flip(paipa::generator<std::string> in) {
    for (std::string&& entry : in) {
        std::reverse(entry.begin(), entry.end());
        co_yield std::move(entry);
    }
}

// [/debug_steps]

/// Prints what does not differ from run to run.
struct counts final : paipa::reporter {
    void show(std::span<const paipa::step_record> steps) override {
        for (const paipa::step_record& s : steps) {
            std::printf("%s: %llu\n", s.name.c_str(), static_cast<unsigned long long>(s.count));
        }
    }
};

void debugged() {
    const auto r = std::make_shared<counts>();
    // [debug]
    const paipa::runtime_debugger debug{{.every = 5s, .reporters = {r}}};
    paipa::consume(paipa::combine(debug, std::views::iota(10'000, 19'999),
                                  paipa::iter_step("cast", cast), paipa::iter_step("flip", flip),
                                  paipa::chunk(10), paipa::flatten()));
    // [/debug]
}

void books() {
    // [books]
    const auto flow = paipa::step("parse", [](const std::string& s) { return std::stoi(s); },
                                  {.on_failure = paipa::failure_action::dead_letter}) |
                      paipa::step("double", [](int n) { return 2 * n; });
    auto gen = paipa::combine(std::vector<std::string>{"1", "two", "3"}, flow);
    for (const int n : gen) {
        std::printf("%d ", n);
    }
    std::printf("and %zu dead: %s\n", gen.dead_letters().size(),
                gen.dead_letters().front().item_as<std::string>()->c_str());
    // [/books]
}

}  // namespace

int main() {
    nested();
    simple();
    kinds();
    callable();
    involved();
    debugged();
    books();
}
