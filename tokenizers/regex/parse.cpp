#include <fmt/format.h>

#include "tokenizers/regex/cursor.hpp"
#include "tokenizers/regex/letters.hpp"
#include "tokenizers/regex/syntax.hpp"

namespace weir::regex {
namespace {

using Kind = Node::Kind;
using Place = Node::Place;

struct Options {
  bool fold = false;      // i
  bool dot_all = false;   // m, as Ruby means it
  bool extended = false;  // x
};

Node make_node(Kind kind, std::vector<Node> children) {
  Node node;
  node.kind = kind;
  node.children = std::move(children);
  return node;
}

Node make_node(Kind kind, Node child) {
  std::vector<Node> children;
  children.push_back(std::move(child));
  return make_node(kind, std::move(children));
}

class Parser {
 public:
  explicit Parser(std::string_view pattern) : in_(pattern) {}

  Result<Syntax> parse() {
    Node root = read_choice({}, 0);
    if (!in_.at_end()) in_.wrong(in_.at(), "closes nothing");
    if (!in_.error()) resolve_letters(root, sets_);
    if (!in_.error() && sets_.size() > max_sets)
      in_.unsupported(0, fmt::format("more than {} different sets of characters", max_sets));
    check_size();
    if (in_.error()) return fail(*in_.error());
    return Syntax{std::move(root), sets_.take()};
  }

 private:
  void check_size() {
    if (sets_.full()) in_.unsupported(0, "too many characters and classes");
  }

  Node read_choice(Options options, uint32_t depth) {
    if (depth > max_nesting) return in_.unsupported(in_.at(), "groups nested this deep"), Node{};
    std::vector<Node> ways;
    do {
      std::vector<Node> parts;
      for (skip_blanks(options); !in_.at_end() && !in_.sees("|") && !in_.sees(")"); skip_blanks(options))
        parts.push_back(read_repeated(options, depth));
      ways.push_back(make_node(Kind::sequence, std::move(parts)));
    } while (in_.take("|"));
    if (ways.size() == 1) return std::move(ways[0]);
    return make_node(Kind::choice, std::move(ways));
  }

  // Comments, and what (?x) allows between the parts of a pattern.
  void skip_blanks(Options options) {
    for (size_t at = in_.at() + 1; at != in_.at();) {
      at = in_.at();
      if (in_.take("(?#")) {
        bool open = true;
        while (open && !in_.at_end()) {
          const char32_t c = in_.next();
          if (c == '\\' && !in_.at_end()) in_.next();
          open = c != ')';
        }
        if (open) in_.wrong(at, "has no )");
      } else if (options.extended && !in_.at_end() && in_.rest().find_first_of(" \t\n\r\f\v") == 0) {
        in_.next();
      } else if (options.extended && in_.take("#")) {
        while (!in_.at_end() && in_.next() != '\n') continue;
      }
    }
  }

  Node read_repeated(Options options, uint32_t depth) {
    const size_t begin = in_.at();
    Node node = read_one(options, depth);
    uint32_t times = 0;
    for (skip_blanks(options); read_quantifier(node, begin); skip_blanks(options))
      if (++times > max_nesting) in_.unsupported(begin, "this many quantifiers in a row");
    return node;
  }

  // Puts `node` under the quantifier that follows, if one does.
  bool read_quantifier(Node& node, size_t begin) {
    if (in_.at_end()) return false;
    uint32_t min = 0;
    uint32_t max = Node::unbounded;
    bool possessive = false;
    bool fixed = false;
    const bool interval = in_.sees("{");
    if (interval) {
      if (!read_interval(min, max, possessive, fixed)) return false;
    } else if (in_.take("+")) {
      min = 1;
    } else if (in_.take("?")) {
      max = 1;
    } else if (!in_.take("*")) {
      return false;
    }
    // {n}? is an optional {n}, {n,m}+ a repeated {n,m}, and {m,n} with m > n is possessive.
    const bool lazy = !possessive && !fixed && in_.take("?");
    if (!lazy && !interval) possessive = in_.take("+");
    if (node.kind == Kind::assertion || node.kind == Kind::ahead || node.kind == Kind::behind)
      in_.wrong(begin, "is a place, which cannot be repeated");
    node = make_node(Kind::repeat, std::move(node));
    node.min = min;
    node.max = max;
    node.greedy = !lazy;
    if (possessive) node = make_node(Kind::atomic, std::move(node));
    return true;
  }

