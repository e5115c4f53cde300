import Testing
import WorkflowFile

/// What reads well and does something else. Each trap is written in five ways, and each way has a mended twin.
@Suite struct `A silent trap` {
    /// A text with a trap, what is said of it, and the change that mends it.
    struct Twin: CustomTestStringConvertible, Sendable {
        let name: String
        let wrong: String
        let finding: String
        let mended: String

        var testDescription: String { name }
    }

    @Test(arguments: regions + nots + money + invariants + statuses + calls) func `gets a finding`(twin: Twin) {
        let messages = WorkflowFile.check(twin.wrong).findings.map(\.message)
        #expect(messages.count == 1)
        #expect(messages.first?.hasPrefix(twin.finding) == true, "\(messages)")
        #expect(WorkflowFile.check(twin.wrong).workflow != nil, "a trap is a warning: the text may be meant so")
    }

    @Test(arguments: regions + nots + money + invariants + statuses + calls) func `is mended`(twin: Twin) {
        #expect(WorkflowFile.check(twin.mended).findings.map(\.description) == [])
    }

    // MARK: A way that enters all regions anew

    private static func twoRegions(_ money: String, top: String = "") -> String {
        """
        id: t
        version: 1
        type: parallel
        \(top.isEmpty ? "" : top + "\n")\
        states:
          money: {initial: unpaid, \(money), states: {unpaid: {on: {pay: paid}}, paid: {on: {back: unpaid}}}}
          goods: {initial: here, states: {here: {on: {ship: gone}}, gone: {on: {back: here}}}}
        """
    }

    private static func region(_ name: String, _ wrong: String, _ mended: String) -> Twin {
        Twin(
            name: name, wrong: twoRegions(wrong),
            finding: "this way leaves and enters all regions, so 'goods' begins anew", mended: twoRegions(mended))
    }

    static let regions = [
        region(
            "the `on:` of a region, with the name of a child", "on: {reset: unpaid}",
            "on: {reset: {target: unpaid, internal: true}}"),
        region(
            "the `on:` of a region, with a whole path", "on: {reset: money.unpaid}",
            "on: {reset: {target: money.unpaid, internal: true}}"),
        region(
            "the `after:` of a region", "after: {1d: unpaid}", "after: {1d: {target: unpaid, internal: true}}"),
        region(
            "one of several ways of a region", "on: {reset: [{guard: now > 1, target: unpaid}]}",
            "on: {reset: [{guard: now > 1, target: unpaid, internal: true}]}"),
        Twin(
            name: "the `on:` of the root, with a target in one region",
            wrong: twoRegions("on: {}", top: "on: {reset: money.unpaid}"),
            finding: "this way leaves and enters all regions, so 'goods' begins anew",
            mended: twoRegions(
                "on: {again: {target: .unpaid, internal: true}}", top: "on: {reset: {actions: [{raise: again}]}}")),
    ]

    // MARK: NOT of what may be empty

    private static func optional(
        _ on: String, fields: String = "gift: optional bool, seen: count", more: String = "",
        placing: String = "gift: optional bool"
    ) -> String {
        """
        id: t
        version: 1
        commands: {place: {data: {\(placing)}}, go: {data: {wrap: optional bool}}, other: {}}
        context: {\(fields)}
        \(more.isEmpty ? "" : more + "\n")\
        initial: a
        states:
          a: {on: {go: \(on), other: b}}
          b: {on: {go: a, other: a}}
        """
    }

    private static func not(_ name: String, _ wrong: String, _ mended: String, of field: String = "gift") -> Twin {
        Twin(
            name: name, wrong: optional(wrong),
            finding: "NOT of '\(field)', which may be empty: then this is not true, and not false",
            mended: optional(mended))
    }

    static let nots = [
        not(
            "in a guard", "{guard: NOT gift, target: b}", "{guard: gift IS NULL OR NOT gift, target: b}"),
        not(
            "in a `when:`", "{target: b, actions: [{assign: {seen: 1}, when: seen = 0 AND NOT (gift)}]}",
            "{target: b, actions: [{assign: {seen: 1}, when: gift IS NOT NULL AND NOT gift}]}"),
        not(
            "of the event's data", "{guard: NOT event.wrap, target: b}",
            "{guard: event.wrap IS NULL OR NOT event.wrap, target: b}", of: "event.wrap"),
        not(
            "as `<> TRUE`", "{guard: gift <> TRUE, target: b}", "{guard: gift IS NULL OR gift = FALSE, target: b}"),
        Twin(
            name: "behind a name",
            wrong: optional("{guard: NOT wrapped, target: b}", more: "derive: {wrapped: gift}"),
            finding: "NOT of 'wrapped', which may be empty",
            mended: optional(
                "{guard: NOT wrapped, target: b}", more: "derive: {wrapped: gift IS NOT NULL AND gift}")),
        Twin(
            name: "inside a CASE of an optional field, which the first command fills in the mended text",
            wrong: optional("{guard: \"CASE WHEN NOT gift THEN 1 ELSE 2 END = 1\", target: b}"),
            finding: "NOT of 'gift', which may be empty",
            mended: optional(
                "{guard: \"CASE WHEN NOT gift THEN 1 ELSE 2 END = 1\", target: b}", placing: "gift: bool")),
    ]

