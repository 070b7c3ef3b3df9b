#ifndef PAIPA_OBSERVE_JSON_REPORTER_HPP
#define PAIPA_OBSERVE_JSON_REPORTER_HPP
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"  // a program may have the same names
#include <paipa/observe/reporter.hpp>

#include <iosfwd>
#include <span>

namespace paipa {

/// Writes each report as one line of JSON:
/// `{"steps":[{"name":"parse","count":10,"run_time":0.5,"throughput":20,...},...]}`.
///
/// Units:   seconds, entries per second, bytes. What is not measured is null. In names, each byte
///          that is no UTF-8 becomes U+FFFD.
/// Threads: as `reporter`; `out` must outlive it.
/// Errors:  a stream that fails throws `std::ios_base::failure`.
class json_reporter final : public reporter {
public:
    explicit json_reporter(std::ostream& out) : out_(out) {}

    void show(std::span<const step_record> steps) override;

private:
    std::ostream& out_;
};

}  // namespace paipa

#pragma GCC diagnostic pop
#endif
