// Runs the program as a shell would.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <ios>
#include <iterator>
#include <regex>
#include <string>
#include <string_view>
#include <sys/wait.h>
#include <unistd.h>

namespace {

struct outcome {
    int status = -1;
    std::string out;
    std::string err;
};

class top_paths_program : public ::testing::Test {
protected:
    top_paths_program() { std::filesystem::create_directories(folder_); }

    ~top_paths_program() override { std::filesystem::remove_all(folder_); }

    std::string file(const std::string& name, std::string_view text) const {
        std::ofstream(folder_ / name, std::ios::binary) << text;
        return (folder_ / name).string();
    }

    // `arguments` are a part of a shell's command line; they may redirect and pipe.
    [[nodiscard]] outcome run(const std::string& arguments) const {
        const std::string command = "cd '" + folder_.string() +
                                    "' && { '" PAIPA_TOP_PATHS_PROGRAM "' </dev/null " + arguments +
                                    "\n} >out 2>err";
        const int ended = std::system(command.c_str());
        return {WIFEXITED(ended) ? WEXITSTATUS(ended) : -1, content("out"), content("err")};
    }

    void expect_error(const std::string& arguments, int status, const std::string& text) const {
        const outcome ended = run(arguments);
        EXPECT_EQ(ended.err, "paipa-top-paths: " + text + "\n") << arguments;
        EXPECT_EQ(ended.status, status) << arguments;
        EXPECT_EQ(ended.out, "") << arguments;
    }

    [[nodiscard]] std::string content(const std::string& name) const {
        std::ifstream in(folder_ / name, std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }

private:
    const std::filesystem::path folder_ =
        std::filesystem::path(::testing::TempDir()) / ("top_paths." + std::to_string(getpid()));
};

constexpr std::string_view small_log =
    "h - - [t] \"GET /index.html HTTP/1.1\" 200 1200\n"
    "h - - [t] \"GET /b HTTP/1.1\" 404 5\n"
    "no request\n"
    "h - - [t] \"GET /index.html HTTP/1.1\" 200 -\n";

constexpr std::string_view small_table =
    "path         requests  bytes   share\n"
    "/index.html         2   1200  66.7 %\n"
    "/b                  1      5  33.3 %\n"
    "1 malformed line, in line 3: no request\n";

TEST_F(top_paths_program, prints_the_same_table_from_a_file_and_standard_input) {
    file("log", small_log);
    for (const std::string threads : {"", " --threads 1", " --threads 2", " --threads 4"}) {
        for (const std::string source : {"log", "<log", "- <log"}) {
            const outcome ended = run(source + threads);
            EXPECT_EQ(ended.out, small_table) << source << threads;
            EXPECT_EQ(ended.err, "") << source << threads;
            EXPECT_EQ(ended.status, 0) << source << threads;
        }
    }
}

TEST_F(top_paths_program, counts_what_it_generates_from_a_pipe) {
    const outcome first = run("--generate 5000 --seed 3");
    EXPECT_EQ(first.status, 0);
    file("log", first.out);
    EXPECT_EQ(run("--generate 5000 --seed 3").out, first.out);
    EXPECT_NE(run("--generate 5000 --seed 4").out, first.out);
    const outcome plain = run("log");
    EXPECT_NE(plain.out.find(" malformed lines, the first in line "), std::string::npos);
    for (const std::string threads : {"", "--threads 1", "--threads 2", "--threads 4"}) {
        const outcome piped =
            run("--generate 5000 --seed 3 | '" PAIPA_TOP_PATHS_PROGRAM "' " + threads);
        EXPECT_EQ(piped.out, plain.out) << threads;
    }
}

TEST_F(top_paths_program, says_so_when_nothing_counts) {
    file("log", small_log);
    EXPECT_EQ(run("").out, "no requests\n");
    EXPECT_EQ(run("--threads 2").out, "no requests\n");
    EXPECT_EQ(run("log --status 500").out,
              "no requests\n1 malformed line, in line 3: no request\n");
}

TEST_F(top_paths_program, has_one_clear_line_for_each_mistake) {
    std::filesystem::create_directory(std::filesystem::path(file("x", "")).parent_path() / "d");
    expect_error("missing", 1, "'missing': No such file or directory");
    expect_error("''", 1, "'': No such file or directory");
    expect_error("d", 1, "'d': is a directory");
    expect_error("- <d", 1, "cannot read the log");
    expect_error("--threads 2 <d", 1, "cannot read the log");
    const std::string help = " (see paipa-top-paths --help)";
    expect_error("--threads 0", 2, "--threads: Value 0 not in range 1 to 1000" + help);
    expect_error("--threads -1", 2, "--threads: Value -1 not in range 1 to 1000" + help);
    expect_error("--threads two", 2, "--threads: Value two not in range 1 to 1000" + help);
    expect_error("--top 0", 2, "--top: Value 0 not in range 1 to 1000000" + help);
    expect_error("--status 20x", 2, "--status: Value 20x not in range 100 to 999" + help);
    expect_error("--generate -1", 2, "--generate: Value -1 not in range 0 to 1000000000000" + help);
    expect_error("--seed 3", 2, "--seed requires --generate" + help);
    expect_error("--generate 3 x", 2, "LOG excludes --generate" + help);
    expect_error("x x", 2, "The following argument was not expected: x" + help);
    expect_error("--nonsense", 2, "The following argument was not expected: --nonsense" + help);
}

TEST_F(top_paths_program, tells_when_its_output_cannot_be_written) {
    file("log", small_log);
    for (const std::string arguments : {"log", "--generate 10"}) {
        const outcome ended = run(arguments + " >/dev/full; echo $? >status; true");
        EXPECT_EQ(content("status"), "1\n");
    }
}

// The first two columns of a table: names and counts.
std::string counts(const std::string& table, const std::string& before) {
    const std::regex line("(^|\n)" + before + "(\\w+) +(\\d+) ");
    std::string found;
    for (std::sregex_iterator at(table.begin(), table.end(), line), end; at != end; ++at) {
        found += (*at)[2].str() + ' ' + (*at)[3].str() + '\n';
    }
    return found;
}

TEST_F(top_paths_program, debugs_each_step_with_exact_counts) {
    file("log", small_log);
    const outcome ended = run("log --debug --status 200");
    EXPECT_EQ(counts(ended.err, "paipa: "),
              "source 1\nlines 4\nparse 3\nselect 2\ngroup 1\nrank 1\n");
    EXPECT_EQ(ended.out.substr(0, 5), "path ");
}

TEST_F(top_paths_program, reports_the_pipeline_with_threads) {
    file("log", small_log);
    const outcome ended = run("log --debug --threads 2");
    // The steps with their threads; the source with what it made.
    EXPECT_EQ(counts(ended.err, "  "), "count 2\nrank 1\nsource 1\n");
    EXPECT_EQ(ended.err.substr(0, 30), "pipeline 'top_paths': finished");
    EXPECT_EQ(ended.out, small_table);
}

}  // namespace
