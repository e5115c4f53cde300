import Testing
import WaybillCore

@Suite struct `A SQL filter` {
    private static let message: [Text: Text] = [
        "region": "Hangzhou", "amount": "19.90", "count": "12", "big": "9007199254740993", "vip": "True",
        "empty": "", "end": "here", "a$b": "x", "zero": "-0.0", "plus": "+7", "word": "seven",
    ]

    private func answer(_ text: Text, tag: Text? = "TagA") throws -> Bool? {
        try SQLFilter(text).evaluate(tag: tag, properties: Self.message)
    }

    @Test(
        arguments: [
            "region = 'Hangzhou'", "region <> 'hangzhou'", "region > 'Ha'", "region IN ('Beijing', 'Hangzhou')",
            "region NOT IN ('Beijing')", "region CONTAINS 'zho'", "region STARTSWITH 'Hang'", "region ENDSWITH 'zhou'",
            "region NOT CONTAINS 'x'", "amount > 19.8", "amount = 19.9", "amount = 19.900", "amount < 20",
            "amount BETWEEN 19.90 AND 19.90", "amount NOT BETWEEN 20 AND 30", "-amount = -19.90", "count = 12.0",
            "count IN (11, 12)", "count + 1 = 13", "count * 2 % 5 = 4", "count / 5 = 2", "-count < -11.5",
            "big = 9007199254740993", "big <> 9007199254740992", "vip = TRUE", "vip", "NOT NOT vip", "vip <> FALSE",
            "empty = ''", "empty IS NOT NULL", "missing IS NULL", "end = 'here'", "a$b = 'x'", "zero = 0",
            "plus = 7", "TAGS = 'TagA'", "TAGS IN ('TagA', 'TagC')", "TAGS IS NOT NULL", "region = region",
            "count <> amount", "(region) = ('Hangzhou')", "count = 12 and region = 'Hangzhou' Or missing = 1",
            "TRUE", "missing = 1 OR TRUE", "NOT (missing = 1 AND FALSE)", "'a' = 'a'", "1.5 < 2",
            "amount > 19.899999999999999999",
        ] as [Text])
    func `chooses a message`(text: Text) throws { #expect(try answer(text) == true) }

    @Test(
        arguments: [
            "region = 'hangzhou'", "region < 'Ha'", "amount > 19.9", "count = 12.5", "big = 9007199254740992",
            "NOT vip",
            "missing IS NOT NULL", "TAGS = 'tagA'", "missing = 1 AND FALSE", "count BETWEEN 13 AND 11",
            "amount = '19.9'", "empty IS NULL", "missing BETWEEN 1 AND 2 AND FALSE",
        ] as [Text])
    func `passes a message over`(text: Text) throws { #expect(try answer(text) == false) }

    @Test(
        arguments: [
            "missing = 1", "missing <> 1", "NOT missing = 1", "missing IN ('a')", "missing NOT IN ('a')", "missing",
            "word = 7", "word <> 7", "NOT word > 7", "region = TRUE", "count = TRUE", "region", "empty = 0",
            "missing CONTAINS ''", "missing = 1 OR FALSE", "vip AND missing = 1", "missing = missing",
            "amount + 1 > 0", "big * big > 0", "count / (count - 12) = 1", "missing BETWEEN 1 AND 2",
            "region IN ('x', missing)", "missing + 1 IN (1)",
        ] as [Text])
    func `does not know, and so passes over`(text: Text) throws {
        #expect(try answer(text) == nil)
        #expect(try !SQLFilter(text).matches(tag: nil, properties: Self.message))
    }

    @Test func `knows a message without a tag`() throws {
        #expect(try answer("TAGS IS NULL", tag: nil) == true)
        #expect(try answer("TAGS = 'TagA'", tag: nil) == nil)
        #expect(try answer("TAGS = ''", tag: "") == true)
    }

    @Test(
        arguments: [
            ("", 0, "found the end, expected a value"), ("region =", 8, "found the end, expected a value"),
            ("region == 'a'", 7, "found '==', expected an operator"),
            ("region LIKE 'a%'", 7, "found 'LIKE', expected an operator or the end"),
            ("'a'", 0, "found a value, expected a condition"), ("1", 0, "found a value, expected a condition"),
            ("count + 1", 0, "found a value, expected a condition"),
            ("a || b", 0, "found '||', which a condition does not know"),
            ("a || 'b' = 'c'", 0, "found '||', which a condition does not know"),
            ("a = NULL", 4, "nothing equals NULL"), ("a IN (1, NULL)", 9, "nothing equals NULL"),
            ("1 = 'a'", 4, "found a text, expected a number as on the left"),
            ("'a' BETWEEN 1 AND 2", 12, "found a number, expected a text as on the left"),
            ("TRUE = 1", 7, "found a number, expected TRUE or FALSE as on the left"),
            ("a < TRUE", 0, "TRUE and FALSE have no order"), ("a CONTAINS 5", 11, "found a number, expected a text"),
            ("a CONTAINS b + 1", 11, "found a number, expected a text"),
            ("5 STARTSWITH a", 0, "found a number, expected a text"),
            ("1 IS NULL", 0, "only a property can be missing, and this is none"),
            ("(a = 1) IS NULL", 0, "only a property can be missing, and this is none"),
            ("(a = 1) = TRUE", 0, "found a condition, expected a value"),
            ("a + 1.5 = 2", 4, "numbers with decimals can be compared, not computed with"),
            ("a + 'x' = 2", 4, "found a text, expected a number"), ("-'x' = 2", 1, "found a text, expected a number"),
            ("order.id = 'a'", 0, "properties have no parts"), ("a['b'] = 'c'", 0, "properties have no parts"),
            ("COUNT(a) = 1", 0, "a filter knows no functions"),
            ("IN_STATE('paid')", 0, "a filter knows no functions"),
            ("a = 30m", 4, "found a number with a letter behind it, expected a number"),
            ("a = 1.5e3", 4, "found a number with a letter behind it, expected a number"),
            ("a = 1.", 4, "found 0 digits after the point, expected 1 to 18"),
            ("a = 1.0000000000000000001", 4, "found 19 digits after the point, expected 1 to 18"),
            ("a = 18446744073709551616", 4, "found a number above \(Int64.max), the largest there is"),
            ("CASE WHEN a = 1 THEN TRUE ELSE FALSE END", 5, "found 'WHEN', expected an operator or the end"),
            ("a = 1; DROP TABLE topic", 5, "found ';', which has no meaning outside a text"),
        ] as [(Text, Int, String)])
    func `is refused when a message could never be asked`(text: Text, offset: Int, message: String) {
        let problem = #expect(throws: ExpressionProblem.self) { try SQLFilter(text) }
        #expect(problem?.offset == offset)
        #expect(problem?.message == message)
    }

    @Test func `says what takes the place of LIKE`() {
        let problem = #expect(throws: ExpressionProblem.self) { try SQLFilter("region LIKE 'a%'") }
        #expect(problem?.hint == "texts are searched by CONTAINS, STARTSWITH and ENDSWITH")
    }

    @Test func `says what to do about its size in its own words`() {
        let long = Text("a = '" + String(repeating: "x", count: ExpressionParser.textBytesMax) + "'")
        let deep = Text(String(repeating: "(", count: 100) + "a" + String(repeating: ")", count: 100))
        let wide = Text(Array(repeating: "a", count: 1_100).joined(separator: " OR "))
        for (text, kind) in [
            (long, ExpressionProblem.Kind.textTooLong), (deep, .tooDeep), (wide, .tooManyNodes),
        ] {
            let problem = #expect(throws: ExpressionProblem.self) { try SQLFilter(text) }
            #expect(problem?.kind == kind)
            #expect(problem?.hint?.contains("derive") == false)
        }
    }

    @Test func `leaves the numbers of workflows as they are`() {
        #expect(throws: ExpressionProblem.self) { try ExpressionParser.parse("1.5") }
        #expect(throws: ExpressionProblem.self) { try ExpressionParser.parse("a$b") }
        #expect(throws: Never.self) { try ExpressionParser.parse("CASE WHEN a THEN 30m ELSE 1 END") }
    }
}

@Suite struct `A number of a filter` {
    @Test func `is ordered as numbers are, whatever its spelling`() throws {
        let ascending: [[Text]] = [
            ["-18446744073709551615.999999999999999999"], ["-9223372036854775808"], ["-20.5", "-020.50"], ["-20.4"],
            ["-1"], ["-0.000000000000000001"], ["0", "-0", "+0.0", ".0", "0."], ["0.000000000000000001"],
            ["0.1", ".1"],
            ["1"], ["1.05"], ["1.5"], ["9", "+9", "09"], ["10"], ["18446744073709551615"],
        ]
        let numbers = try ascending.map { try $0.map { try #require(DecimalNumber($0), "\($0)") } }
        for (index, equals) in numbers.enumerated() {
            for number in equals {
                #expect(number == equals[0])
                #expect(!(number < equals[0]))
                for (other, others) in numbers.enumerated() where other != index {
                    #expect((number < others[0]) == (index < other), "\(number) \(others[0])")
                }
            }
        }
    }

    @Test(
        arguments: [
            "", "-", "+", ".", "-.", "1e3", "1,5", " 1", "1 ", "0x10", "1.2.3", "--1", "١", "18446744073709551616",
            "NaN", "inf", "1_000",
        ] as [Text])
    func `is not spelled so`(text: Text) { #expect(DecimalNumber(text) == nil) }

    @Test func `is a whole one of 64 bits, or none for arithmetic`() {
        let whole = ["9223372036854775807", "-9223372036854775808", "-0", "12.0"] as [Text]
        #expect(whole.map { DecimalNumber($0)?.int64 } == [.max, .min, 0, 12])
        for text in ["9223372036854775808", "-9223372036854775809", "1.5"] as [Text] {
            #expect(DecimalNumber(text)?.int64 == nil)
        }
        #expect(DecimalNumber("0.1234567890123456789999") == DecimalNumber("0.123456789012345678"))
    }
}
