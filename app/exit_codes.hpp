#pragma once

#include "base/error.hpp"

namespace weir {

// The exit codes of every verb, after sysexits.h: a supervisor can tell a wrong file from a bad moment.
inline constexpr int exit_ok = 0;
inline constexpr int exit_failure = 1;  // something broke while running
inline constexpr int exit_usage = 64;   // the command line is wrong
inline constexpr int exit_again = 75;   // not now: a broker that does not answer
inline constexpr int exit_config = 78;  // YAML or model directory is wrong

inline int exit_code_of(const Error& error) {
  switch (error.code) {
    case ErrorCode::invalid_config:
    case ErrorCode::not_found:
    case ErrorCode::corrupt:
    case ErrorCode::unsupported: return exit_config;
    case ErrorCode::unavailable: return exit_again;
    case ErrorCode::invalid_request: return exit_usage;
    default: return exit_failure;
  }
}

}  // namespace weir
