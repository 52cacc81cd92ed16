// Any bytes as a dataflow file: planning answers, each error is one line, and a plan describes itself as a file that
// loads again.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "pipeline/spec/describe.hpp"
#include "tests/pipeline/spec/fake_context.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const weir::SpecContext context = weir::spec_test::fake_context({{"NAME", "value"}});
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto plan = weir::load_plan("f.yaml", text, context);
  if (!plan) {
    for (const auto& error : plan.error())
      if (weir::to_string(error).find('\n') != std::string::npos) std::abort();
    return 0;
  }
  const std::string shown = weir::describe(*plan);
  weir::draw(*plan, weir::Drawing::mermaid);
  if (!plan->secrets.empty()) return 0;
  const auto again = weir::load_plan("g.yaml", shown, context);
  if (!again || weir::describe(*again) != shown) std::abort();
  return 0;
}
