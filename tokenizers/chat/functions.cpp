#include "tokenizers/chat/functions.hpp"

#include <algorithm>
#include <ctime>
#include <functional>

#include <fmt/format.h>

#include "tokenizers/chat/operators.hpp"
#include "tokenizers/chat/signature.hpp"

namespace weir::chat {
namespace {

constexpr Integer longest_range = 100'000;  // jinja2's sandbox

Value range(Run& run, Value, const Arguments& arguments) {
  if (!arguments.named.empty()) run.fail("range() takes no keyword arguments");
  const auto& given = arguments.positional;
  if (given.empty() || given.size() > 3) run.fail("range() takes 1 to 3 arguments");
  const Integer start = given.size() == 1 ? Integer{0} : index_of(run, given[0]);
  const Integer stop = index_of(run, given[given.size() == 1 ? 0 : 1]);
  const Integer step = given.size() == 3 ? index_of(run, given[2]) : Integer{1};
  if (step == 0) run.fail("range() arg 3 must not be zero");
  constexpr Integer far = Integer{1} << 100;
  if (std::max({start, stop, step}) > far || std::min({start, stop, step}) < -far) run.fail("range() is too large");
  Integer count = 0;
  if (step > 0 && start < stop) count = (stop - start - 1) / step + 1;
  if (step < 0 && start > stop) count = (start - stop - 1) / -step + 1;
  if (count > longest_range) run.fail(fmt::format("range() may not have more than {} items", longest_range));
  auto* made = run.make<Range>(start, step, static_cast<int64_t>(count));
  made->set_stop(stop);
  return made;
}

// Python's dict(...): of another, of pairs, and of keywords.
void for_each_entry(Run& run, const char* function, const Arguments& arguments,
                    const std::function<void(Value, Value)>& add) {
  if (arguments.positional.size() > 1) run.fail(fmt::format("{}() takes at most 1 argument", function));
  if (!arguments.positional.empty()) {
    const Value source = arguments.positional[0];
    if (source.is(Kind::dict)) {
      for (const auto& [key, value] : source.dict().entries()) add(key, value);
    } else {
      if (source.is(Kind::undefined)) run.fail(std::string(source.text()));
      Iterator* pairs = iterate(run, source);
      for (Value pair; pairs->next(run, pair);) {
        const auto parts = collect(run, pair);
        if (parts.size() != 2) run.fail("a pair of a dictionary must have two elements");
        check_key(run, parts[0]);
        add(parts[0], parts[1]);
      }
    }
  }
  for (const auto& [name, value] : arguments.named) add(Value::text(name), value);
}

Value dict(Run& run, Value, const Arguments& arguments) {
  Dict* made = run.dict();
  for_each_entry(run, "dict", arguments, [&](Value key, Value value) { made->set(run, key, value); });
  return Value(static_cast<const Dict*>(made));
}

Value make_namespace(Run& run, Value, const Arguments& arguments) {
  auto* made = run.make<Namespace>();
  for_each_entry(run, "namespace", arguments, [&](Value key, Value value) { made->set(run, key, value); });
  return made;
}

Value raise_exception(Run& run, Value, const Arguments& arguments) {
  const Value message = Signature("message").bind(run, "raise_exception", arguments)[0];
  run.fail(str(run, message));
}

// datetime.now().strftime(): Python's own %f and, of a time without a zone, empty %z and %Z; the rest is the C
// library's.
Value strftime_now(Run& run, Value, const Arguments& arguments) {
  const Value argument = Signature("format").bind(run, "strftime_now", arguments)[0];
  const std::string_view format = text_argument(run, "strftime_now", argument);
  if (format.size() > 4096 || format.find('\0') != std::string_view::npos)
    run.fail("this time format is not supported");
  using namespace std::chrono;
  const auto day = floor<days>(run.now);
  const year_month_day date(day);
  const hh_mm_ss time(run.now - day);
  std::tm tm{};
  tm.tm_year = static_cast<int>(date.year()) - 1900;
  tm.tm_mon = static_cast<int>(static_cast<unsigned>(date.month())) - 1;
  tm.tm_mday = static_cast<int>(static_cast<unsigned>(date.day()));
  tm.tm_hour = static_cast<int>(time.hours().count());
  tm.tm_min = static_cast<int>(time.minutes().count());
  tm.tm_sec = static_cast<int>(time.seconds().count());
  tm.tm_wday = static_cast<int>(weekday(day).c_encoding());
  tm.tm_yday = static_cast<int>((day - local_days(date.year() / January / 1)).count());
  tm.tm_isdst = -1;
  std::string plain;
  for (size_t i = 0; i < format.size(); ++i) {
    const char type = format[i] == '%' && i + 1 < format.size() ? format[i + 1] : '\0';
    if (type == 'f') plain += fmt::format("{:06}", time.subseconds().count());
    if (type == 'f' || type == 'z' || type == 'Z') {
      ++i;
      continue;
    }
    plain += format[i];
    if (type != '\0') plain += format[++i];
  }
  // A character in front, since strftime() tells an empty result and one that does not fit by the same 0.
  plain.insert(0, 1, '.');
  char text[1 << 14];
  const size_t size = std::strftime(text, sizeof text, plain.c_str(), &tm);
  if (size == 0) run.fail("this time format is not supported");
  return run.text(std::string(text + 1, size - 1));
}

template <const char* const& name>
Value unsupported(Run& run, Value, const Arguments&) {
  run.fail(fmt::format("the function {}() is not supported", name));
}

constexpr const char* cycler = "cycler";
constexpr const char* joiner = "joiner";
constexpr const char* lipsum = "lipsum";

constexpr std::pair<std::string_view, Function::Body> functions[] = {
    {"range", range},
    {"dict", dict},
    {"namespace", make_namespace},
    {"raise_exception", raise_exception},
    {"strftime_now", strftime_now},
    {"cycler", unsupported<cycler>},
    {"joiner", unsupported<joiner>},
    {"lipsum", unsupported<lipsum>},
};

}  // namespace

Value find_function(Run& run, std::string_view name) {
  for (const auto& [known, body] : functions)
    if (known == name) return run.make<Function>(known, body);
  return {};
}

}  // namespace weir::chat
