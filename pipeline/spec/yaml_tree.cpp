#include "pipeline/spec/yaml_tree.hpp"

#include <algorithm>
#include <istream>
#include <map>
#include <optional>
#include <sstream>
#include <utility>

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

namespace weir {
namespace {

constexpr size_t max_bytes = 1 << 20;
constexpr size_t max_nodes = 20'000;  // after aliases are expanded
constexpr size_t max_depth = 64;

Place place_of(const YAML::Mark& mark) { return mark.is_null() ? Place{} : Place{mark.line + 1, mark.column + 1}; }

// A limit of ours that the file exceeds: parsing stops here.
struct TooMuch {
  Place at;
  std::string message;
};

size_t count(const YamlNode& node) {
  size_t n = 1;
  for (const auto& item : node.items) n += count(item);
  for (const auto& entry : node.entries) n += count(entry.value);
  return n;
}

size_t height(const YamlNode& node) {
  size_t deepest = 0;
  for (const auto& item : node.items) deepest = std::max(deepest, height(item));
  for (const auto& entry : node.entries) deepest = std::max(deepest, height(entry.value));
  return deepest + 1;
}

// Builds the tree from yaml-cpp's events, because its own tree keeps duplicate keys silently and copies aliases without
// bound.
class TreeBuilder final : public YAML::EventHandler {
 public:
  explicit TreeBuilder(ErrorList& errors) : errors_(errors) {}

  YamlNode root;

  void OnDocumentStart(const YAML::Mark&) override { anchors_.clear(); }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    leaf(mark, "", anchor, YamlNode::Kind::null, "");
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    leaf(mark, tag, anchor, YamlNode::Kind::scalar, value);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) throw TooMuch{place_of(mark), "an alias may not stand inside the value it names"};
    const size_t more = count(found->second);
    if (nodes_ + more > max_nodes)
      throw TooMuch{place_of(mark), fmt::format("aliases expand to more than {} values", max_nodes)};
    if (open_.size() + height(found->second) > max_depth)
      throw TooMuch{place_of(mark), fmt::format("aliases nest deeper than {} levels", max_depth)};
    nodes_ += more;
    add(found->second, place_of(mark));
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, YamlNode::Kind::sequence);
  }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, YamlNode::Kind::map);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapEnd() override { close(); }

 private:
  struct Open {
    YamlNode node;
    YAML::anchor_t anchor = 0;
    std::optional<std::pair<std::string, Place>> key;  // read, its value still to come
    std::vector<YamlEntry> merged;                     // from `<<`
  };

  void check_tag(const YAML::Mark& mark, const std::string& tag) {
    if (tag.empty() || tag == "?" || tag == "!" || tag == "tag:yaml.org,2002:str") return;
    errors_.add(place_of(mark), tag, "tags have no meaning here", "remove it: the type of an option is known");
  }

  void grow(const YAML::Mark& mark) {
    if (++nodes_ > max_nodes) throw TooMuch{place_of(mark), fmt::format("more than {} values in one file", max_nodes)};
  }

  void leaf(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, YamlNode::Kind kind,
            const std::string& text) {
    grow(mark);
    check_tag(mark, tag);
    YamlNode node;
    node.kind = kind;
    node.at = place_of(mark);
    node.text = text;
    if (anchor) anchors_[anchor] = node;
    add(std::move(node), place_of(mark));
  }

  void open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, YamlNode::Kind kind) {
    grow(mark);
    check_tag(mark, tag);
    if (open_.size() >= max_depth)
      throw TooMuch{place_of(mark), fmt::format("nested deeper than {} levels", max_depth)};
    open_.emplace_back();
    open_.back().node.kind = kind;
    open_.back().node.at = place_of(mark);
    open_.back().anchor = anchor;
  }

  void close() {
    Open done = std::move(open_.back());
    open_.pop_back();
    for (auto& entry : done.merged)
      if (!done.node.find(entry.key)) done.node.entries.push_back(std::move(entry));
    if (done.anchor) anchors_[done.anchor] = done.node;
    const Place at = done.node.at;
    add(std::move(done.node), at);
  }

  void add(YamlNode node, Place at) {
    if (open_.empty()) {
      root = std::move(node);
      return;
    }
    Open& parent = open_.back();
    if (parent.node.kind == YamlNode::Kind::sequence)
      parent.node.items.push_back(std::move(node));
    else if (!parent.key)
      add_key(parent, node, at);
    else
      add_value(parent, std::move(node));
  }

  void add_key(Open& parent, const YamlNode& node, Place at) {
    if (!node.is_scalar()) errors_.add(at, describe(node), "a key must be a word", "write `name: value`");
    parent.key.emplace(node.text, at);
  }

  void add_value(Open& parent, YamlNode node) {
    auto [key, at] = std::move(*parent.key);
    parent.key.reset();
    // yaml-cpp marks an empty value where the next token is, often lines below.
    if (node.kind == YamlNode::Kind::null && node.at.line != at.line) node.at = at;
    if (key == "<<") return merge(parent, std::move(node));
    if (const auto* first = entry(parent.node, key)) {
      errors_.add(at, key, fmt::format("the same key stands in line {} already", first->at.line),
                  "remove or rename one");
      return;
    }
    parent.node.entries.push_back({at, std::move(key), std::move(node)});
  }

  // `<<: *base` or `<<: [*a, *b]`: keys written out win, then the earlier of the list.
  void merge(Open& parent, YamlNode node) {
    if (node.is_map()) {
      for (auto& from : node.entries)
        if (std::none_of(parent.merged.begin(), parent.merged.end(), [&](const auto& e) { return e.key == from.key; }))
          parent.merged.push_back(std::move(from));
    } else if (node.kind == YamlNode::Kind::sequence) {
      for (auto& item : node.items) merge(parent, std::move(item));
    } else {
      errors_.add(node.at, describe(node), "`<<` merges a mapping", "name an anchor: `<<: *base`");
    }
  }

  static const YamlEntry* entry(const YamlNode& map, std::string_view key) {
    for (const auto& e : map.entries)
      if (e.key == key) return &e;
    return nullptr;
  }

  ErrorList& errors_;
  std::vector<Open> open_;
  std::map<YAML::anchor_t, YamlNode> anchors_;
  size_t nodes_ = 0;
};

