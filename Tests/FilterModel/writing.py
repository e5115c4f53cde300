"""Turns the model's trees into the text of a filter: with no more parentheses than needed, or with more."""
import random

from model import (
    CONDITIONS, Any, Arithmetic, Bare, Between, Compared, Every, In, IsNull, Minus, Not, Number, Property, Tag, Truth,
    Words,
)  # fmt: skip

# How tightly a tree holds together, from loose to tight.
OR, AND, NOT, COMPARISON, SUM, PRODUCT, SIGN, VALUE = range(1, 9)


def binding(tree):
    match tree:
        case Any():
            return OR
        case Every():
            return AND
        case Not():
            return NOT
        case Compared() | Between() | In() | IsNull():
            return COMPARISON
        case Bare(operand):
            return binding(operand)
        case Arithmetic(sign, _, _):
            return SUM if sign in "+-" else PRODUCT
        case Minus():
            return SIGN
        case Number(spelling):
            return SIGN if spelling.startswith("-") else VALUE
    return VALUE


class Writer:
    """Writes one filter; the dice choose spaces, case of keywords and parentheses that change nothing."""

    def __init__(self, seed):
        self.dice = random.Random(seed)

    def text(self, tree):
        tokens = self.tokens(tree)
        text = tokens[0]
        for before, after in zip(tokens, tokens[1:]):
            # Words and numbers need something between them; a quote after a quote would be one text.
            touching = (before[-1] + after[0]).replace("_", "a").replace("$", "a")
            must = touching.isalnum() or touching == "''" or before[-1] in "<>=-"
            text += self.space(must) + after
        return self.space(False) + text + self.space(False)

    def space(self, must):
        if not must and self.dice.random() < 0.5:
            return ""
        return self.dice.choice([" ", " ", "  ", "\t", "\n", " \r\n"])

    def word(self, keyword):
        return self.dice.choice([keyword, keyword, keyword.lower(), keyword.title()])

    def part(self, tree, minimum):
        tokens = self.tokens(tree)
        # A lone number keeps its parentheses out: a sign before it would be part of it.
        if binding(tree) < minimum or (self.dice.random() < 0.1 and not isinstance(tree, Number)):
            return ["(", *tokens, ")"]
        return tokens

    def negation(self, negated):
        return [self.word("NOT")] if negated else []

    def tokens(self, tree):
        match tree:
            case Any(parts) | Every(parts):
                level = binding(tree)
                tokens = self.part(parts[0], level + 1)
                for part in parts[1:]:
                    tokens += [self.word("OR" if level == OR else "AND"), *self.part(part, level + 1)]
                return tokens
            case Not(inner):
                return [self.word("NOT"), *self.part(inner, NOT)]
            case Compared(sign, left, right, negated):
                sign = self.word(sign) if sign[0].isalpha() else sign
                return [*self.part(left, SUM), *self.negation(negated), sign, *self.part(right, SUM)]
            case Between(value, low, high, negated):
                return [
                    *self.part(value, SUM), *self.negation(negated), self.word("BETWEEN"), *self.part(low, SUM),
                    self.word("AND"), *self.part(high, SUM),
                ]  # fmt: skip
            case In(value, values, negated):
                tokens = [*self.part(value, SUM), *self.negation(negated), self.word("IN"), "("]
                for candidate in values:
                    tokens += [*self.part(candidate, OR), ","]
                return [*tokens[:-1], ")"]
            case IsNull(operand, negated):
                return [*self.part(operand, SUM), self.word("IS"), *self.negation(negated), self.word("NULL")]
            case Bare(operand):
                return self.tokens(operand)
            case Arithmetic(sign, left, right):
                level = binding(tree)
                return [*self.part(left, level), sign, *self.part(right, level + 1)]
            case Minus(inner):
                return ["-", *self.part(inner, SIGN)]
            case Property(name):
                return [name]
            case Tag():
                return ["TAGS"]
            case Number(spelling):
                return [spelling]
            case Truth(value):
                return [self.word("TRUE" if value else "FALSE")]
            case Words(text):
                return ["'" + text.replace("'", "''") + "'"]
        raise AssertionError((tree, CONDITIONS))
