#include "tokenizers/pre_tokenizers/character_kinds.hpp"

namespace weir::kind {
namespace {

uint8_t kind_of(uint64_t properties) {
  namespace property = unicode::property;
  const auto is = [&](uint64_t wanted) { return (properties & wanted) != 0; };
  if (is(property::space)) return blank;
  if (is(property::Lu | property::Lt)) return upper;
  if (is(property::Ll)) return lower;
  if (is(property::Lm | property::Lo)) return caseless;
  if (is(property::M)) return mark;
  if (is(property::N)) return number;
  return is(property::P | property::S) ? sign : 0;
}

}  // namespace

const Table& of_class() {
  static const Table table = [] {
    Table kinds{};
    const auto classes = unicode::property_classes();
    for (size_t i = 0; i < classes.size(); ++i) kinds[i] = kind_of(classes[i]);
    return kinds;
  }();
  return table;
}

const Table& of_ascii() {
  static const Table table = [] {
    Table kinds{};
    for (char32_t c = 0; c < 0x80; ++c) kinds[c] = kind_of(unicode::properties(c));
    kinds['\r'] = kinds['\n'] = newline;
    return kinds;
  }();
  return table;
}

}  // namespace weir::kind
