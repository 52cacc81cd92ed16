#include "pipeline/spec/graph.hpp"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "pipeline/spec/suggest.hpp"

namespace weir {
namespace {

class Graph {
 public:
  Graph(const std::vector<StageDraft>& drafts, ErrorList& errors) : drafts_(drafts), errors_(errors) {
    readers_.resize(drafts.size());
    sources_.resize(drafts.size());
    blamed_.resize(drafts.size());
  }

  void check(Place dataflow) {
    resolve_names();
    const bool cyclic = check_cycles();
    check_ports();
    check_workers();
    check_ends(dataflow);
    if (cyclic) return;
    check_models();
    check_sinks();
  }

  // Depth first from each source, in the order of the file.
  std::vector<StagePlan> plan() const {
    std::vector<StagePlan> plans;
    for (size_t i = 0; i < drafts_.size(); ++i)
      if (sources_[i].empty()) place(i, -1, plans);
    for (size_t i = plans.size(); i-- > 0;) add_sinks(static_cast<int>(i), plans);
    return plans;
  }

 private:
  void resolve_names() {
    std::vector<std::string_view> names;
    for (const auto& draft : drafts_) {
      // Keys are unique; only the stages of an expanded `actor: model` can meet another's name.
      if (std::find(names.begin(), names.end(), draft.name) != names.end())
        errors_.add(draft.at, draft.name, "two stages have this name, one of them made by `actor: model`",
                    "rename the other");
      names.push_back(draft.name);
    }
    for (size_t i = 0; i < drafts_.size(); ++i) {
      for (const auto& ref : drafts_[i].from) {
        const auto found = std::find(names.begin(), names.end(), ref.name);
        if (found != names.end()) {
          const auto source = static_cast<size_t>(found - names.begin());
          sources_[i].push_back(source);
          readers_[source].push_back(i);
          continue;
        }
        errors_.add(ref.at, ref.name, "no such stage", suggest(ref.name, names));
      }
    }
  }

  // A walk from each stage towards its sources; each cycle is told once, at its first stage in the file.
  bool check_cycles() {
    bool found = false;
    std::vector<bool> done(drafts_.size());
    for (size_t start = 0; start < drafts_.size(); ++start) {
      std::vector<size_t> path;
      found |= walk(start, path, done);
    }
    return found;
  }

  bool walk(size_t at, std::vector<size_t>& path, std::vector<bool>& done) {
    const auto seen = std::find(path.begin(), path.end(), at);
    if (seen != path.end()) {
      report_cycle({seen, path.end()});
      return true;
    }
    if (done[at]) return false;
    done[at] = true;
    path.push_back(at);
    bool found = false;
    for (const size_t source : sources_[at]) found |= walk(source, path, done);
    path.pop_back();
    return found;
  }

  void report_cycle(std::vector<size_t> stages) {
    std::rotate(stages.begin(), std::min_element(stages.begin(), stages.end()), stages.end());
    std::string text = drafts_[stages.front()].name;
    for (auto it = stages.rbegin(); it != stages.rend(); ++it) text += " -> " + drafts_[*it].name;
    for (const size_t stage : stages) blamed_[stage] = true;
    const auto& first = drafts_[stages.front()];
    errors_.add(first.from.empty() ? first.at : first.from.front().at, text, "these stages feed themselves",
                "a dataflow runs from sources to sinks");
  }

  void check_ports() {
    for (size_t i = 0; i < drafts_.size(); ++i) {
      const auto* kind = drafts_[i].kind;
      for (size_t n = 0; kind && n < drafts_[i].from.size(); ++n) {
        const auto& ref = drafts_[i].from[n];
        const auto* source = find(ref.name);
        if (!source || !source->kind || source->kind->gives == kind->reads) continue;
        errors_.add(ref.at, ref.name,
                    fmt::format("a {} reads {}, but a {} gives {}", kind->name, to_string(kind->reads),
                                source->kind->name, to_string(source->kind->gives)),
                    fitting(*kind));
      }
    }
  }

  // A batch is cut for one worker; that one runs on as many devices as it is given.
  void check_workers() {
    for (size_t i = 0; i < drafts_.size(); ++i) {
      if (!is(i, "batcher")) continue;
      std::vector<size_t> workers;
      for (const size_t reader : readers_[i])
        if (is(reader, "gpu_worker")) workers.push_back(reader);
      for (size_t n = 1; n < workers.size(); ++n)
        errors_.add(drafts_[workers[n]].from.front().at, drafts_[i].name,
                    fmt::format("gpu_worker `{}` reads this batcher already", drafts_[workers[0]].name),
                    "give that one more devices, or this one a batcher of its own");
    }
  }

  // A record's committer writes all it causes, and there is one for Kafka and one for files.
  void check_sinks() {
    for (size_t i = 0; i < drafts_.size(); ++i) {
      if (!drafts_[i].kind || !drafts_[i].kind->is_sink() || sources_[i].empty()) continue;
      size_t source = i;
      while (!sources_[source].empty()) source = sources_[source].front();
      if (!drafts_[source].kind || !drafts_[source].kind->is_source()) continue;
      if (is(source, "kafka_source") == is(i, "kafka_sink")) continue;
      errors_.add(drafts_[i].at, drafts_[i].name,
                  fmt::format("a {} under a {} is not built yet", drafts_[i].kind->name, drafts_[source].kind->name),
                  fmt::format("write a {}", is(source, "kafka_source") ? "kafka_sink" : "file_sink"));
    }
  }

  bool is(size_t stage, std::string_view kind) const {
    return drafts_[stage].kind && drafts_[stage].kind->name == kind;
  }

