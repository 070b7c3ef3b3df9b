#include <paipa/error_filter.hpp>

#include <exception>
#include <utility>

namespace paipa {

error_filter::error_filter(kind one) {
    kinds_.push_back(std::move(one));
}

// Defined here, so that programs that copy options need not compile them:
error_filter::error_filter(const error_filter& other) = default;
error_filter::error_filter(error_filter&& other) noexcept = default;
error_filter& error_filter::operator=(const error_filter& other) = default;
error_filter& error_filter::operator=(error_filter&& other) noexcept = default;
error_filter::~error_filter() = default;

bool error_filter::accepts(const std::exception_ptr& error) const {
    for (const kind& one : kinds_) {
        if (one(error)) {
            return true;
        }
    }
    return kinds_.empty();
}

error_filter operator|(error_filter a, error_filter b) {
    if (a.accepts_all() || b.accepts_all()) {
        return {};
    }
    for (error_filter::kind& one : b.kinds_) {
        a.kinds_.push_back(std::move(one));
    }
    return a;
}

}  // namespace paipa
