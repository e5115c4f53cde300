import Testing
import WaybillCore

@Suite struct `The expression checker gives` {
    @Test(
        arguments: [
            // plain numbers fit every unit
            ("1 + 2", .plain), ("qty + 1", .count), ("1 + qty", .count), ("price_cents + 1", .cents),
            ("wait + 1", .duration), ("2 * price_cents", .cents), ("price_cents * 2", .cents), ("2 * wait", .duration),
            // counts
            ("qty + qty", .count), ("qty - qty", .count), ("qty * qty", .count), ("qty / qty", .count),
            ("qty % qty", .count),
            ("qty % 7", .count), ("7 % qty", .count), ("100 / qty", .count), ("-qty", .count), ("-5", .plain),
            ("-(5)", .plain),
            // money
            ("price_cents + price_cents", .cents), ("price_cents - price_cents", .signedCents),
            ("price_cents - 1", .signedCents), ("1 - price_cents", .signedCents),
            ("price_cents + balance_cents", .signedCents), ("balance_cents - balance_cents", .signedCents),
            ("qty * price_cents", .cents), ("price_cents * qty", .cents), ("balance_cents * qty", .signedCents),
            ("price_cents / qty", .cents), ("price_cents / price_cents", .count), ("price_cents % 100", .cents),
            ("price_cents * 15 / 100", .cents), ("-price_cents", .signedCents), ("100 / price_cents", .count),
            ("balance_cents / price_cents", .count),
            // time
            ("wait + wait", .duration), ("wait - wait", .duration), ("wait * qty", .duration),
            ("qty * wait", .duration),
            ("wait / 2", .duration), ("wait / qty", .duration), ("wait / 1h", .count), ("wait % 1h", .duration),
            ("now + wait", .time), ("wait + now", .time), ("now - wait", .time), ("now - since", .duration),
            ("now + 1h30m", .time), ("order.placed_at + 30m", .time), ("now - order.placed_at", .duration),
            ("-wait", .duration),
            // elsewhere
            ("order.version", .count), ("COUNT(lines)", .count), ("COUNT(l IN lines: l.qty > 1)", .count),
            ("SUM(l IN lines: l.qty)", .count), ("SUM(l IN lines: l.qty * l.price_cents)", .cents),
            ("SUM(p IN payments: p.captured - p.refunding)", .signedCents), ("SUM(l IN lines: 1)", .plain),
            ("total_cents", .cents), ("event.amount_cents", .cents),
            ("CASE WHEN paid THEN 1 ELSE price_cents END", .cents),
            ("CASE WHEN paid THEN price_cents ELSE balance_cents END", .signedCents),
        ] as [(String, ValueType.Unit)])
    func `each sum, product and share its unit`(text: String, unit: ValueType.Unit) throws {
        let checked = try checkExpression(text, in: Shop.names)
        #expect(checked.type == .number(unit))
        #expect(!checked.isOptional)
    }

    @Test(
        arguments: [
            ("shop || 'x'", .text), ("shop || qty", .text), ("qty || shop", .text), ("1 || 2", .text),
            ("now || ''", .text),
            ("order.id", .text), ("'a'", .text), ("address.city", .text),
            ("paid", .bool), ("TRUE", .bool), ("NOT paid", .bool), ("paid AND paid OR paid", .bool),
            ("qty = 1", .bool), ("price_cents <> balance_cents", .bool), ("since <= now", .bool), ("shop < 'b'", .bool),
            ("paid = TRUE", .bool), ("paid <> paid", .bool), ("0 < since", .bool), ("wait >= 1h", .bool),
            ("qty BETWEEN 1 AND 5", .bool), ("shop BETWEEN 'a' AND 'b'", .bool),
            ("now NOT BETWEEN since AND now", .bool),
            ("shop IN ('a', order.id)", .bool), ("qty IN (1, 2)", .bool), ("paid IN (TRUE)", .bool),
            ("coupon IS NULL", .bool), ("limit IS NOT NULL", .bool), ("lines['a'] IS NULL", .bool),
            ("NULL IS NULL", .bool),
            ("extras IS NULL", .bool), ("confirmed IS NULL AND paid", .bool),
            ("shop CONTAINS 'a'", .bool), ("shop STARTSWITH 'a'", .bool), ("shop NOT ENDSWITH 'a'", .bool),
            ("IN_STATE('money.paid')", .bool), ("EVERY(l IN lines: l.qty > 0)", .bool),
            ("ANY(t IN tags: t.name = 'x')", .bool),
            ("ANY(l IN lines: ANY(t IN tags: t.size = l.qty))", .bool), ("COUNT(tags) > 0", .bool),
            ("ANY(t IN event.lines: lines[t.name].qty IS NULL)", .bool),
        ] as [(String, ValueType)])
    func `texts and conditions their type`(text: String, type: ValueType) throws {
        let checked = try checkExpression(text, in: Shop.names)
        #expect(checked.type == type)
        #expect(!checked.isOptional)
    }

