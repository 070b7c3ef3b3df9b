#include "site.hpp"

#include "error.hpp"
#include "http_client.hpp"
#include "url.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

namespace {

using fetch::http_client;
using fetch::make_site;
using fetch::site_page;
using fetch::site_server;

TEST(site, is_always_the_same) {
    const std::vector<site_page> once = make_site(300);
    const std::vector<site_page> again = make_site(300);
    ASSERT_EQ(once.size(), 300U);
    std::set<std::string> paths;
    std::set<std::string> types;
    for (std::size_t n = 0; n < once.size(); ++n) {
        EXPECT_EQ(once[n].path, again[n].path);
        EXPECT_EQ(once[n].body, again[n].body);
        paths.insert(once[n].path);
        types.insert(once[n].type);
    }
    EXPECT_EQ(paths.size(), 300U);
    EXPECT_EQ(types.size(), 4U);
}

TEST(site, is_served_whole_and_shy_pages_at_the_second_try) {
    const std::vector<site_page> pages = make_site(60);
    const site_server server(make_site(60), 2);
    http_client client({.connect_to = server.connect_to(), .use_proxy = false});
    const std::vector<std::string> urls = server.urls();
    ASSERT_EQ(urls.size(), pages.size());
    unsigned failed = 0;
    for (std::size_t n = 0; n < urls.size(); ++n) {
        fetch::page got;
        try {
            got = client.get(fetch::parse_url(urls[n]));
        } catch (const fetch::transient_error&) {
            ++failed;
            got = client.get(fetch::parse_url(urls[n]));
        }
        EXPECT_EQ(got.url, "http://demo.test" + pages[n].path);
        EXPECT_EQ(got.type, pages[n].type);
        EXPECT_EQ(got.body, pages[n].body);
    }
    EXPECT_EQ(failed, 2U);  // pages 24 and 49
}

TEST(site, has_nothing_else) {
    const site_server server(make_site(1), 1);
    http_client client({.connect_to = server.connect_to(), .use_proxy = false});
    EXPECT_THROW((void)client.get(fetch::parse_url("http://demo.test/etc/passwd")),
                 fetch::permanent_error);
}

TEST(site, listens_on_its_own_port) {
    const site_server one(make_site(1), 1);
    const site_server two(make_site(1), 1);
    EXPECT_GT(one.port(), 0);
    EXPECT_NE(one.port(), two.port());
}

}  // namespace
