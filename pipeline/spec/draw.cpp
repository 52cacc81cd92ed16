#include <array>
#include <vector>

#include <fmt/format.h>

#include "pipeline/spec/describe.hpp"

namespace weir {
namespace {

// Inside a quoted label of both formats.
std::string label(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '"')
      out += '\'';
    else if (c == '\\' || c == '<' || c == '>' || static_cast<unsigned char>(c) < 0x20)
      out += '_';
    else
      out += c;
  }
  return out;
}

// What stands outside the dataflow at this stage: topics or a file; empty in the middle.
std::vector<std::string> ends(const StagePlan& stage) {
  if (const auto* source = std::get_if<KafkaSourcePlan>(&stage.options)) return source->topics;
  if (const auto* source = std::get_if<FileSourcePlan>(&stage.options))
    return {source->path == "-" ? "stdin" : source->path};
  if (const auto* sink = std::get_if<KafkaSinkPlan>(&stage.options)) return {sink->topic};
  if (const auto* sink = std::get_if<FileSinkPlan>(&stage.options)) return {sink->path == "-" ? "stdout" : sink->path};
  return {};
}

struct Syntax {
  std::string_view open, stage, end, edge, labelled, close;
};

// Node ids are s<stage> and t<stage>_<n>.
constexpr std::array<Syntax, 2> syntaxes{{
    {"graph LR\n", "  s{}[\"{}<br/>{}\"]\n", "  t{}_{}[(\"{}\")]\n", "  {} --> {}\n", "  s{} -- {} --> s{}\n", ""},
    {"digraph dataflow {\n  rankdir=LR;\n  node [shape=box];\n", "  s{} [label=\"{}\\n{}\"];\n",
     "  t{}_{} [label=\"{}\", shape=cylinder];\n", "  {} -> {};\n", "  s{} -> s{} [label=\"{}\"];\n", "}\n"},
}};

}  // namespace

std::string draw(const Plan& plan, Drawing format) {
  const Syntax& syntax = syntaxes[static_cast<size_t>(format)];
  std::string out(syntax.open);
  for (size_t i = 0; i < plan.stages.size(); ++i) {
    const auto& stage = plan.stages[i];
    const auto& kind = shape_of(stage);
    out += fmt::format(fmt::runtime(syntax.stage), i, label(stage.name), kind.name);
    const auto outside = ends(stage);
    for (size_t n = 0; n < outside.size(); ++n) {
      out += fmt::format(fmt::runtime(syntax.end), i, n, label(outside[n]));
      const auto inner = fmt::format("s{}", i), outer = fmt::format("t{}_{}", i, n);
      out += kind.is_source() ? fmt::format(fmt::runtime(syntax.edge), outer, inner)
                              : fmt::format(fmt::runtime(syntax.edge), inner, outer);
    }
    if (stage.from < 0) continue;
    const auto flows = to_string(kind.reads);
    out += format == Drawing::mermaid ? fmt::format(fmt::runtime(syntax.labelled), stage.from, flows, i)
                                      : fmt::format(fmt::runtime(syntax.labelled), stage.from, i, flows);
  }
  return out + std::string(syntax.close);
}

}  // namespace weir
