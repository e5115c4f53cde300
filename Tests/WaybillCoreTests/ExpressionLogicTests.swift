import Testing
import WaybillCore

/// FALSE, UNKNOWN and TRUE as Lukasiewicz numbers: AND is the minimum, OR the maximum, NOT the mirror image.
private enum Logic: Int, CaseIterable {
    case isFalse = 0
    case isUnknown = 1
    case isTrue = 2

    var value: Value {
        switch self {
        case .isFalse: .bool(false)
        case .isUnknown: .null
        case .isTrue: .bool(true)
        }
    }

    init(_ rank: Int) { self = Self.allCases[rank] }
}

@Suite struct `Three-valued logic` {
    private static let names = NameScope(
        context: Shop.record(
            optional: ("a", .bool), ("b", .bool), ("x", .number(.count)), ("y", .number(.count)),
            ("z", .number(.count)),
            ("s", .text), ("t", .text)))

    private func value(_ text: String, _ context: Value...) throws -> Value {
        let checked = try checkExpression(text, in: Self.names)
        var scope = Scope(
            context: context, now: Moment(milliseconds: 0), orderID: "", version: 1, placedAt: Moment(milliseconds: 0))
        return try evaluate(checked.expression, in: &scope)
    }

    @Test(arguments: Logic.allCases, Logic.allCases)
    private func `has the whole truth tables of AND, OR, = and <>`(a: Logic, b: Logic) throws {
        #expect(try value("a AND b", a.value, b.value) == Logic(min(a.rawValue, b.rawValue)).value)
        #expect(try value("a OR b", a.value, b.value) == Logic(max(a.rawValue, b.rawValue)).value)
        let isKnown = a != .isUnknown && b != .isUnknown
        #expect(try value("a = b", a.value, b.value) == (isKnown ? .bool(a == b) : .null))
        #expect(try value("a <> b", a.value, b.value) == (isKnown ? .bool(a != b) : .null))
    }

    @Test(arguments: Logic.allCases)
    private func `has the whole truth tables of NOT and IS NULL`(a: Logic) throws {
        #expect(try value("NOT a", a.value) == Logic(2 - a.rawValue).value)
        #expect(try value("a IS NULL", a.value) == .bool(a == .isUnknown))
        #expect(try value("a IS NOT NULL", a.value) == .bool(a != .isUnknown))
        let checked = try checkExpression("a", in: Self.names)
        var scope = Scope(
            context: [a.value], now: Moment(milliseconds: 0), orderID: "", version: 1,
            placedAt: Moment(milliseconds: 0))
        #expect(try holds(checked.expression, in: &scope) == (a == .isTrue))
    }

    @Test(arguments: ["=", "<>", "<", "<=", ">", ">=", "+", "-", "*", "/", "%", "||"])
    func `gives NULL for every operator on NULL`(operation: String) throws {
        for (left, right): (Value, Value) in [(.null, .int(1)), (.int(1), .null), (.null, .null)] {
            #expect(try value("x \(operation) y", .null, .null, left, right) == .null)
        }
    }

    @Test(arguments: ["=", "<>", "<", "<=", ">", ">=", "CONTAINS", "STARTSWITH", "ENDSWITH", "NOT CONTAINS", "||"])
    func `gives NULL for every text operator on NULL`(operation: String) throws {
        let text = Value.text("a")
        for (left, right): (Value, Value) in [(.null, text), (text, .null), (.null, .null)] {
            #expect(try value("s \(operation) t", .null, .null, .null, .null, .null, left, right) == .null)
        }
    }

    @Test(arguments: [nil, 1, 2, 3], [nil, 1, 2, 3])
    func `makes BETWEEN and IN what they abbreviate`(low: Int64?, high: Int64?) throws {
        for middle: Int64? in [nil, 1, 2, 3] {
            let context = [middle, low, high].map { number in number.map { Value.int($0) } ?? .null }
            func value(_ text: String) throws -> Value {
                try self.value(text, .null, .null, context[0], context[1], context[2])
            }
            #expect(try value("x BETWEEN y AND z") == value("y <= x AND x <= z"))
            #expect(try value("x NOT BETWEEN y AND z") == value("x < y OR x > z"))
            #expect(try value("x IN (y, z)") == value("x = y OR x = z"))
            #expect(try value("x NOT IN (y, 2, z)") == value("x <> y AND x <> 2 AND x <> z"))
        }
    }

    @Test func `decides from the left and stops as soon as it can`() throws {
        func outcome(_ text: String, _ a: Value) throws -> Value { try value(text, a, .null, .int(0)) }
        #expect(try outcome("a AND 1 / x = 1", .bool(false)) == .bool(false))
        #expect(try outcome("a OR 1 / x = 1", .bool(true)) == .bool(true))
        #expect(try outcome("CASE WHEN a THEN 1 / x ELSE 5 END", .bool(false)) == .int(5))
        #expect(try outcome("CASE WHEN a THEN 1 / x ELSE 5 END", .null) == .int(5))
        for unknown in ["a AND 1 / x = 1", "a OR 1 / x = 1", "1 / x = 1 AND a", "1 / x = 1 OR a"] {
            #expect(throws: EvaluationError.divisionByZero) { try outcome(unknown, .null) }
        }
    }
}
