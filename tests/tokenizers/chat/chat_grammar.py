"""Templates made up at random: every operator, filter, test, method and statement, also on values that they are not meant for."""
import json

VARIABLES = json.dumps({
    "s": "Hello World", "e": "", "u": "\u00c9t\u00e9 \u00df \u4f60\u597d \U0001f600", "q": "it's \"q\" \\ \n\t\u00a0\u200b", "sp": "  a  b\u3000\n c ",
    "n": 7, "z": 0, "neg": -3, "big": 12345678901234567, "f": 2.5, "g": 1e22, "h": 0.1, "t": True, "no": False, "nil": None,
    "l": [3, 1, 2], "ls": ["b", "A", "c", "a"], "le": [], "nested": [[1, 2], ["x", None], []], "d": {"b": 1, "a": [1, {"c": 2.0}], "get": "x", "n": None},
    "de": {}, "ms": [{"role": "user", "content": "Hi", "n": 2}, {"role": "Assistant", "content": "Yo", "n": 1}, {"role": "tool", "n": 3}],
    "mixed": [1, "a", None, 2.5, [1], {"k": 1}, True],
})
MESSAGES = json.dumps([{"role": "user", "content": "Hi"}])
NAMES = ["s", "e", "u", "q", "sp", "n", "z", "neg", "big", "f", "g", "h", "t", "no", "nil", "l", "ls", "le", "nested", "d", "de", "ms", "mixed", "missing", "messages"]
STRINGS = ["''", "'a'", "\"b\"", "'A b'", "','", "' '", "'role'", "'content'", "'%s-%s'", "'{} {}'", "'{0!r:>6}'", "'%5.2f|'", "'\\n'", "'\\u00e9\\x41'", "'l'", "'o W'", "'n'",
           "'1'", "' 42 '", "'3.7'", "'0x1f'", "'1_0'", "'ab' 'cd'", "'\\''", "'\u00e9\u03a3'", "'<&>'"]
NUMBERS = ["0", "1", "2", "3", "10", "-1", "-2", "1.0", "0.5", "2.50", "1e3", "1_000", "1000003", "7", "100"]
ATTRIBUTES = ["role", "content", "a", "b", "n", "get", "items", "missing", "append", "0", "upper", "__class__", "keys", "x"]
FILTERS = [
    "trim", "trim('a ')", "upper", "lower", "capitalize", "title", "replace('a', 'b')", "replace('l', '', 1)", "replace('', '-')", "string", "safe", "escape", "center(9)", "indent",
    "indent(2, true)", "indent('>', first=true, blank=true)", "tojson", "tojson(indent=2)", "tojson(ensure_ascii=true)", "tojson(sort_keys=true)", "tojson(separators=(',', ':'))",
    "abs", "int", "int(5)", "int(default=-1, base=16)", "float", "float(1.5)", "round", "round(1)", "round(-1)", "round(1, 'floor')", "round(method='ceil')", "length", "count", "first", "last", "list", "reverse",
    "reverse|list", "join", "join(', ')", "join('-', attribute='role')", "sort", "sort(reverse=true)", "sort(attribute='n')", "sort(case_sensitive=true)", "dictsort", "dictsort(by='value')",
    "dictsort(reverse=true)", "min", "max", "max(attribute='n')", "sum", "sum(attribute='n')", "sum(start=5)", "unique|list", "unique(true)|list", "unique(attribute='role')|list|length", "items|list",
    "batch(2)|list", "batch(2, 'x')|list", "default('D')", "default('D', true)", "d(1)", "attr('upper')", "map('upper')|list", "map(attribute='role')|list", "map(attribute='a.0', default='x')|list",
    "map('int')|list", "map('replace', 'a', 'z')|join", "map('length')|list", "select|list", "select('string')|list", "select('gt', 1)|list", "reject('none')|list", "reject|list", "selectattr('role')|list",
    "selectattr('role', 'equalto', 'user')|list", "selectattr('n', '>', 1)|map(attribute='n')|list", "rejectattr('content', 'defined')|list", "rejectattr('role', 'in', ['tool'])|list|length", "format(1, 2)",
    "format('x')", "e", "forceescape", "select('odd')|list", "select('divisibleby', 2)|list", "map('string')|map('upper')|join('/')", "string|length",
]
TESTS = ["defined", "undefined", "none", "string", "mapping", "number", "integer", "float", "boolean", "true", "false", "sequence", "iterable", "callable", "odd", "even", "divisibleby 3", "divisibleby(2)", "lower", "upper",
         "eq 1", "ne 'a'", "gt 1", "lt(2)", "ge 2", "le 2", "equalto('a')", "in [1, 'a', 2.5]", "in 'abc'", "sameas true", "sameas(none)", "escaped", "filter", "test", "not none", "not string", "not defined"]
