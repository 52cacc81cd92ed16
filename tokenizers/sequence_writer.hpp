#pragma once

#include <vector>

#include "tokenizers/encode_buffers.hpp"
#include "tokenizers/post_processor.hpp"
#include "tokenizers/tokenizer.hpp"
#include "tokenizers/truncation.hpp"

namespace weir {

// Writes sequences into a TokenBuffer: a post-processor's parts with tokens of the text and of its pair between them.
class SequenceWriter {
 public:
  // All outlive it.
  SequenceWriter(const PostProcessor& post, bool pair, const EncodeOptions& options, TokenBuffer& out)
      : post_(post), format_(pair ? post.pair : post.single), options_(options), out_(out) {}

  // The parts before the only text, and those behind its tokens, which begin at `from` in the buffer and were written
  // there by somebody else. Only when `one_text`.
  bool one_text() const;
  void begin_text();
  void end_text(size_t from, const std::vector<TokenEdges>& edges);

  bool pair_comes_first() const;

  // A whole sequence of one window of the text and one of its pair; `further`: it is not the text's first window.
  struct Window {
    TokenRange range;
    bool further = false;
  };
  void sequence(const TextTokens* texts, Window first, Window second);

 private:
  void special(const TemplatePart& part);
  void type(int32_t type_id, size_t count);
  void trim(size_t from, const TokenEdges* edges, size_t count);

  const PostProcessor& post_;
  const std::vector<TemplatePart>& format_;
  const EncodeOptions& options_;
  TokenBuffer& out_;
};

}  // namespace weir
