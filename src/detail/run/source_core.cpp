#include <paipa/detail/run/source_core.hpp>
#include <paipa/detail/stage/run_base.hpp>

#include <string>
#include <utility>

namespace paipa::detail {

source_core::source_core(run_base& run, std::string text)
    : kind(std::move(text)), name(kind), core(run, nullptr, 0) {}

source_core::~source_core() = default;

}  // namespace paipa::detail
