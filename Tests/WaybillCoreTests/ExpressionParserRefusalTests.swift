import Testing
import WaybillCore

@Suite struct `The expression parser refuses` {
    @Test(arguments: [
        ("", 0, "found the end, expected a value"),
        ("   ", 3, "found the end, expected a value"),
        ("a +", 3, "found the end, expected a value"),
        ("a b", 2, "found 'b', expected an operator or the end"),
        ("(a", 2, "found the end, expected ')' or an operator"),
        ("a)", 1, "found ')', expected an operator or the end"),
        ("()", 1, "found ')', expected a value"),
        ("a IN ()", 6, "found ')', expected a value"),
        ("a IN (1", 7, "found the end, expected ')' or ',' after a value of IN"),
        ("a IN 1", 5, "found '1', expected '(' before the values of IN"),
        ("a IS 1", 5, "found '1', expected NULL after IS"),
        ("a BETWEEN 1 OR 2", 12, "found 'OR', expected AND between the bounds of BETWEEN"),
        ("a NOT 1", 6, "found '1', expected IN, BETWEEN, CONTAINS, STARTSWITH or ENDSWITH after NOT"),
        ("a NOT < 1", 6, "found '<', expected IN, BETWEEN, CONTAINS, STARTSWITH or ENDSWITH after NOT"),
        ("a NOT NOT IN (1)", 6, "found 'NOT', expected IN, BETWEEN, CONTAINS, STARTSWITH or ENDSWITH after NOT"),
        ("a NOT IS NULL", 6, "found 'IS', expected IN, BETWEEN, CONTAINS, STARTSWITH or ENDSWITH after NOT"),
        ("a < b < c", 6, "found '<', expected AND, OR or the end of the comparison"),
        ("a = b IS NULL", 6, "found 'IS', expected AND, OR or the end of the comparison"),
        ("a.", 2, "found the end, expected the name of a field after '.'"),
        ("a.'b'", 2, "found ''b'', expected the name of a field after '.'"),
        ("a[1", 3, "found the end, expected ']' after the key"),
        ("CASE a THEN 1 END", 5, "found 'a', expected WHEN after CASE"),
        ("CASE WHEN a 1 END", 12, "found '1', expected THEN after the condition of WHEN"),
        ("CASE WHEN a THEN 1", 18, "found the end, expected WHEN, ELSE or END"),
        ("CASE WHEN a THEN 1 ELSE 2 WHEN", 26, "found 'WHEN', expected END after the value of ELSE"),
        (
            "SUM(lines)", 9,
            "found ')', expected IN: a name, IN, a collection, ':' and a value, such as (l IN lines: l.qty)"
        ),
        ("SUM(l IN lines)", 14, "found ')', expected ':' after the collection"),
        ("COUNT()", 6, "found ')', expected a value"),
        ("ALLOCATE(a IN b)", 11, "found 'IN', expected OVER after the amount of ALLOCATE"),
        ("ALLOCATE(a OVER b)", 17, "found ')', expected BY after the collection of ALLOCATE"),
        ("IN_STATE(money)", 9, "found 'money', expected the path of a state in quotes, such as IN_STATE('money.paid')"),
        ("AVG(l IN lines: l.qty)", 0, "found 'AVG(', expected a function"),
        ("a AND AND b", 6, "found 'AND', expected a value"),
        ("a = NOT b", 4, "found 'NOT', expected a value"),
        ("1.5", 0, "found a number with a decimal point, expected a whole number"),
        ("30x", 0, "found '30x', expected a whole number or a duration"),
        ("30m1h", 0, "found '30m1h', expected a whole number or a duration"),
        ("1h1h", 0, "found '1h1h', expected a whole number or a duration"),
        ("1h30", 0, "found '1h30', expected a whole number or a duration"),
        ("1_000", 0, "found '1_', expected a whole number or a duration"),
        ("a + 9223372036854775808", 4, "found a number above 9223372036854775807, the largest there is"),
        ("99999999999999999999999", 0, "found a number above 9223372036854775807, the largest there is"),
        ("106751991168d", 0, "found a number above 9223372036854775807, the largest there is"),
        ("-9223372036854775809", 0, "found a number below -9223372036854775808, the lowest there is"),
        ("'abc", 0, "found a text without its closing quote, expected '"),
        ("a = 'it''s", 4, "found a text without its closing quote, expected '"),
        ("'", 0, "found a text without its closing quote, expected '"),
        ("a == b", 2, "found '==', expected an operator"),
        ("a != b", 2, "found '!=', expected an operator"),
        ("a && b", 2, "found '&&', expected an operator"),
        ("\"a\"", 0, "found '\"', which has no meaning outside a text"),
        ("a ? b", 2, "found '?', which has no meaning outside a text"),
        ("'é' = é", 7, "found 'é', which has no meaning outside a text"),
        ("a = \u{2018}b\u{2019}", 4, "found '\u{2018}', which has no meaning outside a text"),
        ("a\u{0}", 1, "found the control character 0, which has no meaning outside a text"),
    ])
    func `what is not an expression, saying what, where and why`(text: String, offset: Int, message: String) throws {
        let problem = try #require(syntaxProblem(text))
        #expect(problem.kind == .syntax)
        #expect(problem.message == message)
        #expect(problem.offset == offset)
    }

