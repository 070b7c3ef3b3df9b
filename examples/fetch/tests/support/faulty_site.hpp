#ifndef PAIPA_FETCH_TESTS_FAULTY_SITE_HPP
#define PAIPA_FETCH_TESTS_FAULTY_SITE_HPP

#include "fault_server.hpp"
#include "process.hpp"
#include "scratch_folder.hpp"
#include "site.hpp"

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace fetch_test {

/// A site of some pages on a server that may answer otherwise, a folder with its list, and a
/// database to fetch it into.
class faulty_site {
public:
    /// What to answer instead of the page with this number, or nothing.
    using fault = std::function<std::optional<reply>(const faulty_site& site, std::size_t number,
                                                     const request& asked)>;

    explicit faulty_site(std::size_t size, fault fault_of = {})
        : pages_(fetch::make_site(size)),
          fault_(std::move(fault_of)),
          server_([this](const request& asked) { return answer(asked); }) {
        std::string lines;
        for (const fetch::site_page& page : pages_) {
            lines += server_.url(page.path) + "\n";
        }
        list_ = folder_.file("list.txt", lines);
    }

    [[nodiscard]] const std::vector<fetch::site_page>& pages() const { return pages_; }

    [[nodiscard]] fault_server& server() { return server_; }

    [[nodiscard]] std::string base() const { return server_.url(""); }

    [[nodiscard]] std::string url(std::size_t number) const {
        return server_.url(pages_.at(number).path);
    }

    [[nodiscard]] unsigned requests(std::size_t number) const {
        return server_.requests(pages_.at(number).path);
    }

    [[nodiscard]] const scratch_folder& folder() const { return folder_; }

    [[nodiscard]] const std::string& list() const { return list_; }

    [[nodiscard]] std::string database_path() const { return folder_ / "pages.db"; }

    /// How to fetch it. Nothing waits long, so that a test takes no longer than its events.
    [[nodiscard]] start_options command(std::vector<std::string> more = {}) const {
        std::vector<std::string> arguments{"--database", database_path(), "--delay", "0.01"};
        arguments.insert(arguments.end(), more.begin(), more.end());
        arguments.push_back(list_);
        return {.arguments = std::move(arguments)};
    }

    /// The page, sent in a certain way.
    [[nodiscard]] reply page_reply(std::size_t number, manner how = manner::whole) const {
        const fetch::site_page& page = pages_.at(number);
        return {.body = page.body, .how = how, .type = page.type};
    }

private:
    reply answer(const request& asked) const {
        for (std::size_t number = 0; number < pages_.size(); ++number) {
            if (pages_[number].path == asked.path) {
                std::optional<reply> instead;
                if (fault_) {
                    instead = fault_(*this, number, asked);
                }
                return instead ? std::move(*instead) : page_reply(number);
            }
        }
        return {.status = 404, .body = "no such page"};
    }

    std::vector<fetch::site_page> pages_;
    fault fault_;
    scratch_folder folder_;
    std::string list_;
    fault_server server_;  // last: its threads use the rest
};

}  // namespace fetch_test

#endif
