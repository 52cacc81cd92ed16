// The names of the enumerations, spelled as in YAML, JSON and metrics.
#include "base/dtype.hpp"
#include "base/enum_names.hpp"
#include "base/error.hpp"
#include "base/model_facts.hpp"
#include "base/option.hpp"
#include "base/task.hpp"

namespace weir {
namespace {

constexpr EnumNames<ErrorCode, 23> error_codes{{
    {ErrorCode::decode_error, "decode_error"},
    {ErrorCode::schema_mismatch, "schema_mismatch"},
    {ErrorCode::verifier_failed, "verifier_failed"},
    {ErrorCode::unsupported_content_type, "unsupported_content_type"},
    {ErrorCode::invalid_request, "invalid_request"},
    {ErrorCode::too_long, "too_long"},
    {ErrorCode::tokenizer_error, "tokenizer_error"},
    {ErrorCode::model_unavailable, "model_unavailable"},
    {ErrorCode::numeric_nan, "numeric_nan"},
    {ErrorCode::device_oom, "device_oom"},
    {ErrorCode::device_fault, "device_fault"},
    {ErrorCode::timeout, "timeout"},
    {ErrorCode::output_too_large, "output_too_large"},
    {ErrorCode::retries_exhausted, "retries_exhausted"},
    {ErrorCode::policy, "policy"},
    {ErrorCode::invalid_config, "invalid_config"},
    {ErrorCode::not_found, "not_found"},
    {ErrorCode::io_error, "io_error"},
    {ErrorCode::corrupt, "corrupt"},
    {ErrorCode::unsupported, "unsupported"},
    {ErrorCode::unavailable, "unavailable"},
    {ErrorCode::fatal, "fatal"},
    {ErrorCode::internal, "internal"},
}};

constexpr EnumNames<Task, 6> tasks{{
    {Task::embed, "embed"},
    {Task::classify, "classify"},
    {Task::score, "score"},
    {Task::reward, "reward"},
    {Task::token_embed, "token_embed"},
    {Task::token_classify, "token_classify"},
}};

constexpr EnumNames<PoolerKind, 7> pooler_kinds{{
    {PoolerKind::cls, "cls"},
    {PoolerKind::last, "last"},
    {PoolerKind::mean, "mean"},
    {PoolerKind::max, "max"},
    {PoolerKind::mean_sqrt_len, "mean_sqrt_len"},
    {PoolerKind::weighted_mean, "weighted_mean"},
    {PoolerKind::all, "all"},
}};

constexpr EnumNames<Lane, 2> lanes{{{Lane::realtime, "realtime"}, {Lane::bulk, "bulk"}}};

constexpr EnumNames<DType, 7> dtypes{{
    {DType::float32, "float32"},
    {DType::float16, "float16"},
    {DType::bfloat16, "bfloat16"},
    {DType::int8, "int8"},
    {DType::int32, "int32"},
    {DType::int64, "int64"},
    {DType::uint8, "uint8"},
}};

constexpr EnumNames<Origin, 6> origins{{
    {Origin::request, "request"},
    {Origin::yaml, "yaml"},
    {Origin::sentence_transformers, "sentence_transformers"},
    {Origin::model_config, "model_config"},
    {Origin::model_class, "model_class"},
    {Origin::task_default, "task_default"},
}};

constexpr EnumNames<OutputActivation, 4> output_activations{{
    {OutputActivation::identity, "identity"},
    {OutputActivation::l2_normalize, "l2_normalize"},
    {OutputActivation::sigmoid, "sigmoid"},
    {OutputActivation::softmax, "softmax"},
}};

constexpr EnumNames<ScoreMethod, 2> score_methods{{
    {ScoreMethod::cross_encoder, "cross_encoder"},
    {ScoreMethod::bi_encoder, "bi_encoder"},
}};

constexpr EnumNames<OptionType, 9> option_types{{
    {OptionType::string, "string"},
    {OptionType::integer, "integer"},
    {OptionType::number, "number"},
    {OptionType::boolean, "boolean"},
    {OptionType::size, "size"},
    {OptionType::duration, "duration"},
    {OptionType::choice, "choice"},
    {OptionType::list, "list"},
    {OptionType::map, "map"},
}};

}  // namespace

std::string_view to_string(ErrorCode code) { return name_of(error_codes, code); }
std::string_view to_string(Task task) { return name_of(tasks, task); }
std::optional<Task> task_from_string(std::string_view text) { return value_of(tasks, text); }
std::string_view to_string(PoolerKind kind) { return name_of(pooler_kinds, kind); }
std::optional<PoolerKind> pooler_kind_from_string(std::string_view text) { return value_of(pooler_kinds, text); }
std::string_view to_string(Lane lane) { return name_of(lanes, lane); }
std::optional<Lane> lane_from_string(std::string_view text) { return value_of(lanes, text); }
std::string_view to_string(DType type) { return name_of(dtypes, type); }
std::optional<DType> dtype_from_string(std::string_view text) { return value_of(dtypes, text); }
std::string_view to_string(Origin origin) { return name_of(origins, origin); }
std::string_view to_string(OutputActivation activation) { return name_of(output_activations, activation); }
std::string_view to_string(ScoreMethod method) { return name_of(score_methods, method); }
std::string_view to_string(OptionType type) { return name_of(option_types, type); }

}  // namespace weir
