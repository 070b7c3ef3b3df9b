#include "curl_setup.hpp"

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <curl/curl.h>
#include <new>
#include <utility>

namespace fetch {

namespace {

thread_local bool has_failed = false;

void* noted(void* made) {
    has_failed = has_failed || made == nullptr;
    return made;
}

void* note_malloc(std::size_t size) {
    return noted(std::malloc(size));
}

void* note_realloc(void* old, std::size_t size) {
    return noted(std::realloc(old, size));
}

void* note_calloc(std::size_t count, std::size_t size) {
    return noted(std::calloc(count, size));
}

char* note_strdup(const char* text) {
    return static_cast<char*>(noted(strdup(text)));
}

}  // namespace

void set_up_curl() {
    static const CURLcode code = curl_global_init_mem(CURL_GLOBAL_DEFAULT, &note_malloc, &std::free,
                                                      &note_realloc, &note_strdup, &note_calloc);
    if (code != CURLE_OK) {
        throw std::bad_alloc();
    }
}

bool take_failed_allocation() noexcept {
    return std::exchange(has_failed, false);
}

}  // namespace fetch
