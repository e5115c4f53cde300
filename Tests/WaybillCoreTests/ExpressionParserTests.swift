import Testing
import WaybillCore

@Suite struct `The expression parser` {
    @Test(arguments: [
        ("a = 1", "(equal a 1)"), ("a <> 1", "(notEqual a 1)"), ("a < 1", "(less a 1)"),
        ("a <= 1", "(lessOrEqual a 1)"), ("a > 1", "(greater a 1)"), ("a >= 1", "(greaterOrEqual a 1)"),
        ("a<>b", "(notEqual a b)"), ("a<-1", "(less a -1)"),
        ("a BETWEEN 1 AND 2", "(between a 1 2)"), ("a NOT BETWEEN 1 AND 2", "(not (between a 1 2))"),
        ("a IN ('x')", "(in a 'x')"), ("a NOT IN (1, b, 3)", "(not (in a 1 b 3))"),
        ("a IS NULL", "(is-null a)"), ("a IS NOT NULL", "(not (is-null a))"),
        ("a CONTAINS 'x'", "(contains a 'x')"), ("a NOT CONTAINS 'x'", "(not (contains a 'x'))"),
        ("a STARTSWITH 'x'", "(startsWith a 'x')"), ("a NOT STARTSWITH 'x'", "(not (startsWith a 'x'))"),
        ("a ENDSWITH 'x'", "(endsWith a 'x')"), ("a NOT ENDSWITH 'x'", "(not (endsWith a 'x'))"),
        ("NOT a", "(not a)"), ("a AND b", "(and a b)"), ("a OR b", "(or a b)"),
        ("a + b", "(add a b)"), ("a - b", "(subtract a b)"), ("a * b", "(multiply a b)"),
        ("a / b", "(divide a b)"), ("a % b", "(remainder a b)"), ("a || b", "(concatenate a b)"), ("-a", "(negate a)"),
    ])
    func `reads every operator`(text: String, expected: String) throws {
        #expect(try form(text) == expected)
    }

    @Test(arguments: [
        ("TRUE", "TRUE"), ("FALSE", "FALSE"), ("NULL", "NULL"), ("0", "0"), ("-7", "-7"),
        ("9223372036854775807", "9223372036854775807"), ("-9223372036854775808", "-9223372036854775808"),
        ("''", "''"), ("'it''s'", "'it's'"), ("''''", "'''"), ("'日本 ☕️'", "'日本 ☕️'"), ("'a\nb'", "'a\nb'"),
        ("500ms", "500ms"), ("45s", "45000ms"), ("30m", "1800000ms"), ("1h30m", "5400000ms"), ("10d", "864000000ms"),
        ("1d2h3m4s5ms", "93784005ms"), ("-30m", "-1800000ms"), ("(30m)", "1800000ms"),
        ("now", "now"), ("event.line", "event.line"), ("order.placed_at", "order.placed_at"),
        ("lines[event.line].qty", "lines[event.line].qty"), ("lines['a'].qty", "lines['a'].qty"),
        ("lines[ parts[k].line ].qty", "lines[parts[k].line].qty"), ("_a1.B2", "_a1.B2"),
    ])
    func `reads values and paths`(text: String, expected: String) throws {
        #expect(try form(text) == expected)
    }

    @Test(arguments: [
        ("a + b * c", "(add a (multiply b c))"), ("(a + b) * c", "(multiply (add a b) c)"),
        ("a - b - c", "(subtract (subtract a b) c)"), ("a / b * c % d", "(remainder (multiply (divide a b) c) d)"),
        ("-a * b", "(multiply (negate a) b)"), ("a - -b", "(subtract a (negate b))"), ("a--1", "(subtract a -1)"),
        ("-a.b[c]", "(negate a.b[c])"),
        ("'n' || a + b", "(concatenate 'n' (add a b))"), ("a || b || c", "(concatenate (concatenate a b) c)"),
        ("a || b = c", "(equal (concatenate a b) c)"), ("a + 1 > b * 2", "(greater (add a 1) (multiply b 2))"),
        ("NOT a = b", "(not (equal a b))"), ("NOT a AND b", "(and (not a) b)"), ("NOT NOT a", "(not (not a))"),
        ("a AND b OR c AND d", "(or (and a b) (and c d))"), ("a AND (b OR c) AND d", "(and (and a (or b c)) d)"),
        ("a BETWEEN 1 AND 2 AND b", "(and (between a 1 2) b)"),
        ("a BETWEEN b + 1 AND c - 1 OR d", "(or (between a (add b 1) (subtract c 1)) d)"),
        ("a IS NULL OR b IS NOT NULL", "(or (is-null a) (not (is-null b)))"),
        ("a IN (1, 2) AND NOT b IN (3)", "(and (in a 1 2) (not (in b 3)))"),
        ("(a = b) = (c = d)", "(equal (equal a b) (equal c d))"),
        ("a IN (b OR c, d = e)", "(in a (or b c) (equal d e))"),
    ])
    func `binds tighter operators first, and equal ones from the left`(text: String, expected: String) throws {
        #expect(try form(text) == expected)
    }

