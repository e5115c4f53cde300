import Testing
import WaybillCore

@Suite struct `The expression checker refuses` {
    @Test(arguments: [
        ("price_cents + qty", 0, "cents and a count cannot be added"),
        ("qty - price_cents", 0, "a count and cents cannot be subtracted"),
        ("qty + wait", 0, "a count and a duration cannot be added"),
        ("price_cents * price_cents", 0, "cents and cents cannot be multiplied"),
        ("wait * wait", 0, "a duration and a duration cannot be multiplied"),
        ("qty * now", 0, "a count and a time cannot be multiplied"),
        ("now + now", 0, "a time and a time cannot be added"),
        ("now + 30", 0, "a time and a number cannot be added"),
        ("30 - now", 0, "a number and a time cannot be subtracted"),
        ("wait - now", 0, "a duration and a time cannot be subtracted"),
        ("now / 2", 0, "a time and a number cannot be divided"),
        ("qty / price_cents", 0, "a count and cents cannot be divided"),
        ("wait % price_cents", 0, "a duration and cents cannot be divided"),
        ("-now", 1, "a time cannot be negated"),
        ("qty / 0", 0, "this divides by zero"), ("qty % 0", 0, "this divides by zero"),
        ("shop + 'x'", 0, "arithmetic needs numbers, found a text"),
        ("1 + paid", 4, "arithmetic needs numbers, found a condition"),
        ("qty + NULL", 6, "arithmetic needs numbers, found NULL"),
        ("-shop", 1, "arithmetic needs numbers, found a text"),
        ("qty = price_cents", 6, "a count cannot be compared with cents"),
        ("wait < now", 7, "a duration cannot be compared with a time"),
        ("shop = 1", 7, "a text cannot be compared with a number"),
        ("paid = 'x'", 7, "a condition cannot be compared with a text"),
        ("paid < TRUE", 7, "conditions have no order"),
        ("paid BETWEEN FALSE AND TRUE", 13, "conditions have no order"),
        ("coupon = NULL", 9, "comparing with NULL is never true"),
        ("NULL <> coupon", 8, "comparing with NULL is never true"),
        ("qty IN (1, NULL)", 11, "comparing with NULL is never true"),
        ("lines = lines", 8, "a collection cannot be compared with a collection"),
        ("address = address", 10, "a record cannot be compared with a record"),
        ("qty BETWEEN 1 AND price_cents", 18, "a count cannot be compared with cents"),
        ("qty IN (1, 'a')", 11, "a count cannot be compared with a text"),
        ("qty CONTAINS 'a'", 0, "expected a text, found a count"),
        ("shop STARTSWITH 1", 16, "expected a text, found a number"),
        ("paid || 'x'", 0, "|| joins texts and numbers, found a condition"),
        ("'x' || NULL", 7, "|| joins texts and numbers, found NULL"),
        ("qty AND paid", 0, "AND needs a condition, found a count"),
        ("paid OR shop", 8, "OR needs a condition, found a text"),
        ("NOT qty", 4, "NOT needs a condition, found a count"),
        ("paid AND NULL", 9, "AND needs a condition, found NULL"),
        ("CASE WHEN qty THEN 1 END", 10, "WHEN needs a condition, found a count"),
        ("CASE WHEN paid THEN 1 ELSE 'x' END", 27, "one case gives a number, this one a text"),
        ("CASE WHEN paid THEN qty WHEN paid THEN price_cents END", 39, "one case gives a count, this one cents"),
        ("lines.qty", 0, "found a collection, expected a record before '.qty'"),
        ("shop.x", 0, "found a text, expected a record before '.x'"),
        ("qty['a']", 0, "[ ] needs a collection, found a count"),
        ("tags['a']", 0, "this collection has no key, its elements cannot be picked"),
        ("lines[1]", 6, "the key 'line' is a text, found a number"),
        ("lines[NULL]", 6, "the key 'line' is a text, found NULL"),
        ("SUM(l IN qty: 1)", 9, "IN needs a collection, found a count"),
        ("SUM(l IN lines: l.sku)", 16, "SUM needs numbers that can be added, found a text"),
        ("SUM(p IN payments: p.at)", 19, "SUM needs numbers that can be added, found a time"),
        ("MIN(l IN lines: l.gift)", 16, "MIN and MAX need numbers or texts, found a condition"),
        ("COUNT(l IN lines: l.qty)", 18, "COUNT needs a condition, found a count"),
        ("COUNT(qty)", 6, "COUNT needs a collection, found a count"),
        ("EVERY(l IN lines: l.qty)", 18, "EVERY and ANY need a condition, found a count"),
        ("ALLOCATE(shop OVER payments BY 1)", 9, "ALLOCATE needs an amount to split, found a text"),
        ("ALLOCATE(now OVER payments BY 1)", 9, "ALLOCATE needs an amount to split, found a time"),
        ("ALLOCATE(1 OVER shop BY 1)", 16, "OVER needs a collection, found a text"),
        ("ALLOCATE(1 OVER tags BY size)", 16, "ALLOCATE names its parts by key, and this collection has none"),
        ("ALLOCATE(1 OVER payments BY at)", 28, "BY needs a number as weight, found a time"),
        ("ALLOCATE(1 OVER payments BY payment)", 28, "BY needs a number as weight, found a text"),
    ])
    func `what does not fit, saying what and where`(text: String, offset: Int, message: String) throws {
        let problem = try #require(Shop.problem(text))
        #expect(problem.kind == .type)
        #expect(problem.message == message)
        #expect(problem.offset == offset)
    }

