"""What a filter says of a message, written from the language's description and not from its evaluator.

A filter is a tree of the classes below. `condition(tree, message)` is True, False or None (UNKNOWN), or raises
`Refused` for what the language does not allow. `Mistakes` are ways to have it wrong, which the comparison must notice.
"""
from dataclasses import dataclass
from fractions import Fraction
import re

INT64 = range(-(2**63), 2**63)
UINT64_MAX = 2**64 - 1
FRACTION_DIGITS = 18


class Refused(Exception):
    """The expression is no filter."""


@dataclass(frozen=True)
class Message:
    tag: str | None
    properties: dict


# Operands -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Property:
    name: str


@dataclass(frozen=True)
class Tag:
    pass


@dataclass(frozen=True)
class Number:
    spelling: str


@dataclass(frozen=True)
class Words:
    text: str


@dataclass(frozen=True)
class Truth:
    value: bool


@dataclass(frozen=True)
class Minus:
    operand: object


@dataclass(frozen=True)
class Arithmetic:
    sign: str
    left: object
    right: object


# Conditions ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Bare:
    """An operand that stands alone."""

    operand: object


@dataclass(frozen=True)
class Not:
    inner: object


@dataclass(frozen=True)
class Every:
    parts: tuple


@dataclass(frozen=True)
class Any:
    parts: tuple


@dataclass(frozen=True)
class Compared:
    sign: str
    left: object
    right: object
    negated: bool = False


@dataclass(frozen=True)
class Between:
    value: object
    low: object
    high: object
    negated: bool


@dataclass(frozen=True)
class In:
    value: object
    values: tuple
    negated: bool


@dataclass(frozen=True)
class IsNull:
    operand: object
    negated: bool


CONDITIONS = (Bare, Not, Every, Any, Compared, Between, In, IsNull)
TEXT_SIGNS = {"CONTAINS", "STARTSWITH", "ENDSWITH"}

# What can be said at all --------------------------------------------------------------------------------------------


def kind(operand):
    """property, number, text or truth; what an operand is before any message is seen."""
    match operand:
        case Property() | Tag():
            return "property"
        case Number():
            return "number"
        case Words():
            return "text"
        case Truth():
            return "truth"
        case Minus(inner):
            if kind(inner) not in ("number", "property"):
                raise Refused("a sign before what is no number")
            return "number"
        case Arithmetic(_, left, right):
            for side in (left, right):
                if kind(side) not in ("number", "property"):
                    raise Refused("arithmetic with what is no number")
                if isinstance(side, Number) and Fraction(side.spelling).denominator != 1:
                    raise Refused("decimals are compared, not computed with")
                if isinstance(side, Number) and int(Fraction(side.spelling)) not in INT64:
                    raise Refused("too large")
            return "number"
    raise Refused("a condition is no value")


def check_comparison(sign, left, right):
    kinds = {kind(left), kind(right)} - {"property"}
    if len(kinds) > 1:
        raise Refused("different kinds")
    if "number" in kinds and sign in TEXT_SIGNS:
        raise Refused("a number has no parts")
    if "truth" in kinds and sign not in ("=", "<>"):
        raise Refused("truths have no order")


def check(tree):
    """Raises `Refused` unless the tree is a condition."""
    match tree:
        case Bare(operand):
            if not isinstance(operand, (Property, Tag, Truth)):
                raise Refused("a value is no condition")
        case Not(inner):
            check(inner)
        case Every(parts) | Any(parts):
            for part in parts:
                check(part)
        case Compared(sign, left, right):
            check_comparison(sign, left, right)
        case Between(value, low, high):
            check_comparison(">=", value, low)
            check_comparison("<=", value, high)
        case In(value, values):
            for candidate in values:
                check_comparison("=", value, candidate)
        case IsNull(operand):
            if not isinstance(operand, (Property, Tag)):
                raise Refused("only a property can be missing")
        case _:
            raise Refused("a value is no condition")


# What it says -------------------------------------------------------------------------------------------------------

SPELLED = re.compile(r"[+-]?(?P<whole>[0-9]*)(\.(?P<fraction>[0-9]*))?", re.ASCII)


def spelled_number(text):
    found = SPELLED.fullmatch(text)
    if not found or not (found["whole"] or found["fraction"]):
        return None
    whole = int(found["whole"] or 0)
    if whole > UINT64_MAX:
        return None
    digits = (found["fraction"] or "")[:FRACTION_DIGITS]
    magnitude = whole + (Fraction(int(digits), 10 ** len(digits)) if digits else 0)
    return -magnitude if text.startswith("-") else Fraction(magnitude)


class Mistakes:
    """Each is a wrong reading of the language; the model reads it right when none is named."""

    NAMES = (
        "unknown is false",
        "NOT of unknown is true",
        "AND with unknown is unknown",
        "OR with unknown is unknown",
        "a missing property is empty",
        "numbers compare as texts",
        "decimals are cut off",
        "BETWEEN leaves out its ends",
        "IN stops at unknown",
        "NOT IN takes the missing",
        "a quotient is rounded down",
        "a remainder takes the divisor's sign",
        "sums wrap around",
        "truths are spelled in lower case only",
        "texts ignore case",
        "STARTSWITH is CONTAINS",
        "a sign is lost",
    )


