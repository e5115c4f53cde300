import Testing
import WaybillCore

@Suite struct `Evaluating an expression` {
    private static func line(_ key: Text, _ qty: Int64, _ price: Int64, note: Value = .null, gift: Value = .null)
        -> Value
    {
        .record([.text(key), .text("sku-\(key)"), .int(qty), .int(price), note, gift, .null])
    }

    private static let scope = Scope(
        context: [
            .text("tea"), .bool(true), .int(3), .int(1_999), .int(-50), .int(60_000), .int(1_000_000),
            .list([
                line("a", 2, 500, note: .text("red"), gift: .bool(true)), line("b", 1, 1_250),
                line("c", 5, 99, gift: .bool(false)),
            ]),
            .list([
                .record([.text("p1"), .int(1_000), .int(0), .null]),
                .record([.text("p2"), .int(500), .int(500), .int(77)]),
                .record([.text("p3"), .int(2_001), .int(1), .int(76)]),
            ]),
            .list([.record([.text("new"), .int(4)]), .record([.text("hot"), .int(9)])]),
            .record([.text("Köln"), .null]), .text("SPRING"), .null, .int(10), .null,
        ],
        event: [.text("b"), .int(701), .int(1_500), .list([.record([.text("a"), .int(1)])]), .null],
        derived: Shop.derived,
        configuration: {
            var states = StateSet()
            states.insert(3)
            return states
        }(),
        now: Moment(milliseconds: 2_000_000), orderID: "o-1", version: 4, placedAt: Moment(milliseconds: 900_000))

    private func value(_ text: String, in scope: Scope = scope) throws -> Value {
        let checked = try checkExpression(text, in: Shop.names)
        var scope = scope
        let value = try evaluate(checked.expression, in: &scope)
        #expect(scope.bound.isEmpty)
        return value
    }

    @Test(arguments: [
        ("1 + 2 * 3 - 4", 3), ("7 / 2", 3), ("-7 / 2", -3), ("7 % 3", 1), ("-7 % 3", -1), ("7 % -3", 1), ("-qty", -3),
        ("-(-5)", 5), ("2 - -2", 4), ("1h30m", 5_400_000), ("-1s", -1_000), ("qty * price_cents", 5_997),
        ("price_cents * 15 / 100", 299), ("now - since", 1_000_000), ("now + wait", 2_060_000),
        ("order.placed_at + 1m", 960_000), ("order.version", 4), ("event.amount_cents - price_cents", -1_298),
        ("lines['c'].qty", 5), ("lines[event.line].price_cents", 1_250), ("total_cents", 2_745),
        ("CASE WHEN qty > 5 THEN 1 WHEN qty > 2 THEN 2 ELSE 3 END", 2), ("CASE WHEN qty > 5 THEN 1 ELSE 3 END", 3),
        ("-9223372036854775808 % -1", 0), ("9223372036854775807 + 0", .max), ("-9223372036854775808 / 1", .min),
    ])
    func `computes numbers`(text: String, expected: Int64) throws {
        #expect(try value(text) == .int(expected))
    }

    @Test(arguments: [
        ("shop || '-' || qty", "tea-3"), ("qty || '/' || balance_cents", "3/-50"), ("1 || 2", "12"),
        ("order.id", "o-1"),
        ("'a' || ''", "a"), ("'n' || qty + 1", "n4"), ("address.city", "Köln"), ("lines['a'].note", "red"),
        ("CASE WHEN IN_STATE('money.paid') THEN 'paid' ELSE 'open' END", "paid"),
        ("CASE WHEN IN_STATE('money.unpaid') THEN 'open' ELSE 'not open' END", "not open"), ("'it''s'", "it's"),
    ])
    func `makes texts`(text: String, expected: Text) throws {
        #expect(try value(text) == .text(expected))
    }

