#include <paipa/detail/stage/stage_run.hpp>
#include <paipa/failure.hpp>
#include <paipa/log.hpp>

#include <exception>
#include <string>

namespace paipa::detail {

stage_run::~stage_run() = default;

void stage_run::log_exception(const char* who) const noexcept {
    try {
        log(log_level::error,
            label() + ": " + who + " threw: " + describe(std::current_exception()));
    } catch (...) {  // NOLINT(bugprone-empty-catch): no memory for a text
    }
}

std::string stage_run::label() const {
    return "paipa::pipeline '" + options.name + "'";
}

}  // namespace paipa::detail
