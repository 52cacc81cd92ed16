"""Real templates, and conversations for them: plain ones and such as nobody should send."""
import itertools
import json

USER = {"role": "user", "content": "Hello, who are you?"}
ANSWER = {"role": "assistant", "content": "I am a model."}
SYSTEM = {"role": "system", "content": "Be brief."}
CALL = {"role": "assistant", "content": None, "tool_calls": [
    {"id": "call12345", "type": "function", "function": {"name": "get_weather", "arguments": {"city": "Z\u00fcrich", "days": 3, "exact": True}}}]}
CALL_TEXT = {"role": "assistant", "content": "", "tool_calls": [
    {"id": "call12345", "type": "function", "function": {"name": "get_weather", "arguments": "{\"city\": \"Paris\"}"}}]}
RESULT = {"role": "tool", "tool_call_id": "call12345", "name": "get_weather", "content": "{\"temperature\": 21.5}"}
TOOLS = [
    {"type": "function", "function": {"name": "get_weather", "description": "Weather of a \"city\" <today>", "parameters": {
        "type": "object", "required": ["city"], "properties": {
            "city": {"type": "string", "description": "Name"}, "days": {"type": "integer", "default": 1},
            "unit": {"type": "string", "enum": ["C", "F"]}, "tags": {"type": "array", "items": {"type": "string"}},
            "where": {"type": "object", "properties": {"lat": {"type": "number"}, "lon": {"type": "number"}}}}}}},
    {"type": "function", "function": {"name": "now", "description": "Time", "parameters": {"type": "object", "properties": {}}}},
]
DOCUMENTS = [{"title": "One", "text": "First text", "contents": "c"}, {"title": "Zw\u00f6lf", "text": "Second\ntext"}]
ODD_TEXTS = [
    "", " ", "\n", "  leading and trailing \n\n", "{{ 7 * 7 }}", "{% raise_exception('x') %}", "{# comment #}", "quotes ' and \" and \\ \\n",
    "</s><|im_end|><|eot_id|>[INST] [/INST]<end_of_turn>", "<think>hidden</think>shown", "a</think>b", "<think>\nopen", "\u4f60\u597d\uff0c\u4e16\u754c",
    "e\u0301 \u00e9 \U0001f468\u200d\U0001f469\u200d\U0001f467 \u05e9\u05dc\u05d5\u05dd", "tab\tand\rreturn\r\nend", "\x00\x01\x7f\x85\u2028\u2029\ufeff", "x" * 3000,
    "\u039f\u0394\u039f\u03a3 STRASSE \u00df \u0130", "null", "[1, 2]", "True", "<tool_call>{\"name\": \"f\"}</tool_call>", "<tool_response>x</tool_response>",
]


def conversations():
    yield [USER]
    yield [SYSTEM, USER]
    yield [USER, ANSWER, USER]
    yield [SYSTEM, USER, ANSWER, USER, ANSWER]
    yield [SYSTEM]
    yield [ANSWER]
    yield [USER, USER]
    yield [ANSWER, USER]
    yield [USER, SYSTEM, USER]
    yield []
    yield [{"role": "user"}]
    yield [{"content": "no role"}]
    yield [{}]
    yield [{"role": "developer", "content": "Rules"}, USER]
    yield [{"role": "unknown", "content": "x"}]
    yield [{"role": None, "content": None}]
    yield [{"role": 7, "content": 7}]
    yield [{"role": "user", "content": ["a", "b"]}]
    yield [{"role": "user", "content": [{"type": "text", "text": "part one"}, {"type": "text", "text": "part two "}]}]
    yield [{"role": "user", "content": [{"type": "image"}, {"type": "text", "text": "look"}, {"type": "image_url", "image_url": {"url": "u"}}]}]
    yield [{"role": "system", "content": [{"type": "text", "text": "s"}]}, USER]
    yield [{"role": "user", "content": {"text": "mapping"}}]
    yield [{"role": "user", "content": True}]
    yield [{"role": "user", "content": 1.5e300}]
    yield [{"role": "user", "content": []}]
    yield [USER, CALL, RESULT]
    yield [SYSTEM, USER, CALL, RESULT, ANSWER, USER]
    yield [USER, CALL_TEXT, RESULT, RESULT]
    yield [USER, {**CALL, "content": "Let me see.", "reasoning_content": "weather needed"}, RESULT]
    yield [USER, {"role": "assistant", "content": "<think>\nhm\n</think>\n\nYes."}, USER]
    yield [USER, {"role": "assistant", "content": "Yes.", "reasoning": "because"}, USER]
    yield [USER, {"role": "assistant", "content": "Yes.", "thinking": "because", "tool_calls": []}, USER]
    yield [{"role": "query", "content": "what is it?"}, {"role": "document", "content": "it is this"}]
    for text in ODD_TEXTS:
        yield [{"role": "user", "content": text}]
        yield [{"role": "system", "content": text}, {"role": "user", "content": "q" + text}, {"role": "assistant", "content": text}]


def cases(tokens):
    base = {"tokens": tokens}
    for conversation in conversations():
        messages = json.dumps(conversation)
        for prompt, tools in itertools.product((False, True), (None, TOOLS)):
            case = {**base, "messages": messages, "prompt": prompt}
            if tools:
                case["tools"] = json.dumps(tools)
            yield case
        yield {**base, "messages": messages, "continue": True}
    plain = json.dumps([SYSTEM, USER, ANSWER, USER])
    yield {**base, "messages": plain, "documents": json.dumps(DOCUMENTS)}
    yield {**base, "messages": plain, "tools": "[]", "documents": "[]"}
    yield {**base, "messages": plain, "continue": True, "prompt": True}
    for variables in ({"enable_thinking": False}, {"enable_thinking": True}, {"bos_token": "<x>", "date_string": "1 Jan"}, {"reasoning_effort": "high"},
                      {"tools_in_user_message": False, "builtin_tools": ["code_interpreter", "brave_search"]}, {"thinking": True}):
        yield {**base, "messages": plain, "prompt": True, "variables": json.dumps(variables)}
        yield {**base, "messages": plain, "prompt": True, "variables": json.dumps(variables), "tools": json.dumps(TOOLS)}


def templates(folder):
    """(name, template, special tokens)"""
    default = {"bos_token": "<s>", "eos_token": "</s>"}
    for file in sorted(folder.glob("templates/*.jinja")):
        yield file.name, file.read_text(encoding="utf-8"), default
    for file in sorted(folder.glob("*/tokenizer_config.json")):
        config = json.loads(file.read_text(encoding="utf-8"))
        found = config.get("chat_template")
        named = {"default": found} if isinstance(found, str) else {t["name"]: t["template"] for t in found or []}
        tokens = {}
        for name in ("bos_token", "eos_token", "unk_token", "pad_token"):
            token = config.get(name)
            if token is not None:
                tokens[name] = token["content"] if isinstance(token, dict) else token
        for name, template in named.items():
            yield f"{file.parent.name} {name}", template, tokens
