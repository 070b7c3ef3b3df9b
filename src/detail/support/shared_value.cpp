#include <paipa/detail/support/shared_value.hpp>

#include <memory>
#include <utility>

namespace paipa::detail {

shared_any::held::~held() = default;

shared_any::shared_any(std::unique_ptr<const held> value) : value_(std::move(value)) {}

shared_any::shared_any(const shared_any& other) noexcept = default;

shared_any::shared_any(shared_any&& other) noexcept = default;

shared_any::~shared_any() = default;

}  // namespace paipa::detail