  // {n} {n,} {,m} {n,m}. False: this is text, and the cursor stands where it stood.
  bool read_interval(uint32_t& min, uint32_t& max, bool& possessive, bool& fixed) {
    const size_t begin = in_.at();
    in_.next();
    const auto low = read_count(begin);
    fixed = !in_.take(",");
    const auto high = fixed ? low : read_count(begin);
    if ((!low && !high) || !in_.take("}")) {
      if (!in_.error()) in_.go(begin);
      return false;
    }
    min = low.value_or(0);
    max = high.value_or(Node::unbounded);
    possessive = min > max;
    if (possessive) std::swap(min, max);
    return true;
  }

  std::optional<uint32_t> read_count(size_t begin) {
    std::optional<uint32_t> count;
    while (!in_.at_end() && in_.rest()[0] >= '0' && in_.rest()[0] <= '9') {
      count = count.value_or(0) * 10 + static_cast<uint32_t>(in_.next() - '0');
      if (*count > max_repeat) in_.wrong(begin, "repeats too often");
    }
    return count;
  }

  Node read_one(Options options, uint32_t depth) {
    const size_t begin = in_.at();
    const char32_t c = in_.next();
    switch (c) {
      case '(': return read_group(begin, options, depth);
      case '[': return read_class(begin, options);
      case '\\': return read_escaped(begin, options);
      case '^': return place(Place::line_begin);
      case '$': return place(Place::line_end);
      case '.': return set(options.dot_all ? CharSet().complement() : CharSet::of(U'\n').complement());
      case '*':
      case '+':
      case '?': return in_.wrong(begin, "repeats nothing"), Node{};
      case '{': {
        uint32_t min = 0;
        uint32_t max = 0;
        bool flags[2];
        in_.go(begin);
        if (read_interval(min, max, flags[0], flags[1])) return in_.wrong(begin, "repeats nothing"), Node{};
        if (!in_.error()) in_.go(begin + 1);
        return letter(c, options);
      }
      default: return letter(c, options);
    }
  }

  Node read_class(size_t begin, Options options) {
    bool negated = false;
    const auto members = read_brackets(in_, begin, options.fold, negated);
    if (negated || !options.fold) return set(negated ? members.complement() : members);
    check_size();
    return with_unfolded(members, sets_);
  }

  Node read_escaped(size_t begin, Options options) {
    if (in_.take("A")) return place(Place::text_begin);
    if (in_.take("z")) return place(Place::text_end);
    if (in_.take("Z")) return place(Place::text_end_or_newline);
    if (in_.take("b")) return place(Place::word_boundary);
    if (in_.take("B")) return place(Place::no_word_boundary);
    if (in_.take("N")) return set(CharSet::of(U'\n').complement());
    if (in_.take("O")) return set(CharSet().complement());
    if (in_.take("R")) return newline();
    if (in_.take("K")) return in_.unsupported(begin, "keep"), Node{};
    if (in_.take("G")) return in_.unsupported(begin, "the place where the search began"), Node{};
    if (in_.take("X") || in_.take("y") || in_.take("Y")) return in_.unsupported(begin, "text segments"), Node{};
    if (in_.sees("k<") || in_.sees("k'")) return in_.unsupported(begin, "a back reference"), Node{};
    if (in_.sees("g<") || in_.sees("g'")) return in_.unsupported(begin, "a call of a group"), Node{};
    if (!in_.at_end() && in_.rest()[0] >= '1' && in_.rest()[0] <= '9')
      return in_.unsupported(begin, "a back reference"), Node{};
    auto escape = read_escape(in_, begin);
    return escape.is_set ? lone_set(std::move(escape.set)) : letter(escape.code, options);
  }

  Node lone_set(CharSet members) {
    const auto word = CharSet::of(*unicode::find_property("\\w"));
    if (members == word) return set(lone_word());
    if (members == word.complement()) return set(lone_word().complement());
    return set(std::move(members));
  }

