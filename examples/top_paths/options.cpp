#include "options.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdint>
#include <string>

namespace top_paths {

namespace {

constexpr int usage_status = 2;
constexpr std::int64_t most_lines = 1'000'000'000'000;
constexpr std::int64_t largest_seed = 1'000'000'000;

constexpr const char* description =
    "Counts the requests of a web server's access log (Common or Combined Log Format) and prints\n"
    "the paths with most of them.";

constexpr const char* footer =
    "The query of a path, from '?' on, is left out. Lines that are no request are counted, and "
    "the\n"
    "first of them is shown; they do no harm.\n"
    "\n"
    "Try: paipa-top-paths --generate 100000 | paipa-top-paths --threads 2";

void add_options(CLI::App& app, options& chosen) {
    auto* const log = app.add_option("LOG", chosen.log, "file to read; - for standard input");
    log->capture_default_str()->type_name("");
    app.add_option("-n,--top", chosen.count.top, "paths to print")
        ->capture_default_str()
        ->type_name("N")
        ->check(CLI::Range(1, 1'000'000).description(""));
    app.add_option("-t,--threads", chosen.count.threads,
                   "count on so many threads, apart from the one that reads")
        ->type_name("N")
        ->check(CLI::Range(1, 1000).description(""));
    app.add_option("--status", chosen.count.wanted.status, "count only requests so answered")
        ->type_name("CODE")
        ->check(CLI::Range(100, 999).description(""));
    app.add_option("--method", chosen.count.wanted.method, "count only these, such as GET")
        ->type_name("NAME");
    app.add_flag("--debug", chosen.count.debug, "tell on standard error how the steps did");
    auto* const generate = app.add_option("--generate", chosen.generate,
                                          "write an access log of so many lines instead");
    generate->type_name("LINES")->excludes(log)->check(
        CLI::Range(std::int64_t{0}, most_lines).description(""));
    app.add_option("--seed", chosen.seed, "another seed makes another log")
        ->capture_default_str()
        ->type_name("N")
        ->needs(generate)
        ->check(CLI::Range(std::int64_t{0}, largest_seed).description(""));
}

std::string one_line(std::string text) {
    std::replace(text.begin(), text.end(), '\n', ' ');
    return text;
}

}  // namespace

parsed_options parse_options(int argc, const char* const* argv) {
    CLI::App app(description, "paipa-top-paths");
    app.footer(footer);
    app.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
    options chosen;
    add_options(app, chosen);
    try {
        app.parse(argc, argv);
    } catch (const CLI::CallForHelp&) {
        return {.text = app.help()};
    } catch (const CLI::ParseError& error) {
        return {.text = one_line(error.what()) + " (see paipa-top-paths --help)",
                .status = usage_status};
    }
    return {.run = chosen};
}

}  // namespace top_paths