  std::string fitting(const StageShape& kind) const {
    std::vector<std::string_view> names;
    for (const auto& draft : drafts_)
      if (draft.kind && draft.kind->gives == kind.reads) names.push_back(draft.name);
    if (!names.empty()) return fmt::format("read from {}", fmt::join(names, " or "));
    for (const auto& other : stage_shapes())
      if (other.gives == kind.reads) return fmt::format("put a {} between them", other.name);
    return "";
  }

  const StageDraft* find(std::string_view name) const {
    const auto found = std::find_if(drafts_.begin(), drafts_.end(), [&](const auto& d) { return d.name == name; });
    return found == drafts_.end() ? nullptr : &*found;
  }

  void check_ends(Place dataflow) {
    const auto none = [&](auto test) {
      return std::none_of(drafts_.begin(), drafts_.end(), [&](const auto& d) { return !d.kind || test(*d.kind); });
    };
    if (none([](const StageShape& k) { return k.is_source(); }))
      errors_.add(dataflow, "", "no source", "add a kafka_source or a file_source");
    if (none([](const StageShape& k) { return k.is_sink(); }))
      errors_.add(dataflow, "", "no sink", "add a kafka_sink or a file_sink");
    excuse_unread();
    for (size_t i = 0; i < drafts_.size(); ++i)
      if (unread(i))
        errors_.add(drafts_[i].at, drafts_[i].name, "no stage reads this one: its work would be lost",
                    fmt::format("add a stage that reads {}, or remove it", to_string(drafts_[i].kind->gives)));
  }

  bool unread(size_t i) const {
    return drafts_[i].kind && !drafts_[i].kind->is_sink() && readers_[i].empty() && !blamed_[i];
  }

  // A stage whose `from` is wrong (reported) was to read some stage that now has no reader: most likely the one whose
  // name is near, else the one before it. Nothing is said of that one.
  void excuse_unread() {
    for (size_t reader = 0; reader < drafts_.size(); ++reader) {
      const auto* kind = drafts_[reader].meant;
      if (!kind || kind->is_source() || reads_well(reader)) continue;
      const auto candidate = [&](size_t i) {
        return i != reader && unread(i) && drafts_[i].kind->gives == kind->reads;
      };
      std::vector<std::string_view> names;
      std::optional<size_t> choice;
      for (size_t i = 0; i < drafts_.size(); ++i) {
        if (!candidate(i)) continue;
        names.push_back(drafts_[i].name);
        if (i < reader) choice = i;
      }
      if (!drafts_[reader].from.empty())
        if (const auto near = nearest(drafts_[reader].from.front().name, names); !near.empty())
          for (size_t i = 0; i < drafts_.size(); ++i)
            if (candidate(i) && drafts_[i].name == near) choice = i;
      if (choice) blamed_[*choice] = true;
    }
  }

  bool reads_well(size_t reader) const {
    return std::any_of(sources_[reader].begin(), sources_[reader].end(), [&](size_t source) {
      return !drafts_[source].kind || drafts_[source].kind->gives == drafts_[reader].meant->reads;
    });
  }

  // A worker computes what its tokenizer cut: both must mean the same model.
  void check_models() {
    for (size_t i = 0; i < drafts_.size(); ++i) {
      const auto* worker = std::get_if<GpuWorkerPlan>(&drafts_[i].plan);
      if (!worker || !drafts_[i].kind || drafts_[i].kind->name != "gpu_worker") continue;
      for (size_t at = i; !sources_[at].empty();) {
        at = sources_[at].front();
        const auto* tokenizer = std::get_if<TokenizerPlan>(&drafts_[at].plan);
        if (!tokenizer || worker->model.empty() || tokenizer->model.empty() || tokenizer->model == worker->model)
          continue;
        errors_.add(drafts_[i].options->at("model"), worker->model,
                    fmt::format("tokenizer `{}` uses model {}", drafts_[at].name, tokenizer->model),
                    "name the same model in both");
      }
    }
  }

  void place(size_t at, int from, std::vector<StagePlan>& plans) const {
    const auto& draft = drafts_[at];
    const int index = static_cast<int>(plans.size());
    plans.push_back({draft.name, draft.plan, from, {}, {}, draft.at});
    if (from >= 0) plans[static_cast<size_t>(from)].to.push_back(index);
    for (const size_t reader : readers_[at])
      if (sources_[reader].front() == at) place(reader, index, plans);
  }

  // Called from the last stage to the first, so that what a stage feeds is complete before it.
  static void add_sinks(int index, std::vector<StagePlan>& plans) {
    StagePlan& stage = plans[static_cast<size_t>(index)];
    if (stage.to.empty()) stage.sinks = {index};
    for (const int reader : stage.to) {
      const auto& sinks = plans[static_cast<size_t>(reader)].sinks;
      stage.sinks.insert(stage.sinks.end(), sinks.begin(), sinks.end());
    }
  }

  const std::vector<StageDraft>& drafts_;
  ErrorList& errors_;
  std::vector<std::vector<size_t>> readers_;  // of each stage
  std::vector<std::vector<size_t>> sources_;  // what each stage reads, as far as it is known
  std::vector<bool> blamed_;                  // an error names it already
};

}  // namespace

std::vector<StagePlan> connect_stages(const std::vector<StageDraft>& drafts, Place dataflow, ErrorList& errors) {
  Graph graph(drafts, errors);
  graph.check(dataflow);
  if (!errors.empty()) return {};
  return graph.plan();
}

}  // namespace weir
