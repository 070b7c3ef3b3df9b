#include "support/database.hpp"
#include "support/fault_server.hpp"
#include "support/faulty_site.hpp"
#include "support/process.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <csignal>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

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

constexpr const char* first_answer = "interrupted: finishing what has begun";

// What the program has left on the disk, seen without mending it: opening the file itself would.
database look_at(const faulty_site& site) {
    const std::string copy = site.folder() / "copy.db";
    for (const char* part : {"", "-wal"}) {
        std::filesystem::copy_file(site.database_path() + part, copy + part,
                                   std::filesystem::copy_options::overwrite_existing);
    }
    return database(copy);
}

TEST(interrupt, by_sigkill_loses_at_most_a_chunk_and_the_next_run_goes_on) {
    constexpr unsigned threads = 4;
    constexpr std::size_t half = 150;
    std::atomic<bool> is_mended = false;
    faulty_site site(300,
                     [&](const faulty_site& here, std::size_t number,
                         const request& asked) -> std::optional<reply> {
                         if (number % 7 == 1 && asked.nth == 1) {
                             return reply{.status = 500};
                         }
                         if (number % 7 == 3 && asked.nth == 1) {
                             return here.page_reply(number, manner::reset_in_body);
                         }
                         if (number >= half && !is_mended) {
                             return here.page_reply(number, manner::hold_in_body);
                         }
                         return std::nullopt;
                     });
    {
        process program(site.command({"--threads", "4", "--batch", "7"}));
        EXPECT_TRUE(site.server().wait_for_held(threads));
        EXPECT_TRUE(eventually([&] { return count_rows(site.database_path(), "pages") >= 100; }));
        program.send(SIGKILL);
        EXPECT_EQ(program.wait().signal, SIGKILL);
    }
    const database killed = look_at(site);
    expect_true_pages(killed, site.pages(), site.base());
    EXPECT_GE(killed.pages.size(), 100U);
    EXPECT_LE(killed.pages.size(), half);
    std::vector<unsigned> asked_before;
    for (std::size_t number = 0; number < site.pages().size(); ++number) {
        asked_before.push_back(site.requests(number));
    }

    is_mended = true;
    site.server().release();
    const outcome ended = fetch_test::run(site.command({"--threads", "4", "--batch", "7"}));
    EXPECT_EQ(ended.status, 0) << ended.err;
    expect_equal(database(site.database_path()), site.pages(), site.base());
    const std::string skipped = ", " + std::to_string(killed.pages.size()) + " skipped: ";
    EXPECT_NE(ended.out.find(skipped), std::string::npos) << ended.out;
    for (std::size_t number = 0; number < site.pages().size(); ++number) {
        if (killed.pages.count(site.url(number)) == 1) {
            EXPECT_EQ(site.requests(number), asked_before[number]) << "fetched again";
        }
    }
}

// All pages are held, so that what has begun is known.
void drain(int signal, int status) {
    std::atomic<bool> is_mended = false;
    faulty_site site(
        300,
        [&](const faulty_site& here, std::size_t number, const request&) -> std::optional<reply> {
            if (is_mended) {
                return std::nullopt;
            }
            return here.page_reply(number, manner::hold);
        });
    {
        process program(site.command({"--threads", "4", "--timeout", "600"}));
        ASSERT_TRUE(site.server().wait_for_held(4));
        program.send(signal);
        ASSERT_TRUE(program.wait_for_error(first_answer));
        is_mended = true;
        site.server().release();
        const outcome ended = program.wait();
        EXPECT_EQ(ended.status, status) << ended.err;
        EXPECT_EQ(ended.signal, 0);
        EXPECT_NE(ended.out.find(" left: the same command goes on\n"), std::string::npos)
            << ended.out;
    }
    const database found(site.database_path());
    expect_true_pages(found, site.pages(), site.base());
    EXPECT_GE(found.pages.size(), 4U);
    EXPECT_LT(found.pages.size(), 300U);
    EXPECT_EQ(found.pages.size(), site.server().requests());  // what had begun is all there
    EXPECT_TRUE(found.dead.empty());

    EXPECT_EQ(fetch_test::run(site.command()).status, 0);
    expect_equal(database(site.database_path()), site.pages(), site.base());
    EXPECT_EQ(site.server().requests(), 300U);
}