    @Test(arguments: [
        ("qty = 3", true), ("qty <> 3", false), ("qty < 3", false), ("qty <= 3", true), ("qty > 3", false),
        ("qty >= 3", true), ("2 < qty", true), ("2 > qty", false), ("shop = 'tea'", true), ("shop <> 'tea'", false),
        ("shop < 'teb'", true), ("shop < 'tea'", false), ("shop <= 'tea'", true), ("shop > 'Tea'", true),
        ("shop >= 'tea0'", false), ("paid = TRUE", true), ("paid <> TRUE", false),
        ("'Köln' CONTAINS 'öl'", true), ("'Köln' CONTAINS 'ol'", false), ("'abc' CONTAINS ''", true),
        ("'' CONTAINS ''", true), ("'' CONTAINS 'a'", false), ("'aab' CONTAINS 'ab'", true),
        ("'ab' CONTAINS 'abc'", false),
        ("'abc' STARTSWITH 'ab'", true), ("'abc' STARTSWITH 'bc'", false), ("'a' STARTSWITH 'ab'", false),
        ("'abc' ENDSWITH 'bc'", true), ("'abc' ENDSWITH 'ab'", false), ("'c' ENDSWITH 'bc'", false),
        ("'abc' STARTSWITH ''", true), ("'abc' ENDSWITH ''", true), ("'Abc' STARTSWITH 'a'", false),
        ("'abc' NOT CONTAINS 'x'", true), ("'é' = 'e\u{301}'", false), ("'é' CONTAINS 'e'", false),
        ("qty BETWEEN 3 AND 3", true), ("qty BETWEEN 4 AND 2", false), ("shop BETWEEN 'a' AND 'z'", true),
        ("shop IN ('coffee', 'tea')", true), ("qty IN (1, 2)", false), ("lines['x'] IS NULL", true),
        ("lines['x'].qty IS NULL", true), ("lines['a'] IS NULL", false), ("address.zip IS NULL", true),
        ("lines[event.reason].qty IS NULL", true), ("IN_STATE('money.paid')", true), ("IN_STATE('goods')", false),
    ])
    func `compares and searches by bytes`(text: String, expected: Bool) throws {
        #expect(try value(text) == .bool(expected))
    }

    @Test(
        arguments: [
            ("COUNT(lines)", .int(3)), ("COUNT(extras)", .null), ("COUNT(l IN lines: l.qty > 1)", .int(2)),
            ("COUNT(l IN lines: l.gift)", .int(1)), ("COUNT(l IN lines: l.note IS NULL)", .int(2)),
            ("SUM(l IN lines: l.qty)", .int(8)), ("SUM(l IN lines: l.weight)", .int(0)),
            ("SUM(t IN extras: t.size)", .null),
            ("MIN(l IN lines: l.price_cents)", .int(99)), ("MAX(l IN lines: l.price_cents)", .int(1_250)),
            ("MIN(p IN payments: p.at)", .int(76)), ("MAX(p IN payments: p.at)", .int(77)),
            ("MIN(l IN lines: l.weight)", .null), ("MIN(l IN lines: l.sku)", .text("sku-a")),
            ("MAX(l IN lines: l.note)", .text("red")),
            ("EVERY(l IN lines: l.qty > 0)", .bool(true)), ("EVERY(l IN lines: l.qty > 1)", .bool(false)),
            ("EVERY(l IN lines: l.gift)", .bool(false)), ("EVERY(l IN lines: l.gift OR l.line = 'c')", .null),
            ("ANY(l IN lines: l.qty > 4)", .bool(true)), ("ANY(l IN lines: l.qty > 5)", .bool(false)),
            ("ANY(l IN lines: l.gift)", .bool(true)), ("ANY(l IN lines: l.gift AND l.line <> 'a')", .null),
            ("ANY(t IN extras: TRUE)", .null), ("EVERY(l IN event.lines: lines[l.name].qty >= l.size)", .bool(true)),
            ("SUM(l IN lines: SUM(t IN tags: t.size * l.qty))", .int(104)),
            ("SUM(l IN lines: CASE WHEN ANY(t IN tags: t.size = l.qty + 4) THEN l.qty ELSE 0 END)", .int(5)),
            // The derived total runs its own aggregate at depth 0 while `l` is bound there.
            ("COUNT(l IN lines: l.qty * l.price_cents * 2 > total_cents)", .int(0)),
            ("SUM(l IN lines: total_cents - l.price_cents)", .int(6_386)),
        ] as [(String, Value)])
    func `runs over collections`(text: String, expected: Value) throws {
        #expect(try value(text) == expected)
    }