METHODS = [
    "upper()", "lower()", "title()", "capitalize()", "swapcase()", "strip()", "lstrip()", "rstrip()", "strip('Hd')", "split()", "split(' ')", "split('l', 1)", "rsplit('l', 1)", "rsplit(None, 1)", "split(',')[0]", "splitlines()",
    "startswith('H')", "endswith('d')", "startswith(('a', 'H'))", "startswith('l', 2)", "endswith('l', 0, 3)", "replace('l', 'L')", "replace('o', '', 1)", "find('o')", "rfind('o')", "find('zz')", "index('o')", "count('l')", "find('o', 5)", "join(['a', 'b'])", "join(l)", "partition(' ')",
    "rpartition('o')", "removeprefix('He')", "removesuffix('ld')", "center(15, '*')", "ljust(13)", "rjust(13, '0')", "zfill(14)", "format(1, 'x')", "format(n=1)", "isalpha()", "isdigit()", "isalnum()", "isspace()", "isupper()", "islower()",
    "istitle()", "isidentifier()", "isascii()", "isprintable()", "isnumeric()", "isdecimal()", "items()", "keys()", "values()", "get('a')", "get('zz')", "get('zz', 3)", "items()|list", "keys()|list", "values()|list|length", "copy()", "count(1)", "index(2)", "append(1)",
    "pop()", "update({})", "nothing()", "splitlines(true)",
]
FORMATS = ["'%s'", "'%d|%5d|%-5d|%05d'", "'%.2f %e %g'", "'%r'", "'%%'", "'%x %o %X'", "'%(a)s %(b)s'", "'%c'", "'%+d'", "'%s %s'", "'%10.3f|'", "'%-8s|'", "'%i'", "'%#x'", "'% d'"]
BRACES = ["'{}'", "'{:>8}|{:<8}|{:^8}'", "'{0} {1} {0}'", "'{:05d} {:x}'", "'{:.2f} {:e}'", "'{:,} {:_}'", "'{!r} {!s}'", "'{a} {b[0]}'", "'{0.real}'", "'{:*^9}'", "'{:%}'", "'{{}}'", "'{:>{1}}'", "'{:g} {:.3}'", "'{:+} {: }'", "'{:08.3f}'", "'{:#x} {:b} {:o}'"]