TEST(interrupt, by_sigterm_drains) {
    drain(SIGTERM, 143);
}

TEST(interrupt, by_sigint_drains) {
    drain(SIGINT, 130);
}

// Nothing is ever answered, so that only a cancelled program ends.
struct stuck_site : faulty_site {
    stuck_site()
        : faulty_site(50, [](const faulty_site&, std::size_t, const request&) {
              return std::optional(reply{.how = manner::hold});
          }) {}
};

void expect_nothing_stored(const faulty_site& site) {
    const database found(site.database_path());
    EXPECT_TRUE(found.pages.empty());
    EXPECT_TRUE(found.dead.empty());
}

TEST(interrupt, by_a_second_signal_cancels) {
    stuck_site site;
    process program(site.command({"--threads", "4", "--timeout", "600"}));
    ASSERT_TRUE(site.server().wait_for_held(4));
    program.send(SIGINT);
    ASSERT_TRUE(program.wait_for_error(first_answer));
    program.send(SIGTERM);
    const outcome ended = program.wait();
    EXPECT_EQ(ended.status, 130) << ended.err;  // the first one counts
    EXPECT_EQ(ended.signal, 0);
    expect_nothing_stored(site);
}

TEST(interrupt, waits_no_longer_than_the_drain_timeout) {
    stuck_site site;
    process program(site.command({"--threads", "4", "--timeout", "600", "--drain-timeout", "0"}));
    ASSERT_TRUE(site.server().wait_for_held(4));
    program.send(SIGTERM);
    const outcome ended = program.wait();
    EXPECT_EQ(ended.status, 143) << ended.err;
    expect_nothing_stored(site);
}

TEST(interrupt, does_not_wait_for_retries_that_are_far_away) {
    faulty_site site(5, [](const faulty_site&, std::size_t, const request&) {
        return std::optional(reply{.status = 503});
    });
    process program(site.command({"--delay", "3600"}));
    ASSERT_TRUE(site.server().wait_for_requests(5));
    program.send(SIGTERM);
    ASSERT_TRUE(program.wait_for_error(first_answer));
    program.send(SIGTERM);
    EXPECT_EQ(program.wait().status, 143);
    expect_nothing_stored(site);
}

TEST(interrupt, ends_quietly_when_quiet) {
    stuck_site site;
    process program(
        site.command({"--quiet", "--threads", "4", "--timeout", "600", "--drain-timeout", "0"}));
    ASSERT_TRUE(site.server().wait_for_held(4));
    program.send(SIGTERM);
    const outcome ended = program.wait();
    EXPECT_EQ(ended.status, 143);
    EXPECT_EQ(ended.out, "");
    EXPECT_EQ(ended.err, "");
}

TEST(interrupt, stores_what_was_downloaded_before_a_cancel) {
    faulty_site site(20, [&](const faulty_site& here, std::size_t number, const request&) {
        return number >= 10 ? std::optional(here.page_reply(number, manner::hold)) : std::nullopt;
    });
    process program(site.command({"--batch", "5", "--threads", "4", "--timeout", "600"}));
    ASSERT_TRUE(eventually([&] { return count_rows(site.database_path(), "pages") == 10; }));
    program.send(SIGINT);
    program.send(SIGTERM);
    const outcome ended = program.wait();
    EXPECT_TRUE(ended.status == 130 || ended.status == 143) << ended.status << ended.err;
    const database found(site.database_path());
    EXPECT_EQ(found.pages.size(), 10U);
    expect_true_pages(found, site.pages(), site.base());
}

}  // namespace