    // MARK: Money that is refused

    private static func paying(_ states: String, on: String = "{}", data: String = "payment: text, amount_cents: cents")
        -> String
    {
        """
        id: t
        version: 1
        commands: {place: {}, pay: {key: payment, data: {\(data)}}, go: {}}
        context: {paid_cents: cents}
        initial: a
        on: \(on)
        states:
          \(states)
        """
    }

    private static let sentBack = "{pay: {actions: [{send: {topic: back}}]}}"

    static let money = [
        Twin(
            name: "by a state that does not hear it",
            wrong: paying("a: {on: {pay: b}}\n  b: {on: {go: b}}"),
            finding: "'pay' brings money that can be refused: in 'b' nothing hears it",
            mended: paying("a: {on: {pay: b}}\n  b: {on: {go: b}}", on: sentBack)),
        Twin(
            name: "by the end of the order",
            wrong: paying(
                "a: {on: {pay: b}}\n  b: {type: final}\n  c: {on: {go: b}}".replacing("\n  c: {on: {go: b}}", with: "")
                    .replacing("{pay: b}", with: "{pay: b, go: b}")),
            finding: "'pay' brings money that can be refused: in 'b' the order has ended and hears nothing",
            mended: paying(
                "a: {on: {pay: over, go: over}}\n  over: {initial: b, states: {b: {type: final}}}", on: sentBack)),
        Twin(
            name: "by a guard that has no way after it",
            wrong: paying(
                "a: {on: {pay: {guard: event.amount_cents > 5, target: b}, go: b}}\n  b: {on: {go: b, pay: a}}"),
            finding: "'pay' brings money that can be refused: in 'a' it is heard only with a guard",
            mended: paying(
                "a: {on: {pay: [{guard: event.amount_cents > 5, target: b}, {actions: [{send: {topic: back}}]}], "
                    + "go: b}}\n  b: {on: {go: b, pay: a}}"
            )),
        Twin(
            name: "by a state inside",
            wrong: paying("a: {initial: x, states: {x: {on: {pay: y}}, y: {on: {go: x}}}}"),
            finding: "'pay' brings money that can be refused: in 'a.y' nothing hears it",
            mended: paying(
                "a: {initial: x, on: \(sentBack), states: {x: {on: {pay: y}}, y: {on: {go: x}}}}")),
        Twin(
            name: "by a state beside which no region hears it",
            wrong: paying(
                "a: {on: {pay: p}}\n  p: {type: parallel, states: {l: {initial: x, states: {x: {on: {go: x}}}}, "
                    + "r: {initial: y, states: {y: {on: {go: y}}}}}}",
                data: "payment: text, fee: signed cents"),
            finding: "'pay' brings money that can be refused: in 'p.l.x' nothing hears it",
            mended: paying(
                "a: {on: {pay: p}}\n  p: {type: parallel, states: {l: {initial: x, states: {x: {on: {go: x}}}}, "
                    + "r: {initial: y, on: \(sentBack), states: {y: {on: {go: y}}}}}}",
                data: "payment: text, fee: signed cents")),
    ]

    // MARK: Invariants that refuse facts

    private static func bounded(_ invariant: String, pay: String, more: String = "", context: String = "") -> String {
        """
        id: t
        version: 1
        commands: {place: {data: {total_cents: cents}}, pay: {key: payment, data: {payment: text, amount_cents: cents}}}
        context: {total_cents: cents, paid_cents: cents\(context)}
        \(more.isEmpty ? "" : more + "\n")\
        invariants: ["\(invariant)"]
        initial: a
        states:
          a: {on: {pay: \(pay)}}
        """
    }

    private static func invariant(
        _ name: String, _ invariant: String, more: String = "", context: String = "",
        takes: String = "{assign: {paid_cents: + event.amount_cents}}",
        fits: String = "paid_cents + event.amount_cents <= total_cents"
    ) -> Twin {
        Twin(
            name: name, wrong: bounded(invariant, pay: "{actions: [\(takes)]}", more: more, context: context),
            finding: "this invariant can refuse 'pay', which has happened all the same",
            mended: bounded(
                invariant,
                pay: "[{guard: \"\(fits)\", actions: [\(takes)]}, {actions: [{send: {topic: back}}]}]", more: more,
                context: context))
    }