class Reading:
    def __init__(self, message, mistake=None):
        self.message = message
        self.mistake = mistake

    def is_mistaken(self, name):
        assert name in Mistakes.NAMES
        return self.mistake == name

    def condition(self, tree):
        truth = self.truth(tree)
        return False if truth is None and self.is_mistaken("unknown is false") else truth

    def truth(self, tree):
        match tree:
            case Bare(operand):
                return self.as_truth(operand)
            case Not(inner):
                return self.denied(self.truth(inner))
            case Every(parts):
                return self.every([self.truth(part) for part in parts])
            case Any(parts):
                return self.any([self.truth(part) for part in parts])
            case Compared(sign, left, right, negated):
                truth = self.compared(sign, left, right)
                return self.denied(truth) if negated else truth
            case Between(value, low, high, negated):
                signs = (">", "<") if self.is_mistaken("BETWEEN leaves out its ends") else (">=", "<=")
                truth = self.every([self.compared(signs[0], value, low), self.compared(signs[1], value, high)])
                return self.denied(truth) if negated else truth
            case In(value, values, negated):
                truths = [self.compared("=", value, candidate) for candidate in values]
                if self.is_mistaken("IN stops at unknown") and None in truths:
                    truths = [None]
                truth = self.any(truths)
                if negated and truth is None and self.is_mistaken("NOT IN takes the missing"):
                    return True
                return self.denied(truth) if negated else truth
            case IsNull(operand, negated):
                return (self.text(operand) is None) != negated
        raise AssertionError(tree)

    def denied(self, truth):
        if truth is None:
            return True if self.is_mistaken("NOT of unknown is true") else None
        return not truth

    def every(self, truths):
        if False in truths and not (None in truths and self.is_mistaken("AND with unknown is unknown")):
            return False
        return None if None in truths else True

    def any(self, truths):
        if True in truths and not (None in truths and self.is_mistaken("OR with unknown is unknown")):
            return True
        return None if None in truths else False

    def compared(self, sign, left, right):
        kinds = {kind(left), kind(right)}
        if "number" in kinds and not self.is_mistaken("numbers compare as texts"):
            first, second = self.as_number(left), self.as_number(right)
        elif "truth" in kinds:
            first, second = self.as_truth(left), self.as_truth(right)
        else:
            first, second = self.as_bytes(left), self.as_bytes(right)
        if first is None or second is None:
            return None
        match sign:
            case "=":
                return first == second
            case "<>":
                return first != second
            case "<":
                return first < second
            case "<=":
                return first <= second
            case ">":
                return first > second
            case ">=":
                return first >= second
            case "STARTSWITH":
                return second in first if self.is_mistaken("STARTSWITH is CONTAINS") else first.startswith(second)
            case "ENDSWITH":
                return first.endswith(second)
            case "CONTAINS":
                return second in first

    def text(self, operand):
        match operand:
            case Property(name):
                text = self.message.properties.get(name)
            case Tag():
                text = self.message.tag
            case Words(text):
                pass
        return "" if text is None and self.is_mistaken("a missing property is empty") else text

    def as_bytes(self, operand):
        match operand:
            case Property() | Tag() | Words():
                text = self.text(operand)
            case _:
                number = self.as_number(operand)
                text = None if number is None else str(number)
        if text is not None and self.is_mistaken("texts ignore case"):
            text = text.lower()
        return None if text is None else text.encode()

    def as_truth(self, operand):
        if isinstance(operand, Truth):
            return operand.value
        text = self.text(operand)
        if text is not None and text.isascii() and not self.is_mistaken("truths are spelled in lower case only"):
            text = text.lower()
        return {"true": True, "false": False}.get(text)

    def as_number(self, operand):
        match operand:
            case Property() | Tag():
                text = self.text(operand)
                number = None if text is None else spelled_number(text)
                if number is not None and self.is_mistaken("decimals are cut off"):
                    number = Fraction(int(number))
                return number
            case Number(spelling):
                return Fraction(spelling)
            case Minus(inner):
                number = self.as_number(inner)
                return number if number is None or self.is_mistaken("a sign is lost") else -number
            case Arithmetic(sign, left, right):
                return self.computed(sign, self.as_whole(left), self.as_whole(right))
        return None

    def as_whole(self, operand):
        number = self.as_number(operand)
        if number is None or number.denominator != 1 or int(number) not in INT64:
            return None
        return int(number)

    def computed(self, sign, left, right):
        if left is None or right is None or (right == 0 and sign in "/%"):
            return None
        match sign:
            case "+":
                result = left + right
            case "-":
                result = left - right
            case "*":
                result = left * right
            case "/":
                result = abs(left) // abs(right) * (1 if (left < 0) == (right < 0) else -1)
                if self.is_mistaken("a quotient is rounded down"):
                    result = left // right
            case "%":
                result = abs(left) % abs(right) * (-1 if left < 0 else 1)
                if self.is_mistaken("a remainder takes the divisor's sign"):
                    result = left % right
        if result not in INT64 and self.is_mistaken("sums wrap around"):
            result = (result + 2**63) % 2**64 - 2**63
        return Fraction(result) if result in INT64 else None


def condition(tree, message, mistake=None):
    check(tree)
    return Reading(message, mistake).condition(tree)


def tags(expression, tag):
    """What a list of tags says; raises `Refused`."""
    blanks = " \t\n\v\f\r"
    if expression.strip(blanks) in ("", "*"):
        return True
    wanted = [part.strip(blanks) for part in expression.split("||")]
    wanted = [part for part in wanted if part]
    for part in wanted:
        if part == "*" or "|" in part or any(ord(sign) < 32 or ord(sign) == 127 for sign in part):
            raise Refused("no tag")
    if not wanted:
        raise Refused("no tag")
    return tag in wanted