    @Test(
        arguments: [
            ("coupon", .text), ("event.reason", .text), ("address.zip", .text), ("'x' || coupon", .text),
            ("limit + 1", .number(.count)), ("-limit", .number(.count)), ("limit > 1", .bool), ("confirmed", .bool),
            ("NOT confirmed", .bool), ("paid AND confirmed", .bool), ("confirmed OR paid", .bool),
            ("qty BETWEEN 1 AND limit", .bool), ("qty IN (1, limit)", .bool), ("coupon IN ('a')", .bool),
            ("coupon CONTAINS 'a'", .bool), ("lines['a'].qty", .number(.count)), ("lines[event.line].note", .text),
            ("lines['a']", .record(Shop.line)), ("MIN(l IN lines: l.qty)", .number(.count)),
            ("MAX(p IN payments: p.at)", .number(.time)), ("MAX(l IN lines: l.note)", .text),
            ("EVERY(l IN lines: l.gift)", .bool), ("ANY(l IN lines: l.gift)", .bool),
            ("COUNT(extras)", .number(.count)),
            ("SUM(t IN extras: t.size)", .number(.count)), ("COUNT(t IN extras: TRUE)", .number(.count)),
            ("ANY(t IN extras: TRUE)", .bool), ("CASE WHEN paid THEN 1 END", .number(.plain)),
            ("CASE WHEN paid THEN coupon ELSE 'x' END", .text), ("CASE WHEN paid THEN NULL ELSE 'x' END", .text),
            ("NULL", .null), ("CASE WHEN paid THEN NULL END", .null),
            ("extras", .list(of: Shop.tag, countMax: 3, keyed: true)),
        ] as [(String, ValueType)])
    func `what may be NULL that mark`(text: String, type: ValueType) throws {
        let checked = try checkExpression(text, in: Shop.names)
        #expect(checked.type == type)
        #expect(checked.isOptional)
    }

    @Test func `sums and counts a value even where elements have none`() throws {
        #expect(try !checkExpression("SUM(l IN lines: l.weight)", in: Shop.names).isOptional)
        #expect(try !checkExpression("COUNT(l IN lines: l.gift)", in: Shop.names).isOptional)
    }

    @Test(
        arguments: [
            ("ALLOCATE(event.amount_cents OVER payments BY captured - refunding)", .cents),
            ("ALLOCATE(balance_cents OVER payments BY 1)", .cents), ("ALLOCATE(qty OVER payments BY captured)", .count),
            ("ALLOCATE(10 OVER payments BY captured)", .plain), ("ALLOCATE(wait OVER payments BY captured)", .duration),
        ] as [(String, ValueType.Unit)])
    func `ALLOCATE a collection of keys and amounts`(text: String, unit: ValueType.Unit) throws {
        let checked = try checkExpression(text, in: Shop.names)
        let part = Shop.record(("key", .text), ("amount", .number(unit)))
        #expect(checked.type == .list(of: part, countMax: 50, keyed: true))
    }