    @Test(
        arguments: [
            ("shp", 0, "unknown name 'shp'", "did you mean 'shop'?"),
            ("qyt > 1", 0, "unknown name 'qyt'", "did you mean 'qty'?"),
            ("QTY > 1", 0, "unknown name 'QTY'", "did you mean 'qty'?"),
            ("1 + total_cent", 4, "unknown name 'total_cent'", "did you mean 'total_cents'?"),
            ("Now", 0, "unknown name 'Now'", "did you mean 'now'?"),
            ("zzzzzz", 0, "unknown name 'zzzzzz'", nil), ("z", 0, "unknown name 'z'", nil),
            ("amount_cents", 0, "unknown name 'amount_cents'", "did you mean 'event.amount_cents'?"),
            ("placed_at", 0, "unknown name 'placed_at'", "did you mean 'order.placed_at'?"),
            ("SUM(l IN lines: sku)", 16, "unknown name 'sku'", "did you mean 'l.sku'?"),
            ("SUM(l IN lines: m.qty)", 16, "unknown name 'm'", nil),
            ("event", 0, "'event' alone has no value", "write event.field"),
            ("order", 0, "'order' alone has no value", "write order.id, order.version or order.placed_at"),
            (
                "event.amont_cents", 6, "unknown field 'amont_cents', there are line, amount_cents, by, lines, reason",
                "did you mean 'amount_cents'?"
            ),
            ("address.cty", 8, "unknown field 'cty', there are city, zip", "did you mean 'city'?"),
            (
                "order.placed", 6, "unknown field 'placed', the fields of `order` are id, version, placed_at",
                nil
            ),
            ("IN_STATE('money.payed')", 0, "unknown state 'money.payed'", "did you mean 'money.paid'?"),
            ("IN_STATE('paid')", 0, "unknown state 'paid'", "did you mean 'money.paid'?"),
            ("IN_STATE('')", 0, "unknown state ''", nil),
            (
                "SUM(qty IN lines: 1)", 4, "'qty' already means something else here",
                "choose another name for the element"
            ),
            (
                "SUM(now IN lines: 1)", 4, "'now' already means something else here",
                "choose another name for the element"
            ),
            (
                "SUM(l IN lines: SUM(l IN lines: 1))", 20, "'l' already means something else here",
                "choose another name for the element"
            ),
        ] as [(String, Int, String, String?)])
    func `unknown names, with the one that was meant`(text: String, offset: Int, message: String, hint: String?) throws
    {
        let problem = try #require(Shop.problem(text))
        #expect(problem.kind == .name)
        #expect(problem.message == message)
        #expect(problem.offset == offset)
        #expect(problem.hint == hint)
    }

