#include <paipa/integrations/spdlog.hpp>
#include <paipa/log.hpp>

#include <spdlog/spdlog.h>

int main() {
    paipa::set_log_hook(paipa::spdlog_hook(spdlog::default_logger()));
    paipa::log(paipa::log_level::info, "hello");
}