std::string_view line_of(std::string_view text, int line) {
  for (; line > 1 && !text.empty(); --line) {
    const size_t end = text.find('\n');
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
  }
  return text.substr(0, text.find('\n'));
}

std::string syntax_fix(std::string_view line) {
  if (line.find('\t') != std::string_view::npos) return "YAML is indented with spaces: this line has a tab";
  if (line.find("${") != std::string_view::npos && line.find('{') < line.find("${"))
    return "inside { } quote what has ${...}: \"${NAME}\"";
  return "";
}

}  // namespace

const YamlNode* YamlNode::find(std::string_view key) const {
  for (const auto& entry : entries)
    if (entry.key == key) return &entry.value;
  return nullptr;
}

std::string describe(const YamlNode& node) {
  switch (node.kind) {
    case YamlNode::Kind::null: return "nothing";
    case YamlNode::Kind::scalar: return node.secret ? "***" : node.text;
    case YamlNode::Kind::sequence: return "a list";
    case YamlNode::Kind::map: return "a mapping";
  }
  return "";
}

YamlNode parse_yaml(std::string_view text, ErrorList& errors) {
  TreeBuilder builder(errors);
  if (text.size() > max_bytes) {
    errors.add({1, 1}, "", fmt::format("the file has {} bytes: more than {}", text.size(), max_bytes),
               "is it a dataflow file?");
    return {};
  }
  if (const size_t nul = text.find('\0'); nul != std::string_view::npos) {
    const auto before = text.substr(0, nul);
    const auto line = 1 + static_cast<int>(std::count(before.begin(), before.end(), '\n'));
    errors.add({line, 1}, "", "a NUL byte: this is not a text file", "write the file in UTF-8");
    return {};
  }
  std::istringstream in{std::string(text)};
  try {
    YAML::Parser parser(in);
    if (parser.HandleNextDocument(builder)) {
      YamlNode first = std::move(builder.root);
      TreeBuilder second(errors);
      if (parser.HandleNextDocument(second)) {
        errors.add(second.root.at, "", "a second document begins here",
                   "one file is one dataflow: remove the `---` and what follows");
      }
      return first;
    }
  } catch (const TooMuch& limit) {
    errors.add(limit.at, "", limit.message);
  } catch (const YAML::Exception& e) {
    const Place at = place_of(e.mark);
    errors.add(at, "", "not YAML: " + e.msg, syntax_fix(line_of(text, at.line)));
  }
  return {};
}

}  // namespace weir
