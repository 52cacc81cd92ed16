#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tokenizers/normalizer.hpp"
#include "tokenizers/regex/regex.hpp"

namespace weir {

// White space goes from the ends of the text.
class Strip final : public Normalizer {
 public:
  Strip(bool left, bool right) : left_(left), right_(right) {}

  bool apply(TextView in, EncodeBuffers& buffers, NormalizedText& out) const override;
  std::string describe() const override;

 private:
  const bool left_, right_;
};

// Puts a text in front of every text but the empty one.
class Prepend final : public Normalizer {
 public:
  explicit Prepend(std::string what) : what_(std::move(what)) {}

  bool apply(TextView in, EncodeBuffers& buffers, NormalizedText& out) const override;
  std::string describe() const override;

 private:
  const std::string what_;
};

// Replaces each occurrence of a string, which is not empty; the new text has the origin of the last byte that it
// replaces.
class ReplaceString final : public Normalizer {
 public:
  ReplaceString(std::string what, std::string by) : what_(std::move(what)), by_(std::move(by)) {}

  bool apply(TextView in, EncodeBuffers& buffers, NormalizedText& out) const override;
  std::string describe() const override;

 private:
  void replace_byte(std::string_view in, std::string& out) const;

  const std::string what_, by_;
};

// The expression " {2,}", which many files have: runs of two blanks and more.
class ReplaceBlanks final : public Normalizer {
 public:
  explicit ReplaceBlanks(std::string by) : by_(std::move(by)) {}

  bool apply(TextView in, EncodeBuffers& buffers, NormalizedText& out) const override;
  std::string describe() const override;

 private:
  const std::string by_;
};

// The same for each match of an expression.
class ReplaceRegex final : public Normalizer {
 public:
  // `name`: of the expression, for describe.
  ReplaceRegex(std::string name, Regex what, std::string by)
      : name_(std::move(name)), what_(std::move(what)), by_(std::move(by)) {}

  bool apply(TextView in, EncodeBuffers& buffers, NormalizedText& out) const override;
  std::string describe() const override;

 private:
  const std::string name_;
  const Regex what_;
  const std::string by_;
};

// One after the other. None of the steps is a sequence itself.
class NormalizerSequence final : public Normalizer {
 public:
  explicit NormalizerSequence(std::vector<std::unique_ptr<Normalizer>> steps) : steps_(std::move(steps)) {}

  bool apply(TextView in, EncodeBuffers& buffers, NormalizedText& out) const override;
  std::string describe() const override;

 private:
  const std::vector<std::unique_ptr<Normalizer>> steps_;
};

}  // namespace weir
