#include "bench/pipeline/null_models.hpp"

#include <algorithm>

namespace weir {
namespace {

class NullTokenizer final : public Tokenizer {
 public:
  Result<void> encode(std::string_view text, std::optional<std::string_view>, const EncodeOptions& options, Scratch&,
                      TokenBuffer& out, std::vector<Piece>& pieces) const override {
    const auto all = static_cast<uint32_t>(text.size() / 4 + 2);
    const uint32_t count = std::min(all, options.max_tokens);
    pieces.push_back({static_cast<uint32_t>(out.ids.size()), count, all - count, false});
    out.ids.resize(out.ids.size() + count, 7);
    return {};
  }
  Result<std::string> decode(std::span<const int32_t>, bool) const override { return std::string(); }
  uint32_t vocab_size() const override { return 8; }
  std::optional<std::string_view> id_to_token(int32_t) const override { return std::nullopt; }
  std::optional<int32_t> token_to_id(std::string_view) const override { return std::nullopt; }
  const SpecialIds& special_ids() const override { return special_; }
  uint32_t added_tokens(bool) const override { return 2; }
  std::optional<uint32_t> model_max_length() const override { return std::nullopt; }
  std::vector<TokenizerPart> describe() const override { return {{"model", "null"}}; }

 private:
  SpecialIds special_;
};

}  // namespace

ModelFacts NullModels::null_facts() {
  ModelFacts facts;
  facts.name = "null";
  facts.architecture = "Null";
  facts.digest = "0000000000000000";
  facts.tasks = {Task::embed};
  facts.hidden_size = facts.output_size = dim;
  facts.max_tokens.value = 256;
  facts.vocab_size = 8;
  auto& pooler = facts.poolers[Task::embed];
  pooler.kinds.value = {PoolerKind::mean};
  pooler.use_activation.value = true;
  pooler.activation.value = OutputActivation::l2_normalize;
  pooler.width = dim;
  return facts;
}

Result<std::shared_ptr<const Tokenizer>> NullModels::open_tokenizer(const ModelPlan&) {
  return std::make_shared<const NullTokenizer>();
}

Result<RunCutFn> NullModels::open_worker(const ModelPlan&, const GpuWorkerPlan&, const WorkerHeads& heads) {
  return [count = heads.indices.size()](const Cut& cut) -> Result<std::vector<std::shared_ptr<const PooledBatch>>> {
    auto batch = std::make_shared<PooledBatch>();
    batch->values.assign(cut.rows.size() * dim, 0.05103104F);
    batch->sequences.reserve(cut.rows.size());
    for (uint32_t row = 0; row < cut.rows.size(); ++row) batch->sequences.push_back({row * dim, 1, dim, true});
    return std::vector<std::shared_ptr<const PooledBatch>>(count, batch);
  };
}

}  // namespace weir