    @Test func `has the values of nothing for empty collections`() throws {
        var scope = Self.scope
        scope.context[7] = .list([])
        #expect(try value("SUM(l IN lines: l.qty)", in: scope) == .int(0))
        #expect(try value("COUNT(lines)", in: scope) == .int(0))
        #expect(try value("EVERY(l IN lines: FALSE)", in: scope) == .bool(true))
        #expect(try value("ANY(l IN lines: TRUE)", in: scope) == .bool(false))
        #expect(try value("MIN(l IN lines: l.qty)", in: scope) == .null)
    }

    @Test(
        arguments: [
            ("9223372036854775807 + 1", .overflow), ("-9223372036854775808 - 1", .overflow),
            ("-9223372036854775808 + -1", .overflow), ("9223372036854775807 * 2", .overflow),
            ("4294967296 * 4294967296", .overflow), ("-9223372036854775808 / -1", .overflow),
            ("-(-9223372036854775808)", .overflow), ("SUM(l IN lines: 9223372036854775807)", .overflow),
            ("1 / (qty - 3)", .divisionByZero), ("1 % (qty - 3)", .divisionByZero), ("0 / (qty - 3)", .divisionByZero),
            ("ALLOCATE(0 - 1 OVER payments BY 1)", .notAllocatable),
            ("ALLOCATE(1 OVER payments BY 0)", .notAllocatable),
            ("ALLOCATE(1 OVER payments BY -1)", .notAllocatable),
            ("ALLOCATE(0 OVER payments BY refunding - 1)", .notAllocatable),
        ] as [(String, EvaluationError)])
    func `refuses what has no value`(text: String, expected: EvaluationError) throws {
        #expect(throws: expected) { try value(text) }
    }

    @Test func `bounds the texts that it makes`() throws {
        var scope = Self.scope
        let half = String(repeating: "x", count: Expression.textBytesMax / 2)
        scope.context[0] = .text(Text(half))
        #expect(try value("shop || shop", in: scope) == .text(Text(half + half)))
        #expect(throws: EvaluationError.textTooLong) { try value("shop || shop || 'y'", in: scope) }
    }

    @Test func `takes slots that an order does not have for NULL`() throws {
        var scope = Scope(
            context: [], now: Moment(milliseconds: 0), orderID: "", version: 0, placedAt: Moment(milliseconds: 0))
        for expression: Expression in [
            .context(0), .event(3), .bound(1), .derived(0), .context(-1), .member(.bound(-1), 0),
            .member(.literal(.int(1)), 0),
            .element(.literal(.int(1)), key: .literal(.int(1))), .count(.literal(.bool(true))),
            .binary(.add, .literal(.text("a")), .literal(.text("b"))),
            .binary(.less, .literal(.bool(true)), .literal(.int(1))),
        ] {
            #expect(try evaluate(expression, in: &scope) == .null)
        }
    }

    @Test func `leaves what was bound as it was, also after an error`() throws {
        var names = Shop.names
        names.bound = [NameScope.Bound(name: "part", type: .record(Shop.tag))]
        var scope = Self.scope
        let part = Value.record([.text("t"), .int(2)])
        scope.bound = [part]
        let product = try checkExpression("SUM(l IN lines: l.price_cents * part.size) + total_cents", in: names)
        #expect(try evaluate(product.expression, in: &scope) == .int(3_698 + 2_745))
        #expect(scope.bound == [part])
        let failing = try checkExpression("SUM(l IN lines: l.qty / (part.size - 2))", in: names)
        #expect(throws: EvaluationError.divisionByZero) { try evaluate(failing.expression, in: &scope) }
        #expect(scope.bound == [part])
        // Nor does it matter that too little is bound.
        scope.bound = []
        #expect(try evaluate(product.expression, in: &scope) == .int(2_745))
        #expect(scope.bound.isEmpty)
        scope.bound = [part]
        // An expression that was checked without bound names still runs where something is bound.
        let sum = try checkExpression("SUM(l IN lines: l.qty)", in: Shop.names)
        #expect(try evaluate(sum.expression, in: &scope) == .int(8))
        #expect(scope.bound == [part])
    }
}
