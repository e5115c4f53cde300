"""Filters of the built executable against the model, on what Hypothesis thinks of.

    Tests/FilterModel/run                      with a new seed, which is printed
    SEED=17 CASES=20000 Tests/FilterModel/run  once more, or longer
"""
import json
import os
import random
import subprocess
import sys
import unittest

from hypothesis import HealthCheck, Phase, given, seed, settings, strategies as st

import model
from model import (
    Any, Arithmetic, Bare, Between, Compared, Every, In, IsNull, Message, Minus, Mistakes, Not, Number, Property,
    Refused, Tag, Truth, Words,
)  # fmt: skip
from writing import Writer

SEED = int(os.environ.get("SEED") or random.SystemRandom().randrange(1_000_000))
CASES = int(os.environ.get("CASES") or 4_000)
WORDS = {"true": True, "false": False, "unknown": None}

careful = settings(
    max_examples=CASES, deadline=None, database=None, report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck), phases=[Phase.generate, Phase.shrink],
)  # fmt: skip


class Waybill:
    """The executable, answering one question a line."""

    def __init__(self):
        path = os.environ.get("WAYBILL", ".build/debug/waybill")
        self.process = subprocess.Popen([path, "filter"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def ask(self, kind, text, message):
        question = {"kind": kind, "filter": text, "tag": message.tag, "properties": message.properties}
        self.process.stdin.write(json.dumps(question).encode() + b"\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().decode().rstrip("\n")
        assert answer, f"no answer to {question}: the process ended with {self.process.wait()}"
        return answer

    def close(self):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()


# What is asked ------------------------------------------------------------------------------------------------------

NAMES = ["a", "b", "c", "d", "price", "$x", "_y1", "order", "now", "case", "when", "count"]
names = st.sampled_from(NAMES)
edges = st.sampled_from([2**63 - 1, -(2**63), 2**63, 2**64 - 1, 2**64, -(2**64), 2**31, 3037000500])
small = st.integers(-4, 4)
decimals = st.builds(lambda whole, tail: f"{whole}.{tail}", small, st.text("0123456789", min_size=1, max_size=3))
letters = st.one_of(st.text("ab", max_size=3), st.text("abAB'é ", max_size=3))
spelled_truths = st.sampled_from(["TRUE", "true", "False", "tRuE"])


def is_writable(spelling):
    """Whole numbers have 64 bits, those with decimals one more."""
    whole = int(spelling.split(".")[0])
    return whole in model.INT64 if "." not in spelling else abs(whole) <= model.UINT64_MAX


whole = st.one_of(small.map(str), small.map(str), edges.map(str)).filter(is_writable).map(Number)
close = st.integers(-3, 3).map(str).map(Number)
numbers = st.one_of(small.map(str), decimals, edges.map(str), edges.map(lambda edge: f"{edge}.0"))
literals = numbers.filter(is_writable).map(Number)
properties = st.one_of(names.map(Property), names.map(Property), st.just(Tag()))


def terms(inner):
    """What stands beside an operator: a sign before a number is the number's own."""
    signed = inner.filter(lambda operand: not isinstance(operand, Number)).map(Minus)
    return st.one_of(inner, signed, st.builds(Arithmetic, st.sampled_from("+-*/%"), inner, inner))


numeric = st.one_of(literals, st.recursive(st.one_of(whole, whole, properties), terms, max_leaves=4))
texts = st.one_of(letters, letters, st.text(max_size=4), st.sampled_from(["true", "5"])).map(Words)
truths = st.booleans().map(Truth)
# Now and then sides that do not go together: the refusal is compared too.
anything = st.one_of(st.recursive(literals, terms, max_leaves=3), numeric, texts, truths, properties)
text_signs = st.sampled_from(sorted(model.TEXT_SIGNS))
orders = st.sampled_from(["=", "<>", "<", "<=", ">", ">="])


def some(operands):
    return st.lists(operands, min_size=1, max_size=4).map(tuple)


comparisons = st.one_of(
    st.builds(Compared, orders, numeric, numeric),
    st.builds(Compared, orders, properties, numeric),
    st.builds(Compared, orders, properties, decimals.map(Number)),
    st.builds(Compared, orders, st.builds(Arithmetic, st.sampled_from("/%"), properties, close), close),
    st.builds(Compared, orders, texts, properties),
    st.builds(Compared, orders, properties, texts),
    st.builds(Compared, orders, properties, properties),
    st.builds(Compared, st.sampled_from(["=", "<>"]), properties, truths),
    st.builds(Compared, st.sampled_from(["=", "<>"]), truths, properties),
    st.builds(Compared, text_signs, properties, texts, st.booleans()),
    st.builds(Compared, text_signs, texts, properties, st.booleans()),
    st.builds(Between, properties, numeric, numeric, st.booleans()),
    st.builds(Between, properties, texts, texts, st.booleans()),
    st.builds(In, properties, some(st.one_of(literals, properties)), st.booleans()),
    st.builds(In, properties, some(st.one_of(texts, numeric)), st.booleans()),
    st.builds(IsNull, properties, st.booleans()),
    st.builds(Bare, st.one_of(properties, truths)),
)
doubtful = st.one_of(
    st.builds(Compared, orders, anything, anything),
    st.builds(Compared, text_signs, anything, anything, st.booleans()),
    st.builds(Between, anything, anything, anything, st.booleans()),
    st.builds(In, anything, some(anything), st.booleans()),
    st.builds(IsNull, anything, st.booleans()),
    st.builds(Bare, anything),
    st.builds(Compared, orders, comparisons.filter(lambda tree: not isinstance(tree, Bare)), anything),
)


def connected(inner):
    parts = st.lists(inner, min_size=2, max_size=4).map(tuple)
    return st.one_of(st.builds(Not, inner), st.builds(Every, parts), st.builds(Any, parts))


sound = st.recursive(comparisons, connected, max_leaves=6)
unsound = st.recursive(st.one_of(comparisons, doubtful), connected, max_leaves=4)

spellings = st.one_of(
    small.map(str), decimals, spelled_truths, edges.map(str), letters, st.text(max_size=4),
    st.sampled_from(
        ["truth", "", "+3", "-0", "-0.0", "3.", ".5", ".", "-", "+-1", "1e3", " 1", "1 ",
         "0x10", "٣", "1.5.2", "0.1234567890123456789", "0.1234567890123456788", "00012", "3.000000000000000000000"]),
)  # fmt: skip
messages = st.builds(
    Message, st.one_of(st.none(), spellings), st.dictionaries(names, spellings, min_size=3, max_size=len(NAMES))
)

# Where arithmetic and pieces of texts decide: every property is there, and near what it is compared with.
x, y = st.just(Property("a")), st.just(Property("b"))
divided = st.builds(Arithmetic, st.sampled_from("/%"), x, st.one_of(close, y))
far = edges.map(str).filter(is_writable).map(Number)
calculations = st.one_of(
    st.builds(In, divided, st.just(tuple(Number(str(odd)) for odd in (-5, -3, -1, 1, 3, 5))), st.booleans()),
    st.builds(Compared, orders, divided, close),
    st.builds(Compared, orders, st.builds(Minus, x), st.one_of(close, y)),
    st.builds(Compared, orders, st.builds(Arithmetic, st.sampled_from("+-*"), x, far), close),
)
pieces = st.builds(Compared, text_signs, st.just(Property("s")), st.text("ab", max_size=2).map(Words), st.booleans())
near = st.builds(
    lambda a, b, s: Message(None, {"a": a, "b": b, "s": s}), st.one_of(st.integers(-9, 9), edges).map(str),
    st.integers(-3, 3).map(str), st.text("ab", max_size=4),
)  # fmt: skip

PIECES = (
    "a 1 1.5 'x' ' ( ) AND OR NOT IN IS NULL BETWEEN CONTAINS LIKE = <> < - + * / % , || . [ ] : TAGS TRUE CASE COUNT( "
    "IN_STATE('a') 1h é \0"
).split(" ")


class FiltersAndTheirModel(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.waybill = Waybill()

    @classmethod
    def tearDownClass(cls):
        cls.waybill.close()

    def expect(self, text, tree, message, answer):
        try:
            expected = model.condition(tree, message)
        except Refused as reason:
            self.assertTrue(answer.startswith("refused"), f"{text!r}: {answer}, expected refused: {reason}")
            return
        self.assertIn(answer, WORDS, f"{text!r}: {answer}, expected {expected}")
        self.assertEqual(WORDS[answer], expected, f"{text!r} on {message}")

    def compare(self, conditions, messages, cases):
        """Asks about so many conditions, and hands back what was answered."""
        asked = []

        @seed(SEED)
        @settings(careful, max_examples=cases)
        @given(conditions, messages, st.integers(0, 2**32))
        def agree(tree, message, dice):
            text = Writer(dice).text(tree)
            answer = self.waybill.ask("sql", text, message)
            self.expect(text, tree, message, answer)
            asked.append((tree, message, answer))

        agree()
        return asked

    def expect_each(self, asked, words):
        counts = {word: sum(answer.startswith(word) for _, _, answer in asked) for word in words}
        print(f"note: {len(asked)} conditions: {counts}")
        for word, count in counts.items():
            self.assertGreater(count, len(asked) // 20, f"hardly any condition is {word}: {counts}")

    def test_agree_on_conditions_and_no_mistake_would_pass(self):
        asked = self.compare(st.one_of(comparisons, sound), messages, CASES)
        self.expect_each(asked, WORDS)
        asked += self.compare(calculations, near, CASES // 4) + self.compare(pieces, near, CASES // 8)
        # Chance may give none of these that a mistake would change.
        a, largest = Property("a"), str(2**63 - 1)
        for tree, values in [
            (Compared("STARTSWITH", Property("s"), Words("b"), False), {"s": "ab"}),
            (Compared("=", Arithmetic("/", a, Number("2")), Number("-3")), {"a": "-7"}),
            (Compared("=", Arithmetic("%", a, Number("2")), Number("-1")), {"a": "-7"}),
            (Compared("<", Arithmetic("+", a, Number("1")), Number("0")), {"a": largest}),
            (Compared("=", Minus(a), Number("-3")), {"a": "3"}),
        ]:
            asked += self.compare(st.just(tree), st.just(Message(None, values)), 1)
        # The comparison could fail: each mistake in reading the language is found out by some of these cases.
        for mistake in Mistakes.NAMES:
            count = sum(self.disagrees(*case, mistake) for case in asked)
            self.assertGreater(count, 0, f"nothing speaks against: {mistake}")

    def test_agree_on_what_is_no_condition(self):
        self.expect_each(self.compare(unsound, messages, CASES // 4), [*WORDS, "refused"])

    def disagrees(self, tree, message, answer, mistake):
        return answer in WORDS and model.condition(tree, message, mistake) != WORDS[answer]

    def test_agree_on_lists_of_tags(self):
        tag = st.one_of(st.text("ab|* \t", max_size=4), st.text(max_size=3))
        lists = st.one_of(tag, st.lists(tag, min_size=1, max_size=4).map("||".join))

        @seed(SEED)
        @settings(careful, max_examples=CASES // 4)
        @given(lists, st.one_of(st.none(), st.text("ab", max_size=2)))
        def agree(expression, own):
            answer = self.waybill.ask("tag", expression, Message(own, {}))
            try:
                expected = model.tags(expression, own)
            except Refused:
                self.assertTrue(answer.startswith("refused"), f"{expression!r}: {answer}, expected refused")
                return
            self.assertEqual(WORDS.get(answer, answer), expected, f"{expression!r} on the tag {own!r}")

        agree()

    def test_answer_to_any_text(self):
        words = st.lists(st.sampled_from(PIECES), max_size=12).map(" ".join)

        @seed(SEED)
        @settings(careful, max_examples=CASES // 4)
        @given(st.one_of(words, words, st.text(max_size=30)), messages)
        def answered(text, message):
            answer = self.waybill.ask("sql", text, message)
            self.assertTrue(answer in WORDS or answer.startswith("refused at"), f"{text!r}: {answer!r}")

        answered()

    def test_answer_to_texts_of_every_size(self):
        nothing = Message(None, {})
        many = "a = 1 OR " * 900 + "a = 1"
        for text in ["(" * 10_000, "NOT " * 2_000 + "a", "-" * 8_000 + "a = 1", many, "a" * 9_000]:
            answer = self.waybill.ask("sql", text, nothing)
            self.assertTrue(answer in WORDS or answer.startswith("refused at"), f"{text[:40]!r}...: {answer!r}")


if __name__ == "__main__":
    print(f"note: SEED={SEED} CASES={CASES}", flush=True)
    program = unittest.main(exit=False, verbosity=1)
    print(f"Test run with {program.result.testsRun} tests")
    sys.exit(not program.result.wasSuccessful())