class Grammar:
    def __init__(self, random):
        self.random = random

    def pick(self, *choices):
        return self.random.choice(choices)

    def atom(self):
        r = self.random
        kind = r.random()
        if kind < 0.45:
            return r.choice(NAMES)
        if kind < 0.65:
            return r.choice(NUMBERS)
        if kind < 0.85:
            return r.choice(STRINGS)
        return r.choice(["true", "false", "none", "True", "None", "[]", "{}", "()"])

    def expression(self, depth):
        r = self.random
        if depth <= 0:
            return self.atom()
        sub = lambda: self.expression(depth - 1 - r.randrange(2))
        kind = r.randrange(22)
        if kind == 0:
            return f"{sub()} {self.pick('+', '-', '*', '/', '//', '%')} {sub()}"
        if kind == 1:
            return f"({sub()} {self.pick('+', '-', '*', '/', '//', '%', '~')} {sub()})"
        if kind == 2:
            return f"{sub()} {self.pick('==', '!=', '<', '<=', '>', '>=', 'in', 'not in')} {sub()}"
        if kind == 3:
            return f"{sub()} {self.pick('and', 'or')} {sub()}"
        if kind == 4:
            return f"{self.pick('not ', '-', '+')}{sub()}"
        if kind == 5:
            return f"({sub()} if {sub()} else {sub()})"
        if kind == 6:
            return f"({sub()} if {sub()})"
        if kind in (7, 8, 9):
            return f"{sub()}|{r.choice(FILTERS)}"
        if kind == 10:
            return f"({sub()} is {r.choice(TESTS)})"
        if kind in (11, 12):
            return f"({sub()}).{r.choice(METHODS)}"
        if kind == 13:
            return f"{self.atom()}.{r.choice(ATTRIBUTES)}"
        if kind == 14:
            return f"{sub()}[{sub()}]"
        if kind == 15:
            bound = lambda: self.pick("", "1", "-1", "2", "-3", "0", "10", "n", "none")
            return f"{self.pick('s', 'u', 'l', 'ls', 'nested', self.pick(*NAMES))}[{bound()}:{bound()}{self.pick('', ':', ':-1', ':2', ':' + bound())}]"
        if kind == 16:
            return "[" + ", ".join(sub() for _ in range(r.randrange(4))) + "]"
        if kind == 17:
            return "{" + ", ".join(f"{self.pick(r.choice(NAMES), r.choice(STRINGS), r.choice(NUMBERS))}: {sub()}" for _ in range(r.randrange(3))) + "}"
        if kind == 18:
            return f"({sub()}, {sub()})"
        if kind == 19:
            if r.random() < 0.5:
                return f"{r.choice(FORMATS)} % {self.pick(sub(), f'({sub()}, {sub()})', 'd')}"
            return f"{r.choice(BRACES)}.format({sub()}, {sub()}, a={sub()}, b={sub()})"
        if kind == 20:
            return f"({sub()} {self.pick('<', '==', 'in')} {sub()} {self.pick('<', '==', '!=')} {sub()})"
        return self.pick(f"range({sub()})", f"range(1, {sub()}, 2)|list", f"dict(a={sub()})", f"dict({sub()})", f"({sub()}) ** {self.pick('2', '0', '3', '-1', '0.5')}", "range(5)[2]", f"{sub()} in range(3)",
                         "strftime_now('%d %b %Y %H:%M:%S %f %A %j')", f"namespace(x={sub()}).x", f"raise_exception({sub()})")

    def statements(self, depth, in_loop=False):
        return "".join(self.statement(depth, in_loop) for _ in range(self.random.randrange(1, 4)))

    def tag(self, text):
        return self.pick("{%", "{%-", "{%", "{%+") + " " + text + " " + self.pick("%}", "-%}", "%}", "+%}")

    def statement(self, depth, in_loop):
        r = self.random
        e = lambda n=2: self.expression(r.randrange(n + 1))
        kind = r.randrange(20)
        if kind < 7 or depth <= 0:
            return self.pick("{{", "{{-", "{{ ") + " " + e(3) + " " + self.pick("}}", "-}}", " }}") + self.pick("", "\n", " ", "text\n  ", "|")
        body = lambda loop=in_loop: self.statements(depth - 1, loop)
        if kind == 7:
            return self.pick("\n", "  ", "data { % } } {", "\n  \n", "#}", "\r\n x", "{# comment {{ x }} #}\n", "  {#- c -#}  ", "{% raw %} {{ raw }} {% endraw %}\n", "\u00e9\t")
        if kind in (8, 9):
            return self.tag(f"if {e()}") + body() + self.pick("", self.tag("else") + body(), self.tag(f"elif {e()}") + body() + self.tag("else") + body()) + self.tag("endif")
        if kind in (10, 11, 12):
            target, extra = self.pick(("x", ""), ("x", ""), ("k, v", ".items()"))
            condition = self.pick("", "", f" if {e()}", " if x", f" if ns.c < {self.pick('2', '5')}")
            loop = self.pick("", "{{ loop.index }}/{{ loop.length }} ", "{{ loop.first }}{{ loop.last }}", "{{ loop.previtem }}{{ loop.nextitem }}", "{{ loop.cycle('a', 'b') }}", "{{ loop.changed(x) }}{{ loop.revindex0 }}", "{{ loop.index0 }}{{ loop.depth }}{{ loop.revindex }}")
            stop = self.pick("", "", self.tag(f"if {e()}") + self.tag(self.pick("break", "continue")) + self.tag("endif"))
            count = self.pick("", "{% set ns.c = ns.c + 1 %}")
            other = self.pick("", self.tag("else") + body())
            source = self.pick("l", "ls", "ms", "d", "nested", "mixed", "s", "le", "range(3)", e()) if target == "x" else self.pick("d", "de", "dict(a=1)")
            return self.tag(f"for {target} in {source}{extra}{condition}") + loop + "{{ x }}" + count + body(True) + stop + other + self.tag("endfor")
        if kind == 13:
            return self.tag(f"set {self.pick('x', 'y', 's', 'n', 'ns.x', 'ns.c', 'x, y', 'l')} = {e()}")
        if kind == 14:
            return self.tag(f"set {self.pick('x', 'y', 'ns.x')}{self.pick('', '', '|upper', '|trim|length')}") + body() + self.tag("endset")
        if kind == 15:
            name = self.pick("m", "w")
            return (self.tag(f"macro {name}({self.pick('', 'a', 'a, b=2', 'a=n, b=a', 'x')})") + "{{ a }}{{ x }}" + self.pick("", "{{ caller() }}", "{{ varargs }}{{ kwargs }}", "{{ caller(1) if caller else '' }}") + self.statements(depth - 1)
                    + self.tag("endmacro") + self.pick("", "{{ m(1) }}", "{{ m(a=s, b=3) }}", "{{ w(1, 2, 3) }}", "{{ m() }}", "{{ m(1, c=2) }}"))
        if kind == 16:
            return self.tag(f"call{self.pick('', '(z)', '(a, b=1)')} {self.pick('m(1)', 'w()', 'm(a=2)')}") + "{{ z }}{{ b }}" + self.statements(depth - 1) + self.tag("endcall")
        if kind == 17:
            return self.tag(f"with {self.pick('', f'x = {e()}', f'x = {e()}, y = x')}") + "{{ x }}" + body() + self.tag("endwith")
        if kind == 18:
            return self.tag(f"filter {self.pick('upper', 'trim', 'replace(s, n)', 'indent(2)|upper', 'length')}") + body() + self.tag("endfilter")
        return self.pick(self.tag("generation") + self.statements(depth - 1) + self.tag("endgeneration"), self.tag(f"print {e()}, {e()}"), "{% set ns = namespace(c=0, x=1) %}{{ ns.x }}")


def template(random):
    grammar = Grammar(random)
    if random.random() < 0.5:
        return "{{ " + grammar.expression(random.randrange(1, 5)) + " }}"
    return "{% set ns = namespace(c=0, x=s) %}" + grammar.statements(random.randrange(1, 4))