    @Test(arguments: [
        ("a == b", "equality is written ="), ("a < b < c", "comparisons are not chained: write a < b AND b < c"),
        ("'it's'", "a quote inside a text is written twice: 'it''s'"),
        ("19.90", "money is counted in minor units: 19.90 is 1990"), ("a OR END", "END is a keyword and names nothing"),
        ("a = NOT b", "put NOT and what it denies in parentheses"),
        ("avg(x)", "the functions are SUM, COUNT, EVERY, ANY, MIN, MAX, ALLOCATE, IN_STATE"),
        ("5min", "durations are written with d, h, m, s, ms, the longest first: 1d, 1h30m, 500ms"),
    ])
    func `common slips with the way to write them`(text: String, hint: String) throws {
        #expect(try #require(syntaxProblem(text)).hint == hint)
    }

    @Test func `a text of more than 8 KiB`() throws {
        let fitting = "'" + String(repeating: "x", count: ExpressionParser.textBytesMax - 2) + "'"
        #expect(syntaxProblem(fitting) == nil)
        let problem = try #require(syntaxProblem(fitting + " "))
        #expect(problem.kind == .textTooLong)
        #expect(syntaxProblem(String(repeating: "é", count: 4_097))?.kind == .textTooLong)
    }

    @Test(arguments: [
        ("(", "a", ")"), ("NOT ", "a", ""), ("- ", "a", ""), ("", "a", ".b"), ("a[", "a", "]"), ("1 IN (", "a", ")"),
        ("COUNT(", "a", ")"), ("SUM(l IN a: ", "a", ")"), ("CASE WHEN a THEN ", "a", " END"),
        ("ALLOCATE(1 OVER a BY ", "a", ")"), ("", "a", " + a"), ("", "a", " || a"), ("", "a", " * a"),
        ("NOT ", "IN_STATE('a')", ""),
    ])
    func `more than 64 levels of any kind`(opening: String, core: String, closing: String) throws {
        func nested(_ count: Int) -> String {
            String(repeating: opening, count: count) + core + String(repeating: closing, count: count)
        }
        let deepest = try ExpressionParser.parse(nested(ExpressionParser.depthMax - 1))
        #expect(deepest.depth == ExpressionParser.depthMax)
        #expect(try #require(syntaxProblem(nested(ExpressionParser.depthMax))).kind == .tooDeep)
    }

    @Test(arguments: [
        "(", "NOT ", "- ", "a[", "COUNT(", "CASE WHEN ", "a IN (", "ALLOCATE(", "NOT(", "-(", "a+(", "a.a[",
    ])
    func `hostile nesting before it costs anything`(opening: String) throws {
        let text = String(repeating: opening, count: 10_000)
        #expect(syntaxProblem(text)?.kind == .textTooLong)
        let fitting = String(repeating: opening, count: ExpressionParser.textBytesMax / opening.utf8.count)
        #expect(syntaxProblem(fitting)?.kind == .tooDeep)
    }

    @Test func `more than 1,024 nodes`() throws {
        // One node for `a IN (...)`, one for `a`, one for each value.
        func list(_ count: Int) -> String { "a IN (\(Array(repeating: "1", count: count).joined(separator: ",")))" }
        #expect(syntaxProblem(list(ExpressionParser.nodeCountMax - 2)) == nil)
        #expect(try #require(syntaxProblem(list(ExpressionParser.nodeCountMax - 1))).kind == .tooManyNodes)
        let conditions = Array(repeating: "a", count: 600).joined(separator: " OR ")
        #expect(try #require(syntaxProblem(conditions)).kind == .tooManyNodes)
    }
}
