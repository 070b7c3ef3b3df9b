#include "line_reader.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <optional>
#include <stop_token>
#include <string>
#include <system_error>
#include <thread>
#include <unistd.h>

namespace {

using fetch::line_reader;

class pipe_of_lines : public testing::Test {
protected:
    void SetUp() override { ASSERT_EQ(pipe(ends_.data()), 0); }

    void TearDown() override {
        close(ends_[0]);
        close(ends_[1]);
    }

    void send(const std::string& text) {
        EXPECT_EQ(write(ends_[1], text.data(), text.size()), static_cast<ssize_t>(text.size()));
    }

    void end() {
        close(ends_[1]);
        ends_[1] = -1;
    }

    std::array<int, 2> ends_{-1, -1};
};

TEST_F(pipe_of_lines, gives_each_as_soon_as_it_is_there) {
    line_reader lines(ends_[0]);
    send("one\n\ntw");
    EXPECT_EQ(lines.next({}), "one");
    EXPECT_EQ(lines.next({}), "");
    send("o\nthree");
    EXPECT_EQ(lines.next({}), "two");
    end();
    EXPECT_EQ(lines.next({}), "three");
    EXPECT_EQ(lines.next({}), std::nullopt);
    EXPECT_EQ(lines.next({}), std::nullopt);
}

TEST_F(pipe_of_lines, ends_when_nobody_wants_more) {
    line_reader lines(ends_[0]);
    std::stop_source stop;
    send("one\nhalf");
    EXPECT_EQ(lines.next(stop.get_token()), "one");
    std::optional<std::string> last = "not yet";
    std::thread waiting([&] { last = lines.next(stop.get_token()); });
    stop.request_stop();
    waiting.join();
    EXPECT_EQ(last, std::nullopt);
}

TEST_F(pipe_of_lines, are_cut_where_they_are_too_long) {
    std::thread sender([&] {
        send(std::string(3 * line_reader::longest, 'x'));
        send("\nnext\n");
        end();
    });
    line_reader lines(ends_[0]);
    EXPECT_EQ(lines.next({}), std::string(line_reader::longest + 1, 'x'));
    EXPECT_EQ(lines.next({}), "next");
    EXPECT_EQ(lines.next({}), std::nullopt);
    sender.join();
}

TEST_F(pipe_of_lines, fail_where_the_kernel_refuses) {
    line_reader lines(ends_[1]);  // the end to write to
    end();
    EXPECT_THROW((void)lines.next({}), std::system_error);
}

}  // namespace