    @Test(arguments: [
        ("now + 30", "lengths of time carry units: 30m, 1h30m, 500ms"),
        ("price_cents + qty", "a count times a price gives cents"),
        ("shop + 'x'", "texts are joined by ||"), ("coupon = NULL", "write IS NULL or IS NOT NULL"),
        ("lines.qty", "pick one element, ['key'].qty, or run over all: SUM(l IN ...: l.qty)"),
        ("tags.size", "run over its elements, such as SUM(l IN ...: l.size)"),
        (
            "COUNT(l IN lines: l.qty)",
            "COUNT(lines) counts all, COUNT(l IN lines: l.qty > 0) some, SUM(l IN lines: l.qty) adds up"
        ),
    ])
    func `common slips with the way out`(text: String, hint: String) throws {
        #expect(try #require(Shop.problem(text)).hint == hint)
    }

    @Test func `event data where there is none`() throws {
        let problem = try #require(Shop.problem("paid AND event.line = 'a'", in: NameScope(context: Shop.context)))
        #expect(problem.message == "'event.line' is used where there is no event data")
        #expect(problem.offset == 9)
        let empty = try #require(
            Shop.problem("event.line", in: NameScope(context: Shop.context, event: RecordType([]))))
        #expect(empty.message == "unknown field 'line', there are none")
    }

    @Test func `names of an aggregate outside it`() throws {
        #expect(Shop.problem("SUM(l IN lines: l.qty) > l.qty")?.message == "unknown name 'l'")
    }

    @Test(
        arguments: [
            ("paid", .condition, nil), ("confirmed", .condition, nil), ("qty > 1", .condition, nil),
            ("qty", .condition, "found a count, expected a condition"),
            ("NULL", .condition, "found NULL, expected a condition"),
            ("lines", .list, nil), ("extras", .list, nil), ("event.lines", .list, nil),
            (
                "lines['a']", .list,
                "found a record, expected a collection"
            ),
            ("price_cents - 1", .value(.number(.cents), isOptional: false), nil),
            ("5", .value(.number(.time), isOptional: false), nil),
            ("qty", .value(.number(.plain), isOptional: false), nil),
            ("qty", .value(.number(.cents), isOptional: false), "found a count, expected cents"),
            ("'x'", .value(.number(.cents), isOptional: false), "found a text, expected cents"),
            ("qty", .value(.text, isOptional: false), "found a count, expected a text"),
            ("coupon", .value(.text, isOptional: true), nil), ("NULL", .value(.text, isOptional: true), nil),
            ("coupon", .value(.text, isOptional: false), "found a text that may be NULL, expected one that never is"),
            (
                "NULL", .value(.bool, isOptional: false),
                "found a condition that may be NULL, expected one that never is"
            ),
            ("tags", .value(.list(of: Shop.tag, countMax: 8, keyed: false), isOptional: false), nil),
            (
                "tags", .value(.list(of: Shop.tag, countMax: 7, keyed: false), isOptional: false),
                "found a list of at most 8 (name: text, size: count), "
                    + "expected a list of at most 7 (name: text, size: count)"
            ),
            (
                "tags", .value(.list(of: Shop.tag, countMax: 8, keyed: true), isOptional: false),
                "found a list of at most 8 (name: text, size: count), "
                    + "expected a collection by name of at most 8 (name: text, size: count)"
            ),
            (
                "address", .value(.record(Shop.record(("city", .text), optional: ("zip", .text))), isOptional: false),
                nil
            ),
            (
                "address", .value(.record(Shop.record(("city", .text), ("zip", .text))), isOptional: false),
                "found a record of (city: text, zip: optional text), expected a record of (city: text, zip: text)"
            ),
        ] as [(String, ExpectedType, String?)])
    func `what the place does not take`(text: String, expected: ExpectedType, message: String?) {
        #expect(Shop.problem(text, expecting: expected)?.message == message)
    }
}
