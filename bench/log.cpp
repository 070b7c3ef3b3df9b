// How fast is an access log read, parsed and added up by path? w8: in blocks of 64 KiB, as one
// would for speed, with a part of the file per item, read by the step that counts it, and a line
// per item, as one would without a thought.

#include <paipa/paipa.hpp>

#include "access_log.hpp"
#include "by_hand.hpp"
#include "measure.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <oneapi/tbb/enumerable_thread_specific.h>
#include <oneapi/tbb/parallel_pipeline.h>
#include <optional>
#include <string>
#include <thread>
#include <utility>

namespace bench {

namespace {

constexpr std::size_t log_bytes = std::size_t{64} << 20U;
constexpr std::size_t workers = 2;
constexpr std::size_t blocks_inside = 4;  // two a worker; more only leave its cache
constexpr std::size_t part_bytes = std::size_t{1} << 20U;

const access_log& the_log() {
    static const access_log log(log_bytes);
    return log;
}

// Blocks
paipa::generator<std::string> blocks(const access_log* log) {
    block_reader reader(*log);
    while (auto block = reader.next()) {
        co_yield std::move(*block);
    }
}

paipa::generator<traffic> count(paipa::generator<std::string> in) {
    traffic sum;
    for (const std::string& block : in) {
        sum.add_lines(block);
    }
    co_yield std::move(sum);
}

answer paipa_blocks() {
    traffic sum;
    auto flow = paipa::iter_step("count", count, {.threads = workers, .capacity = blocks_inside}) |
                paipa::step("merge", [&sum](const traffic& part) { sum.add(part); });
    paipa::pipeline p{flow, {.quiet = true}};
    p.put_iterable(blocks(&the_log()));
    p.run();
    return sum.digest();
}

answer tbb_blocks() {
    using mode = tbb::filter_mode;
    tbb::enumerable_thread_specific<traffic> parts;
    block_reader reader(the_log());
    const auto source = [&](tbb::flow_control& control) {
        auto block = reader.next();
        if (!block) {
            control.stop();
            return std::string();
        }
        return std::move(*block);
    };
    tbb::parallel_pipeline(
        blocks_inside,
        tbb::make_filter<void, std::string>(mode::serial_in_order, source) &
            tbb::make_filter<std::string, void>(mode::parallel, [&parts](const std::string& block) {
                parts.local().add_lines(block);
            }));
    traffic sum;
    for (const traffic& part : parts) {
        sum.add(part);
    }
    return sum.digest();
}

void count_part(std::size_t begin, std::size_t end, traffic& sum) {
    block_reader reader(the_log(), begin, end);
    while (const auto block = reader.next()) {
        sum.add_lines(*block);
    }
}

// Parts
struct part {
    std::size_t begin = 0;
    std::size_t end = 0;
};

paipa::generator<part> parts(std::size_t size) {
    for (std::size_t begin = 0; begin < size; begin += part_bytes) {
        part next;  // named first: g++ 12 destroys braced aggregates beside co_yield twice
        next.begin = begin;
        next.end = std::min(begin + part_bytes, size);
        co_yield next;
    }
}

paipa::generator<traffic> count_parts(paipa::generator<part> in) {
    traffic sum;
    for (const part p : in) {
        count_part(p.begin, p.end, sum);
    }
    co_yield std::move(sum);
}

answer paipa_parts() {
    traffic sum;
    auto flow = paipa::iter_step("count", count_parts, {.threads = workers}) |
                paipa::step("merge", [&sum](const traffic& one) { sum.add(one); });
    paipa::pipeline p{flow, {.quiet = true}};
    p.put_iterable(parts(the_log().size()));
    p.run();
    return sum.digest();
}

// Each thread reads its half.
answer halves() {
    const std::size_t middle = the_log().size() / 2;
    traffic first;
    traffic second;
    {
        const std::jthread other([&] { count_part(0, middle, first); });
        count_part(middle, the_log().size(), second);
    }
    first.add(second);
    return first.digest();
}

// Lines
paipa::generator<std::string> lines(std::string path) {
    std::ifstream file(path);
    std::string line;
    while (std::getline(file, line)) {
        co_yield std::move(line);
    }
}

struct request {
    std::string path;
    std::uint64_t bytes = 0;
};

std::optional<request> parse_line(const std::string& line) {
    const auto found = parse(line);
    return found ? std::optional<request>({std::string(found->path), found->bytes}) : std::nullopt;
}

answer paipa_lines() {
    traffic sum;
    auto flow = paipa::step("parse", parse_line) | paipa::step("sum", [&sum](const request& r) {
                    sum.add(hit{.path = r.path, .bytes = r.bytes});
                });
    paipa::pipeline p{flow, {.quiet = true}};
    p.put_iterable(lines(the_log().path()));
    p.run();
    return sum.digest();
}

answer lines_by_hand() {
    traffic sum;
    hand_queue<std::string> read(256);
    hand_queue<request> parsed(256);
    const std::jthread parser([&] {
        while (auto line = read.pop()) {
            if (auto found = parse_line(*line)) {
                parsed.push(std::move(*found));
            }
        }
        parsed.close();
    });
    std::jthread adder([&] {
        while (auto r = parsed.pop()) {
            sum.add(hit{.path = r->path, .bytes = r->bytes});
        }
    });
    std::ifstream file(the_log().path());
    std::string line;
    while (std::getline(file, line)) {
        read.push(std::move(line));
    }
    read.close();
    adder.join();
    return sum.digest();
}

answer getline() {
    traffic sum;
    std::ifstream file(the_log().path());
    std::string line;
    while (std::getline(file, line)) {
        if (const auto found = parse(line)) {
            sum.add(*found);
        }
    }
    return sum.digest();
}

}  // namespace

void add_questions() {
    const auto add = [](const std::string& who, answer (*run)()) {
        compare("w8/" + who, the_log().lines(), the_log().digest(), run);
    };
    add("paipa_blocks", paipa_blocks);
    add("paipa_parts", paipa_parts);
    add("paipa_lines", paipa_lines);
    add("tbb_blocks", tbb_blocks);
    add("lines_by_hand", lines_by_hand);
    add("getline", getline);
    add("limit", halves);
}

}  // namespace bench
