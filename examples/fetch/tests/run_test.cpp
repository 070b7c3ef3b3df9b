#include "support/database.hpp"
#include "support/fault_server.hpp"
#include "support/faulty_site.hpp"
#include "support/process.hpp"
#include "support/scratch_folder.hpp"
#include "support/tls_server.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <cstddef>
#include <optional>
#include <string>

namespace {

using fetch_test::count_rows;
using fetch_test::database;
using fetch_test::eventually;
using fetch_test::faulty_site;
using fetch_test::manner;
using fetch_test::outcome;
using fetch_test::process;
using fetch_test::reply;
using fetch_test::request;

TEST(run, stores_the_whole_site) {
    faulty_site site(300);
    const outcome ended = fetch_test::run(site.command());
    EXPECT_EQ(ended.status, 0) << ended.err;
    expect_equal(database(site.database_path()), site.pages(), site.base());
    EXPECT_EQ(site.server().requests(), 300U);
    EXPECT_TRUE(ended.out.starts_with("300 pages stored (")) << ended.out;
    EXPECT_NE(ended.out.find("': 300 pages, 0 dead letters\n"), std::string::npos) << ended.out;
}

TEST(run, stores_the_whole_site_in_spite_of_faults) {
    faulty_site site(
        300,
        [&](const faulty_site& here, std::size_t number,
            const request& asked) -> std::optional<reply> {
            if (number % 10 == 0) {
                return here.page_reply(number, manner::trickle);
            }
            if (asked.nth > (number % 10 == 6 ? 2U : 1U)) {
                return std::nullopt;  // enough of it
            }
            switch (number % 10) {
                case 1:
                case 6:
                    return reply{.status = 500, .body = "oops"};
                case 2:
                    return reply{.how = manner::reset};
                case 3:
                    return here.page_reply(number, manner::reset_in_body);
                case 4:
                    return here.page_reply(number, manner::cut_in_body);
                case 5:
                    return reply{.status = 503, .body = std::string(2'000'000, 'x')};
                case 7:
                    return reply{.status = 429};
                case 8:  // slower than the time-out, but only one, because that takes its time
                    return number == 8
                               ? std::optional(here.page_reply(number, manner::hold_in_body))
                               : std::nullopt;
                default:
                    return std::nullopt;
            }
        });
    const outcome ended =
        fetch_test::run(site.command({"--attempts", "20", "--timeout", "3", "--max-bytes", "1MB"}));
    EXPECT_EQ(ended.status, 0) << ended.err;
    expect_equal(database(site.database_path()), site.pages(), site.base());
    EXPECT_GE(site.requests(8), 2U);
    EXPECT_GE(site.requests(6), 3U);
    EXPECT_NE(ended.out.find(" failed attempts\n"), std::string::npos) << ended.out;
}

TEST(run, keeps_what_finally_failed_with_the_reason) {
    std::atomic<bool> is_mended = false;
    faulty_site site(
        20,
        [&](const faulty_site&, std::size_t number, const request& asked) -> std::optional<reply> {
            if (is_mended) {
                return std::nullopt;
            }
            switch (number) {
                case 3:
                    return reply{.status = 404};
                case 5:
                    return reply{.status = 500};
                case 7:
                    return reply{.how = manner::endless};
                case 9:
                    return reply{.how = manner::claims_too_much};
                case 11:
                    return reply{.status = asked.nth == 1 ? 503 : 410};
                default:
                    return std::nullopt;
            }
        });
    const outcome ended =
        fetch_test::run(site.command({"--attempts", "3", "--max-bytes", "100KB"}));
    EXPECT_EQ(ended.status, 1) << ended.err;
    const database found(site.database_path());
    expect_true_pages(found, site.pages(), site.base());
    EXPECT_EQ(found.pages.size(), 15U);
    const auto expect_dead = [&](std::size_t number, const std::string& reason, unsigned tries) {
        const auto row = found.dead.find(site.url(number));
        ASSERT_NE(row, found.dead.end()) << number;
        EXPECT_EQ(row->second.reason, reason);
        EXPECT_EQ(row->second.attempts, tries) << number;
        EXPECT_EQ(site.requests(number), tries) << number;
    };
    EXPECT_EQ(found.dead.size(), 5U);
    expect_dead(3, "the server answered 404", 1);
    expect_dead(5, "the server answered 500", 3);
    expect_dead(7, "the body is larger than 100.0 KiB", 1);
    expect_dead(9, "the body is larger than 100.0 KiB", 1);
    expect_dead(11, "the server answered 410", 2);

    is_mended = true;
    const unsigned before = site.server().requests();
    EXPECT_EQ(fetch_test::run(site.command()).status, 0);
    EXPECT_EQ(site.server().requests() - before, 5U);
    expect_equal(database(site.database_path()), site.pages(), site.base());
}

TEST(run, finds_time_outs_final_when_attempts_are_used_up) {
    faulty_site site(3, [&](const faulty_site&, std::size_t number, const request&) {
        return number == 1 ? std::optional(reply{.how = manner::hold}) : std::nullopt;
    });
    const outcome ended =
        fetch_test::run(site.command({"--attempts", "2", "--timeout", "0.2", "--quiet"}));
    EXPECT_EQ(ended.status, 1) << ended.err;
    const database found(site.database_path());
    ASSERT_EQ(found.dead.count(site.url(1)), 1U);
    EXPECT_EQ(found.dead.at(site.url(1)).attempts, 2);
    EXPECT_NE(found.dead.at(site.url(1)).reason.find("timed out"), std::string::npos)
        << found.dead.at(site.url(1)).reason;
}

TEST(run, skips_what_is_stored) {
    faulty_site site(30);
    EXPECT_EQ(fetch_test::run(site.command()).status, 0);
    const outcome again = fetch_test::run(site.command());
    EXPECT_EQ(again.status, 0) << again.err;
    EXPECT_EQ(site.server().requests(), 30U);
    EXPECT_TRUE(again.out.starts_with("0 pages stored (0 B) in ")) << again.out;
    EXPECT_NE(again.out.find(", 30 skipped: stored before\n"), std::string::npos) << again.out;
    expect_equal(database(site.database_path()), site.pages(), site.base());
}

TEST(run, reads_the_list_from_standard_input_and_fetches_each_url_once) {
    faulty_site site(2);
    fetch_test::start_options command = site.command();
    command.arguments.back() = "-";
    command.input = "# two pages\n" + site.url(0) + "\n\n" + site.url(1) + "\n" + site.url(0);
    const outcome ended = fetch_test::run(command);
    EXPECT_EQ(ended.status, 0) << ended.err;
    EXPECT_EQ(site.requests(0), 1U);
    EXPECT_EQ(site.requests(1), 1U);
    expect_equal(database(site.database_path()), site.pages(), site.base());
}

TEST(run, stores_files) {
    const fetch_test::scratch_folder folder;
    const std::string url = "file://" + folder.file("a.txt", "hello");
    const std::string missing = "file://" + (folder / "missing");
    const outcome ended = fetch_test::run(
        {.arguments = {folder.file("list", url + "\n" + missing)}, .folder = folder / ""});
    EXPECT_EQ(ended.status, 1) << ended.err;
    const database found(folder / "paipa-fetch.db");  // the default
    ASSERT_EQ(found.pages.count(url), 1U);
    EXPECT_EQ(found.pages.at(url).body, "hello");
    ASSERT_EQ(found.dead.count(missing), 1U);
    EXPECT_EQ(found.dead.at(missing).reason, "no such file");
}

TEST(run, takes_an_empty_list) {
    const fetch_test::scratch_folder folder;
    const outcome ended = fetch_test::run(
        {.arguments = {"--database", folder / "db", folder.file("list", "# nothing\n")}});
    EXPECT_EQ(ended.status, 0) << ended.err;
}

TEST(run, downloads_with_as_many_threads_as_told) {
    faulty_site site(40, [&](const faulty_site& here, std::size_t number, const request&) {
        return std::optional(here.page_reply(number, manner::hold));
    });
    process program(site.command({"--threads", "5"}));
    EXPECT_TRUE(site.server().wait_for_held(5));
    EXPECT_EQ(site.server().requests(), 5U);
    site.server().release();
    EXPECT_EQ(program.wait().status, 0);
    EXPECT_EQ(site.server().connections(), 5U);  // each thread kept its own
}

TEST(run, commits_a_chunk_when_it_is_full) {
    faulty_site site(12, [&](const faulty_site& here, std::size_t number, const request&) {
        return number == 11 ? std::optional(here.page_reply(number, manner::hold)) : std::nullopt;
    });
    process program(site.command({"--batch", "5", "--batch-timeout", "3600"}));
    EXPECT_TRUE(eventually([&] { return count_rows(site.database_path(), "pages") == 10; }));
    EXPECT_TRUE(site.server().wait_for_held(1));
    EXPECT_EQ(count_rows(site.database_path(), "pages"), 10);
    site.server().release();
    EXPECT_EQ(program.wait().status, 0);
    expect_equal(database(site.database_path()), site.pages(), site.base());
}

TEST(run, commits_a_chunk_when_its_time_is_over) {
    faulty_site site(12, [&](const faulty_site& here, std::size_t number, const request&) {
        return number == 11 ? std::optional(here.page_reply(number, manner::hold)) : std::nullopt;
    });
    process program(site.command({"--batch", "1000", "--batch-timeout", "0.05"}));
    EXPECT_TRUE(eventually([&] { return count_rows(site.database_path(), "pages") == 11; }));
    site.server().release();
    EXPECT_EQ(program.wait().status, 0);
}

TEST(run, stores_dead_letters_while_it_runs) {
    faulty_site site(2, [&](const faulty_site& here, std::size_t number, const request&) {
        return number == 0 ? std::optional(reply{.status = 404})
                           : std::optional(here.page_reply(number, manner::hold));
    });
    process program(site.command());
    EXPECT_TRUE(eventually([&] { return count_rows(site.database_path(), "dead_letters") == 1; }));
    site.server().release();
    EXPECT_EQ(program.wait().status, 1);
}

TEST(run, prints_plain_progress_where_there_is_no_terminal) {
    faulty_site site(10);
    const outcome ended = fetch_test::run(site.command());
    EXPECT_EQ(ended.err.find('\r'), std::string::npos) << ended.err;
    const std::size_t last = ended.err.rfind("10/10 done  ");
    ASSERT_NE(last, std::string::npos) << ended.err;
    EXPECT_NE(ended.err.find("  0 in flight  0 failed  ETA 0:00", last), std::string::npos);
    EXPECT_TRUE(ended.err.ends_with("\n"));
}

TEST(run, prints_nothing_when_quiet) {
    faulty_site site(10);
    const outcome ended = fetch_test::run(site.command({"--quiet"}));
    EXPECT_EQ(ended.status, 0);
    EXPECT_EQ(ended.out, "");
    EXPECT_EQ(ended.err, "");
}

TEST(run, prints_the_books_when_verbose) {
    faulty_site site(10);
    const outcome ended = fetch_test::run(site.command({"--verbose"}));
    for (const char* step : {"download", "chunk", "save"}) {
        EXPECT_NE(ended.out.find(step), std::string::npos) << ended.out;
    }
}

TEST(run, logs_in_by_a_header_at_a_site_with_a_certificate_of_its_own) {
    const fetch_test::tls_server server;
    const fetch_test::scratch_folder folder;
    const std::string list = folder.file("list", server.url("/a") + "\n");
    const auto command = [&](const std::string& name, std::vector<std::string> more) {
        more.insert(more.begin(), {"--database", folder / name, "--header",
                                   "Authorization: Bearer 123", "--user-agent", "somebody/1"});
        more.push_back(list);
        return fetch_test::start_options{.arguments = more};
    };
    for (const auto& trust : {std::vector<std::string>{"--cacert", server.certificate()},
                              std::vector<std::string>{"--insecure"}}) {
        const std::string name = trust[0] + ".db";
        const outcome ended = fetch_test::run(command(name, trust));
        EXPECT_EQ(ended.status, 0) << ended.err;
        const database found(folder / name);
        ASSERT_EQ(found.pages.count(server.url("/a")), 1U);
        const std::string body = found.pages.at(server.url("/a")).body;
        EXPECT_NE(body.find("Authorization: Bearer 123\n"), std::string::npos) << body;
        EXPECT_NE(body.find("User-Agent: somebody/1\n"), std::string::npos) << body;
    }
    EXPECT_EQ(fetch_test::run(command("refused.db", {})).status, 1);
    const database refused(folder / "refused.db");
    ASSERT_EQ(refused.dead.count(server.url("/a")), 1U);
    EXPECT_TRUE(refused.dead.at(server.url("/a")).reason.starts_with("SSL certificate problem"));

    const outcome no_use =
        fetch_test::run(command("none.db", {"--cacert", folder.file("none.pem", "nothing")}));
    EXPECT_EQ(no_use.status, 2);
    EXPECT_NE(no_use.err.find("paipa-fetch: cannot use the certificates in '"), std::string::npos)
        << no_use.err;
}

TEST(run, explains_itself) {
    const outcome help = fetch_test::run({.arguments = {"--help"}});
    EXPECT_EQ(help.status, 0);
    EXPECT_NE(help.out.find("Exit status:"), std::string::npos) << help.out;
    const outcome version = fetch_test::run({.arguments = {"--version"}});
    EXPECT_EQ(version.status, 0);
    EXPECT_TRUE(version.out.starts_with("paipa-fetch ")) << version.out;
}

}  // namespace