    @Test(arguments: [
        ("CASE WHEN a THEN 1 END", "(case a -> 1)"),
        ("CASE WHEN a THEN 1 WHEN b = 2 THEN 2 ELSE 3 + 4 END", "(case a -> 1, (equal b 2) -> 2 else (add 3 4))"),
        ("CASE WHEN a THEN CASE WHEN b THEN 1 END ELSE 2 END + 5", "(add (case a -> (case b -> 1) else 2) 5)"),
        ("SUM(l IN lines: l.qty * l.price_cents)", "(sum l lines (multiply l.qty l.price_cents))"),
        ("EVERY(l IN event.lines: l.qty > 0 AND TRUE)", "(every l event.lines (and (greater l.qty 0) TRUE))"),
        ("ANY(l IN lines: ANY(p IN parts: p.a = l.a))", "(any l lines (any p parts (equal p.a l.a)))"),
        ("MIN(l IN lines: l.qty)", "(min l lines l.qty)"), ("MAX(l IN lines: l.qty)", "(max l lines l.qty)"),
        ("COUNT(lines)", "(count lines)"), ("COUNT(event.lines) > 0", "(greater (count event.lines) 0)"),
        ("COUNT(l IN lines: l.qty > 1)", "(count l lines (greater l.qty 1))"),
        (
            "ALLOCATE(a + 1 OVER payments BY captured - refunding)",
            "(allocate (add a 1) payments (subtract captured refunding))"
        ),
        ("SUM(p IN ALLOCATE(a OVER b BY c): p.amount)", "(sum p (allocate a b c) p.amount)"),
        ("IN_STATE('money.paid')", "(in-state money.paid)"),
    ])
    func `reads CASE, aggregates and functions`(text: String, expected: String) throws {
        #expect(try form(text) == expected)
    }

    @Test(arguments: [
        ("a and not B or c", "(or (and a (not B)) c)"), ("a Is nOt NuLl", "(not (is-null a))"),
        ("case when a then true end", "(case a -> TRUE)"), ("sum(l in lines: l.x)", "(sum l lines l.x)"),
        ("allocate(a over b by c)", "(allocate a b c)"), ("in_state('x')", "(in-state x)"),
        ("a startsWith 'B'", "(startsWith a 'B')"),
    ])
    func `takes keywords in any case and leaves names as they are`(text: String, expected: String) throws {
        #expect(try form(text) == expected)
    }

    @Test(arguments: [
        ("count + sum * min", "(add count (multiply sum min))"), ("over < by", "(less over by)"),
        ("any.every", "any.every"), ("event.case = event.by", "(equal event.case event.by)"),
        ("event.end IS NULL", "(is-null event.end)"), ("SUM(count IN lines: count.in)", "(sum count lines count.in)"),
        ("ALLOCATE(over OVER by BY over)", "(allocate over by over)"), ("allocate", "allocate"),
    ])
    func `lets words be names where they cannot be anything else`(text: String, expected: String) throws {
        #expect(try form(text) == expected)
    }

    @Test func `says which bare names are taken by the language`() {
        for name: Text in ["now", "event", "order", "case", "CASE", "In", "startswith", "null"] {
            #expect(ExpressionParser.isReserved(name), "\(name)")
        }
        for name: Text in ["Now", "count", "sum", "by", "over", "lines", "", "startswith_", "notes"] {
            #expect(!ExpressionParser.isReserved(name), "\(name)")
        }
    }

    @Test func `remembers where everything starts`() throws {
        let sum = try ExpressionParser.parse("  'é' || (a.bc)")
        guard case .binary(.concatenate, let text, let path) = sum.kind, case .member(let value, let name) = path.kind
        else {
            Issue.record("not a concatenation: \(sum.form)")
            return
        }
        #expect([sum.offset, text.offset, path.offset, value.offset, name.offset] == [2, 2, 10, 11, 13])
    }

    @Test func `joins a hundred conditions without a hundred levels`() throws {
        let text = (0..<100).map { "a = \($0)" }.joined(separator: " OR ")
        let syntax = try ExpressionParser.parse(text)
        #expect(syntax.depth <= 9)
        var leaves: [String] = []
        func collect(_ syntax: ExpressionSyntax) {
            if case .binary(.or, let left, let right) = syntax.kind {
                collect(left)
                collect(right)
            } else {
                leaves.append(syntax.form)
            }
        }
        collect(syntax)
        #expect(leaves == (0..<100).map { "(equal a \($0))" })
    }
}