    @Test func `every name its slot`() throws {
        func expression(_ text: String) throws -> Expression { try checkExpression(text, in: Shop.names).expression }
        #expect(try expression("shop") == .context(0))
        #expect(try expression("event.amount_cents") == .event(1))
        #expect(try expression("total_cents") == .derived(0))
        #expect(try expression("now") == .now)
        #expect(try expression("order.id") == .order(.id))
        #expect(try expression("order.version") == .order(.version))
        #expect(try expression("order.placed_at") == .order(.placedAt))
        #expect(try expression("IN_STATE('money.paid')") == .inState(3))
        #expect(try expression("address.zip") == .member(.context(10), 1))
        #expect(try expression("lines[event.line].qty") == .member(.element(.context(7), key: .event(0)), 2))
        #expect(try expression("COUNT(lines)") == .count(.context(7)))
        #expect(
            try expression("ANY(l IN lines: ANY(t IN tags: t.size = l.qty))")
                == .aggregate(
                    .any, over: .context(7), depth: 0,
                    body: .aggregate(
                        .any, over: .context(9), depth: 1,
                        body: .binary(.equal, .member(.bound(1), 1), .member(.bound(0), 2)))))
        #expect(
            try expression("ALLOCATE(1 OVER payments BY captured)")
                == .allocate(
                    amount: .literal(.int(1)), over: .context(8), depth: 0, weight: .member(.bound(0), 1)))
    }

    @Test func `bound names and elements their depths, the innermost first`() throws {
        var names = Shop.names
        names.bound = [
            NameScope.Bound(name: "part", type: .record(Shop.tag)), NameScope.Bound(name: "count", type: .text),
        ]
        names.element = NameScope.Element(record: Shop.line, depth: 2)
        func expression(_ text: String) throws -> Expression { try checkExpression(text, in: names).expression }
        #expect(try expression("part.size") == .member(.bound(0), 1))
        #expect(try expression("count") == .bound(1))
        // A field of the element hides the order's field of the same name.
        #expect(try expression("qty") == .member(.bound(2), 2))
        #expect(try expression("shop") == .context(0))
        #expect(
            try expression("SUM(l IN lines: qty * l.qty)")
                == .aggregate(
                    .sum, over: .context(7), depth: 3,
                    body: .binary(.multiply, .member(.bound(2), 2), .member(.bound(3), 2))))
        // Inside ALLOCATE the payment's own fields are nearer than the line's.
        #expect(
            try expression("ALLOCATE(1 OVER payments BY captured * qty)")
                == .allocate(
                    amount: .literal(.int(1)), over: .context(8), depth: 3,
                    weight: .binary(.multiply, .member(.bound(3), 1), .member(.bound(2), 2))))
    }

    @Test func `a cost of nodes times bounds`() throws {
        func cost(_ text: String) throws -> Int { try checkExpression(text, in: Shop.names).cost }
        #expect(try cost("1") == 1)
        #expect(try cost("1 + 2 * 3") == 5)
        #expect(try cost("CASE WHEN paid THEN 1 ELSE 2 END") == 4)
        #expect(try cost("qty IN (1, 2, 3)") == 5)
        #expect(try cost("lines['a'].qty") == 204)
        #expect(try cost("SUM(l IN lines: l.qty)") == 402)
        #expect(try cost("SUM(l IN lines: SUM(p IN payments: p.captured))") == 1 + 1 + 200 * (1 + 1 + 50 * 2))
        #expect(try cost("total_cents") == 1 + Shop.names.derived[0].cost)
    }

    @Test func `a cost that saturates instead of overflowing`() throws {
        let huge = Shop.record(("many", .list(of: Shop.tag, countMax: .max, keyed: false)))
        let checked = try checkExpression(
            "SUM(a IN many: SUM(b IN many: a.size + b.size)) + SUM(c IN many: 1)", in: NameScope(context: huge))
        #expect(checked.cost == .max)
    }

    @Test func `a bound on derived entries that build on each other`() throws {
        var names = NameScope(context: Shop.context)
        var previous = "qty"
        for index in 0..<200 {
            let checked = try checkExpression("\(previous) + 1", in: names)
            previous = "d\(index)"
            names.derived.append(NameScope.Derived(name: Text(previous), checked))
            if checked.depth == CheckedExpression.depthMax - 2 { break }
        }
        #expect(Shop.checked("\(previous) + 1", in: names)?.depth == CheckedExpression.depthMax)
        #expect(Shop.problem("\(previous) + 1 + 1", in: names)?.kind == .tooDeep)
    }
}