  // \R: one line break, and never the first half of \r\n.
  Node newline() {
    Node pair = make_node(Kind::sequence, set(CharSet::of(U'\r')));
    pair.children.push_back(set(CharSet::of(U'\n')));
    Node either = make_node(Kind::choice, std::move(pair));
    either.children.push_back(set(CharSet({{'\n', '\r'}, {0x85, 0x85}, {0x2028, 0x2029}})));
    return make_node(Kind::atomic, std::move(either));
  }

  Node read_group(size_t begin, Options options, uint32_t depth) {
    if (in_.sees("*")) return in_.unsupported(begin, "a callout"), Node{};
    if (!in_.take("?")) return captured(read_inside(begin, options, depth));
    if (in_.take(":")) return read_inside(begin, options, depth);
    if (in_.take(">")) return make_node(Kind::atomic, read_inside(begin, options, depth));
    for (const bool negated : {false, true}) {
      const bool ahead = in_.take(negated ? "!" : "=");
      if (!ahead && !in_.take(negated ? "<!" : "<=")) continue;
      Node look = make_node(ahead ? Kind::ahead : Kind::behind, read_inside(begin, options, depth));
      look.negated = negated;
      return look;
    }
    if (in_.sees("<") || in_.sees("'")) return read_named(begin, options, depth);
    if (in_.sees("~")) return in_.unsupported(begin, "absent operators"), Node{};
    if (in_.sees("(")) return in_.unsupported(begin, "conditions"), Node{};
    if (in_.sees("{")) return in_.unsupported(begin, "a callout"), Node{};
    return read_options(begin, options, depth);
  }

  Node read_named(size_t begin, Options options, uint32_t depth) {
    const auto close = in_.next() == '<' ? '>' : '\'';
    const size_t size = in_.rest().find(close);
    const auto name = in_.rest().substr(0, size);
    if (size == std::string_view::npos || size == 0 || name.find_first_of("()-0123456789") == 0 ||
        name.find(')') != std::string_view::npos)
      return in_.wrong(begin, "has no name"), Node{};
    in_.go(in_.at() + size + 1);
    return captured(read_inside(begin, options, depth));
  }

  // (?i) up to the end of the group around it, or (?i:...).
  Node read_options(size_t begin, Options options, uint32_t depth) {
    bool on = true;
    while (!in_.at_end()) {
      if (in_.take(":")) return read_inside(begin, options, depth);
      if (in_.take(")")) return read_choice(options, depth + 1);
      const char32_t c = in_.next();
      if (c == '-') {
        on = false;
      } else if (c == 'i') {
        options.fold = on;
      } else if (c == 'm') {
        options.dot_all = on;
      } else if (c == 'x') {
        options.extended = on;
      } else {
        in_.unsupported(begin, "options other than i, m and x");
      }
    }
    return in_.wrong(begin, "is not closed"), Node{};
  }

  Node read_inside(size_t begin, Options options, uint32_t depth) {
    Node inside = read_choice(options, depth + 1);
    if (!in_.take(")")) in_.wrong(begin, "is not closed");
    return inside;
  }

  static Node captured(Node node) {
    node.captures = true;
    return node;
  }

  Node set(CharSet members) {
    Node node;
    node.kind = Kind::set;
    node.set = sets_.add(std::move(members));
    return node;
  }

  static Node place(Place at) {
    Node node;
    node.kind = Kind::assertion;
    node.place = at;
    return node;
  }

  static Node letter(char32_t code, Options options) {
    Node node;
    node.kind = Kind::letter;
    node.code = code;
    node.fold = options.fold;
    return node;
  }

  Cursor in_;
  Sets sets_;
};

}  // namespace

Result<Syntax> parse(std::string_view pattern) {
  if (pattern.size() > max_pattern_bytes)
    return fail(ErrorCode::unsupported,
                fmt::format("a regular expression of {} bytes; {} are the most", pattern.size(), max_pattern_bytes));
  return Parser(pattern).parse();
}

}  // namespace weir::regex