    static let invariants = [
        invariant("with a bound", "paid_cents <= total_cents"),
        invariant("with a NOT", "NOT paid_cents > total_cents"),
        invariant("with BETWEEN", "paid_cents BETWEEN 0 AND total_cents"),
        invariant("behind a name", "open_cents >= 0", more: "derive: {open_cents: total_cents - paid_cents}"),
        invariant(
            "over a collection", "SUM(p IN payments: p.captured) <= total_cents",
            context: ", payments: {key: payment, max: 9, of: {captured: cents}}",
            takes: "{put: {payments: {payment: event.payment, captured: event.amount_cents}}}",
            fits: "payments[event.payment].captured IS NULL AND SUM(p IN payments: p.captured) + event.amount_cents "
                + "<= total_cents"),
    ]

    // MARK: A status that is empty

    private static func status(_ status: String) -> String {
        """
        id: t
        version: 1
        context: {note: optional text, n: count}
        status: "\(status)"
        initial: a
        states:
          a: {on: {go: b}}
          b: {initial: c, on: {back: a}, states: {c: {on: {on: d}}, d: {}}}
        """
    }

    private static func empty(_ name: String, _ wrong: String, _ mended: String) -> Twin {
        Twin(name: name, wrong: status(wrong), finding: "the status can be empty", mended: status(mended))
    }

    static let statuses = [
        empty("without ELSE", "CASE WHEN IN_STATE('a') THEN 'x' END", "CASE WHEN IN_STATE('a') THEN 'x' ELSE 'y' END"),
        empty(
            "without one of the states", "CASE WHEN IN_STATE('a') THEN 'x' WHEN IN_STATE('b.c') THEN 'y' END",
            "CASE WHEN IN_STATE('a') THEN 'x' WHEN IN_STATE('b.c') OR IN_STATE('b.d') THEN 'y' END"),
        empty(
            "with a condition besides", "CASE WHEN IN_STATE('a') THEN 'x' WHEN IN_STATE('b') AND n > 1 THEN 'y' END",
            "CASE WHEN IN_STATE('a') THEN 'x' WHEN IN_STATE('b') THEN 'y' END"),
        empty("from a field", "note", "CASE WHEN note IS NULL THEN 'none' ELSE 'noted' END"),
        empty(
            "in an inner CASE", "CASE WHEN IN_STATE('a') THEN 'x' ELSE CASE WHEN n > 1 THEN 'y' END END",
            "CASE WHEN IN_STATE('a') THEN 'x' ELSE CASE WHEN n > 1 THEN 'y' ELSE 'z' END END"),
    ]

    // MARK: An order that ends while a call is open

    private static let call = "{call: {topic: t, ok: ok, failed: no, expired: no, within: 1d}}"

    private static func calling(_ states: String, on: String = "{}") -> String {
        """
        id: t
        version: 1
        commands: {place: {}, go: {}, ok: {}, no: {}}
        context: {open: count}
        initial: a
        on: \(on)
        states:
          \(states)
          z: {type: final}
        """
    }

    private static func open(_ name: String, _ wrong: String, _ mended: String, on: String = "{}") -> Twin {
        Twin(
            name: name, wrong: calling(wrong, on: on), finding: "the order can end in 'z'",
            mended: calling(mended, on: on))
    }

    static let calls = [
        open(
            "by a command", "a: {entry: [\(call)], on: {ok: z, no: z, go: z}}",
            "a: {entry: [\(call)], on: {ok: z, no: z, go: b}}\n  b: {on: {ok: z, no: z}}"),
        open(
            "by a timeout", "a: {entry: [\(call)], on: {ok: z, no: z, go: a}, after: {1h: z}}",
            "a: {entry: [\(call)], on: {ok: z, no: z, go: a}}"),
        open(
            "later",
            "a: {on: {go: {target: b, actions: [\(call)]}}}\n  b: {on: {ok: c, no: c, go: c}}\n  c: {on: {go: z}}",
            "a: {on: {go: {target: b, actions: [\(call)]}}}\n  b: {on: {ok: c, no: c}}\n  c: {on: {go: z}}"),
        open(
            "that the top makes", "a: {on: {go: {actions: [{raise: ask}]}}, after: {1h: z}}",
            "a: {on: {go: {actions: [{raise: ask}]}}, "
                + "after: {once: {in: 1h, transitions: [{guard: open = 0, target: z}]}}}",
            on: "{ask: {actions: [{assign: {open: + 1}}, \(call)]}, ok: {actions: [{assign: {open: '- 1'}}]}, "
                + "no: {actions: [{assign: {open: '- 1'}}]}}"),
        open(
            "by itself, after another event",
            "a: {entry: [\(call)], on: {ok: z, no: z, go: b}}\n  b: {always: {target: z}}",
            "a: {entry: [\(call)], on: {ok: z, no: z, go: b}}\n"
                + "  b: {initial: c, states: {c: {type: final}}, on: {ok: z, no: z}}"
        ),
    ]
}
