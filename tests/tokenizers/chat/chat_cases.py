#!/usr/bin/env python3
"""Writes cases for chat_differential_test: templates, what they are given, and what jinja2 makes of it as transformers runs it.

Usage: chat_cases.py OUT TEMPLATES COUNT SEED. OUT gets one JSON object a line; TEMPLATES is a folder of real models' templates:
templates/*.jinja and */tokenizer_config.json; COUNT templates are made up by a grammar.
"""
import datetime
import json
import logging
import pathlib
import random
import sys
import warnings

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import chat_conversations
import chat_grammar
import transformers.utils.chat_template_utils as reference

warnings.simplefilter("ignore")
logging.disable(logging.CRITICAL)
NOW = datetime.datetime(2026, 3, 7, 9, 5, 3, 42)


class Clock(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return NOW


def rendered(source, case):
    """What apply_chat_template does around the template, without a tokenizer."""
    messages = json.loads(case["messages"])
    if not messages:
        raise ValueError("no messages")
    messages = [{k: v for k, v in message.items() if v is not None} for message in messages]
    if case.get("continue") and case.get("prompt"):
        raise ValueError("both")
    variables = {**case.get("tokens", {}), **json.loads(case.get("variables", "{}"))}
    texts, _ = reference.render_jinja_template(
        [messages], tools=json.loads(case.get("tools", "null")), documents=json.loads(case.get("documents", "null")),
        chat_template=source, continue_final_message=case.get("continue", False), add_generation_prompt=case.get("prompt", False), **variables)
    return texts[0]


def main():
    out, templates, count, seed = sys.argv[1], pathlib.Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    reference.datetime = Clock
    sources = []
    with open(out, "w", encoding="utf-8") as file:

        def write(source, name, case):
            if not sources or sources[-1] != source:
                sources.append(source)
                file.write(json.dumps({"source": source, "name": name}) + "\n")
            try:
                case["expected"] = rendered(source, case)
                case["expected"].encode("utf-8")
            except UnicodeEncodeError:
                return
            except RecursionError:
                return
            except Exception as error:
                case["error"] = f"{type(error).__name__}: {error}"[:200]
                case.pop("expected", None)
            file.write(json.dumps(case) + "\n")

        for name, source, tokens in chat_conversations.templates(templates):
            for case in chat_conversations.cases(tokens):
                write(source, name, case)
        made = random.Random(seed)
        for index in range(count):
            write(chat_grammar.template(made), f"made {index}", {"messages": chat_grammar.MESSAGES, "variables": chat_grammar.VARIABLES})


main()
