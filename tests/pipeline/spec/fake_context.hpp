#pragma once

#include <fstream>
#include <map>
#include <sstream>
#include <string>

#include "pipeline/spec/load.hpp"
#include "pipeline/spec/options.hpp"

namespace weir::spec_test {

// all-MiniLM-L6-v2 as a probe would tell of it.
inline ModelFacts minilm_facts(const std::string& path) {
  ModelFacts facts;
  facts.name = "all-MiniLM-L6-v2";
  facts.path = path;
  facts.architecture = "BertModel";
  facts.tasks = {Task::embed, Task::token_embed};
  facts.hidden_size = facts.output_size = 384;
  facts.max_tokens = {256, Origin::sentence_transformers};
  facts.prompts = {{"query", "query: "}, {"document", "passage: "}};
  for (const Task task : facts.tasks) {
    facts.poolers[task].width = 384;
    facts.poolers[task].activation.value = OutputActivation::l2_normalize;
  }
  return facts;
}

// A BERT with a head: one label scores pairs, several classify.
inline ModelFacts classifier_facts(const std::string& path, uint32_t labels) {
  ModelFacts facts = minilm_facts(path);
  facts.name = "classifier";
  facts.architecture = "BertForSequenceClassification";
  facts.tasks = {Task::classify};
  if (labels == 1) facts.tasks = {Task::score, Task::classify};
  facts.output_size = labels;
  facts.prompts.clear();
  facts.poolers.clear();
  for (const Task task : facts.tasks) {
    facts.poolers[task].width = labels;
    facts.poolers[task].head_in = facts.hidden_size;
    facts.poolers[task].activation.value = labels == 1 ? OutputActivation::sigmoid : OutputActivation::softmax;
  }
  return facts;
}

inline ModelFacts matryoshka_facts(const std::string& path) {
  ModelFacts facts = minilm_facts(path);
  facts.is_matryoshka = true;
  facts.matryoshka = {64, 128};
  return facts;
}

inline std::string read(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

// No environment, no files, and models by the last part of their path: `classifier`, `reranker`, `missing`, else
// MiniLM.
inline SpecContext fake_context(std::map<std::string, std::string> variables = {}) {
  SpecContext context;
  context.options.assign(spec_options().begin(), spec_options().end());
  context.env = [variables = std::move(variables)](std::string_view name) -> std::optional<std::string> {
    const auto found = variables.find(std::string(name));
    if (found == variables.end()) return std::nullopt;
    return found->second;
  };
  context.read_file = [](const std::string& path) -> Result<std::string> {
    if (path == "/run/secrets/password") return "open sesame\n";
    return fail(ErrorCode::not_found, "no such file");
  };
  context.probe_model = [](const std::string& path) -> Result<ModelFacts> {
    if (path.ends_with("missing")) return fail(ErrorCode::not_found, "there is no config.json in " + path);
    if (path.ends_with("matryoshka")) return matryoshka_facts(path);
    if (path.ends_with("classifier")) return classifier_facts(path, 3);
    if (path.ends_with("reranker")) return classifier_facts(path, 1);
    return minilm_facts(path);
  };
  return context;
}

// A dataflow file around these stages, each a line such as `tok: {actor: tokenizer, from: src}`; the first is in
// line 4.
inline std::string dataflow(const std::string& stages, const std::string& model = "path: minilm",
                            const std::string& more = "") {
  std::string out = "name: t\nmodels: {m: {" + model + "}}\ndataflow:\n";
  std::istringstream in(stages);
  for (std::string line; std::getline(in, line);) out += "  " + line + "\n";
  return out + more;
}

inline std::string lines(const SpecErrors& errors) {
  std::string out;
  for (const auto& error : errors) out += to_string(error) + "\n";
  return out;
}

// The errors of a dataflow file, a line each; empty when it is right.
inline std::string errors_of(const std::string& text) {
  const auto plan = load_plan("t.yaml", text, fake_context());
  return plan ? "" : lines(plan.error());
}

}  // namespace weir::spec_test
