// paipa-top-paths: which paths of a web site are asked for most, told from its access log.
#include "count.hpp"
#include "generate_log.hpp"
#include "options.hpp"
#include "print.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <exception>
#include <filesystem>
#include <fstream>
#include <ios>
#include <iostream>
#include <istream>
#include <stdexcept>
#include <string>

namespace top_paths {

namespace {

constexpr int failed_status = 1;

std::ifstream open(const std::string& path) {
    std::ifstream file;
    if (std::filesystem::is_directory(path)) {
        throw std::runtime_error("'" + path + "': is a directory");
    }
    file.open(path, std::ios::binary);
    if (!file) {
        throw std::runtime_error("'" + path + "': " + std::strerror(errno));
    }
    return file;
}

count_result count(const options& chosen) {
    if (chosen.log == "-") {
        return count_paths(std::cin, chosen.count);
    }
    std::ifstream file = open(chosen.log);
    return count_paths(file, chosen.count);
}

void run(const options& chosen) {
    std::ios::sync_with_stdio(false);
    if (chosen.generate) {
        generate_log(std::cout, *chosen.generate, chosen.seed);
    } else {
        const count_result result = count(chosen);
        if (result.report && chosen.count.debug) {
            std::cerr << *result.report;
        }
        print_table(std::cout, result.paths);
        if (!result.malformed.empty()) {
            std::cout << result.malformed << '\n';
        }
    }
    if (!std::cout.flush()) {
        throw std::runtime_error("cannot write to standard output");
    }
}

int report_error(const char* text, int status) {
    std::fprintf(stderr, "paipa-top-paths: %s\n", text);
    return status;
}

}  // namespace

}  // namespace top_paths

int main(int argc, char** argv) {
    using namespace top_paths;
    try {
        const parsed_options parsed = parse_options(argc, argv);
        if (parsed.run) {
            run(*parsed.run);
            return 0;
        }
        if (parsed.status != 0) {
            return report_error(parsed.text.c_str(), parsed.status);
        }
        std::cout << parsed.text;
        return 0;
    } catch (const std::exception& error) {
        return report_error(error.what(), failed_status);
    }
}
