#!/usr/bin/env python3
"""Writes goldens.json: templates of our own, after the manners of the model families, and what jinja2 makes of them as transformers runs it.

Usage, with a Python that has transformers 5.23 and jinja2 3.1.6: goldens.py > goldens.json
"""
import json
import logging

import transformers.utils.chat_template_utils as reference

logging.disable(logging.CRITICAL)
TOKENS = {"bos_token": "<s>", "eos_token": "</s>"}
CONVERSATIONS = [
    [{"role": "user", "content": "Hi"}],
    [{"role": "system", "content": " Be brief. "}, {"role": "user", "content": "A <b> \"c\" 'd'\n"}, {"role": "assistant", "content": "Été 你好 {{ x }}"}],
    [{"role": "user", "content": [{"type": "text", "text": "one"}, {"type": "image"}, {"type": "text", "text": "two"}]}],
    [{"role": "assistant"}, {"content": 5}],
]
TEMPLATES = [
    # One line a message.
    "{% for m in messages %}<|{{ m.role }}|>\n{{ m['content'] }}<|end|>\n{% endfor %}{% if add_generation_prompt %}<|assistant|>\n{% endif %}",
    "{%- for m in messages -%}\n  {{- bos_token if loop.first else '' -}}\n  {{ m.role|upper }}: {{ m.content|trim }}\n{% endfor -%}\n",
    # Turns that must alternate.
    "{{ bos_token }}{% for m in messages %}{% if (m['role'] == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('roles must alternate') }}{% endif %}"
    "{% if m['role'] == 'user' %}{{ '[Q] ' + m['content'] + ' [/Q]' }}{% else %}{{ m['content'] ~ eos_token }}{% endif %}{% endfor %}",
    # The system message apart.
    "{% if messages[0]['role'] == 'system' %}{% set system = messages[0]['content'] %}{% set rest = messages[1:] %}{% else %}{% set system = none %}{% set rest = messages %}{% endif %}"
    "{% if system is not none %}SYS({{ system|trim }}){% endif %}{% for m in rest %}[{{ loop.index }}/{{ loop.length }} {{ m.content }}]{% endfor %}",
    # Parts of a message.
    "{% macro text(c) %}{% if c is string %}{{ c }}{% elif c is iterable and c is not mapping %}{% for p in c %}{% if p.type == 'text' %}{{ p.text }}{% else %}<{{ p.type }}>{% endif %}"
    "{% if not loop.last %}|{% endif %}{% endfor %}{% else %}?{{ c }}{% endif %}{% endmacro %}{% for m in messages %}{{ text(m.content) }};{% endfor %}",
    # State that survives a loop.
    "{% set ns = namespace(seen=false, last=-1) %}{% for m in messages %}{% if m.role == 'assistant' %}{% set ns.seen = true %}{% set ns.last = loop.index0 %}{% endif %}{% endfor %}{{ ns.seen }} {{ ns.last }}",
    "{% set x = 1 %}{% for m in messages %}{{ x }}{% set x = x + 1 %}{{ x }},{% endfor %}{{ x }}",
    "{% for m in messages %}{% if loop.previtem is defined %}{{ loop.previtem.role }}>{% endif %}{{ m.role }}{{ loop.cycle('-', '+') }}{{ loop.nextitem.role if loop.nextitem }} {% else %}none{% endfor %}",
    # Selecting.
    "{{ messages|selectattr('role', 'equalto', 'user')|map(attribute='content')|join(' / ') }}{{ messages|rejectattr('role', 'in', ['user'])|list|length }}",
    "{{ messages|map(attribute='role', default='?')|list }} {{ messages|map(attribute='role')|select('string')|map('upper')|join(',') }}",
    "{{ messages|tojson }}\n{{ messages|tojson(indent=2) }}\n{{ messages[0]|tojson(ensure_ascii=true, sort_keys=true, separators=(',', ':')) }}",
    "{{ messages }} {{ messages[0].items()|list }} {{ messages[0]|dictsort }} {{ messages[-1].keys()|list }} {{ messages[0].get('role', 'none') }}",
    # Whitespace.
    "  {% if true %}  \n  a  \n  {%- if true -%}  b  {%- endif %}  \n{% endif %}  \n  {{ 1 }}  \n  {# c #}  \nd\n",
    "  {%+ if true %}a{% endif +%}\n b{# x -#}  \n c {%- raw %} {{ d }} {% endraw -%}  e\n\n",
    "{% set t %}\n  {{ messages[0].role }}\n{% endset %}[{{ t }}][{{ t|trim }}]{% filter upper|trim %} {{ t }} {% endfilter %}",
    # Calls.
    "{% macro box(t, w=3, *ignored) %}{% endmacro %}",
    "{% macro box(t, w=3) %}{{ t * w }}{{ varargs }}{{ kwargs }}{{ caller(t) if caller else '' }}{% endmacro %}{{ box('a') }}{{ box('b', 1, 2, k=3) }}{% call(v) box('c', w=1) %}<{{ v }}>{% endcall %}",
    "{% with a = 1, b = 2 %}{{ a + b }}{% endwith %}{{ a is defined }}{% generation %}{{ messages[0].content }}{% endgeneration %}",
    # Numbers and strings.
    "{{ 7 // 2 }} {{ -7 // 2 }} {{ -7 % 3 }} {{ 2 ** 10 }} {{ 7 / 2 }} {{ 1e16 }} {{ 1e15 }} {{ 0.1 + 0.2 }} {{ 1 == 1.0 }} {{ 'a' < 'b' < 'c' }} {{ 3 not in [1, 2] }} {{ 10|round(-1) }} {{ 2.5|round }} {{ '3.9'|int }}",
    "{{ '%s is %05.2f' % ('x', 3.14159) }} {{ '{:>5}|{:<5}|{n}'.format('a', 'b', n=1) }} {{ 'a-b-c'.split('-') }} {{ 'abc'[::-1] }} {{ ' x '.strip() ~ 1 ~ none ~ true }} {{ 'hello world'|title }} {{ 'ΟΔΟΣ'|lower }}",
    "{{ [3, 1, 2]|sort }} {{ ['b', 'A']|sort }} {{ [1, 2, 3]|sum }} {{ [1, 1, 2]|unique|list }} {{ [1, 2, 3]|batch(2)|list }} {{ [1, 2]|first }} {{ []|last }} {{ [4, 2]|min }} {{ {'a': 1}.items()|list }} {{ (1,) }} {{ [none, true, 1.0] }}",
    "{{ undefined_thing }}{{ undefined_thing|default('d') }}{{ undefined_thing is defined }}{{ '' or 'x' }}{{ messages[9] }}{{ messages[0].nothing }}{{ (1 if false) }}",
    "{{ undefined_thing.x }}",
    "{{ flag }}{% if flag is true %}on{% elif flag is false %}off{% endif %}{{ 'line one\nline two'|indent(4) }}{{ 'a\\tb\\u00e9' }}",
    "{% for m in messages if m.role == 'user' %}{{ loop.index }}{{ loop.last }}{% if loop.index > 1 %}{% break %}{% endif %}{% endfor %}{% for i in range(5) %}{% if i is odd %}{% continue %}{% endif %}{{ i }}{% endfor %}",
    "{{ messages.append(1) }}",
    "{{ messages[0].content|safe + '<' }}{{ '<'|e }}{{ ('<'|e)|length }}",
]


def rendered(source, messages, variables, prompt):
    texts, _ = reference.render_jinja_template([messages], chat_template=source, add_generation_prompt=prompt, **{**TOKENS, **variables})
    return texts[0]


def main():
    goldens = []
    for source in TEMPLATES:
        cases = []
        for number, messages in enumerate(CONVERSATIONS):
            variables, prompt = {"flag": number % 2 == 0}, number != 1
            case = {"messages": json.dumps(messages), "variables": json.dumps(variables), "prompt": prompt}
            try:
                case["expected"] = rendered(source, messages, variables, prompt)
            except Exception:
                pass
            cases.append(case)
        try:
            reference._compile_jinja_template(source)
        except Exception:
            continue
        goldens.append({"source": source, "cases": cases})
    print(json.dumps(goldens, indent=1))


main()
