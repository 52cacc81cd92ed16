#include "tokenizers/sequence_writer.hpp"

#include <algorithm>

namespace weir {

using Kind = TemplatePart::Kind;

namespace {
constexpr std::array<int32_t, 2> plain_types{0, 1};
}

void SequenceWriter::type(int32_t type_id, size_t count) {
  if (type_id == 0 && out_.type_ids.empty()) return;
  out_.type_ids.resize(out_.ids.size(), 0);  // up to here all were 0
  out_.type_ids.resize(out_.ids.size() + count, type_id);
}

void SequenceWriter::special(const TemplatePart& part) {
  if (!options_.add_special) return;
  type(part.type_id, part.ids.size());
  out_.ids.insert(out_.ids.end(), part.ids.begin(), part.ids.end());
  if (!options_.offsets) return;
  out_.offsets.resize(out_.offsets.size() + part.ids.size());
  out_.special.resize(out_.special.size() + part.ids.size(), 1);
}

// Hugging Face's process_offsets: white space at the ends of a token does not count as part of it, but for one that the
// pre-tokenizer put in front.
void SequenceWriter::trim(size_t from, const TokenEdges* edges, size_t count) {
  for (const bool add_prefix_space : post_.trims)
    for (size_t i = 0; i < count; ++i) {
      auto& span = out_.offsets[from + i];
      uint32_t leading = edges[i].leading;
      if (leading == 1 && add_prefix_space && (i == 0 || span.begin == 0)) leading = 0;
      span.begin = std::min(span.begin + leading, span.end);
      if (edges[i].trailing > 0 && span.end >= edges[i].trailing)
        span.end = std::max(span.end - edges[i].trailing, span.begin);
    }
}

bool SequenceWriter::one_text() const {
  const auto texts = std::count_if(format_.begin(), format_.end(),
                                   [](const TemplatePart& part) { return part.kind != Kind::special; });
  return texts == 1 &&
         std::any_of(format_.begin(), format_.end(), [](const TemplatePart& part) { return part.kind == Kind::first; });
}

bool SequenceWriter::pair_comes_first() const {
  const auto text =
      std::find_if(format_.begin(), format_.end(), [](const TemplatePart& part) { return part.kind != Kind::special; });
  return text != format_.end() && text->kind == Kind::second;
}

void SequenceWriter::begin_text() {
  for (const auto& part : format_) {
    if (part.kind == Kind::first) return;
    special(part);
  }
}

void SequenceWriter::end_text(size_t from, const std::vector<TokenEdges>& edges) {
  const size_t count = out_.ids.size() - from;
  bool behind = false;
  for (const auto& part : format_) {
    if (behind) special(part);
    if (part.kind != Kind::first) continue;
    behind = true;
    if (part.type_id != 0 || !out_.type_ids.empty()) {
      out_.type_ids.resize(from, 0);
      out_.type_ids.resize(from + count, part.type_id);
    }
    if (!options_.offsets) continue;
    out_.special.resize(from + count, 0);
    if (!post_.trims.empty()) trim(from, edges.data(), count);
  }
}

void SequenceWriter::sequence(const TextTokens* texts, Window first, Window second) {
  for (const auto& part : format_) {
    if (part.kind == Kind::special) {
      special(part);
      continue;
    }
    const size_t which = part.kind == Kind::second ? 1 : 0;
    const auto& text = texts[which];
    const auto [range, further] = which == 1 ? second : first;
    const size_t count = range.end - range.begin;
    const auto& further_types = options_.add_special ? post_.window_types : plain_types;
    type(further ? further_types[which] : part.type_id, count);
    out_.ids.insert(out_.ids.end(), text.ids.begin() + range.begin, text.ids.begin() + range.end);
    if (!options_.offsets) continue;
    const size_t from = out_.offsets.size();
    out_.offsets.insert(out_.offsets.end(), text.spans.begin() + range.begin, text.spans.begin() + range.end);
    out_.special.resize(out_.special.size() + count, 0);
    if (!post_.trims.empty()) trim(from, text.edges.data() + range.begin, count);
  }
}

}  // namespace weir
