import Testing
import WaybillCore

@Suite struct `ALLOCATE` {
    @Test(
        arguments: [
            (100, [1, 1, 1], [34, 33, 33]), (100, [1, 1, 1, 1, 1, 1], [17, 17, 17, 17, 16, 16]),
            (5, [0, 1, 0, 1], [0, 3, 0, 2]), (1, [1, 2], [0, 1]), (10, [1, 2, 3], [2, 3, 5]), (0, [1, 2], [0, 0]),
            (0, [0, 0], [0, 0]), (0, [], []), (7, [5], [7]), (3, [3, 3, 1], [1, 1, 1]), (2, [1, 1, 1], [1, 1, 0]),
            (.max, [1, 1], [Int64.max / 2 + 1, Int64.max / 2]),
            (.max, [.max, .max], [Int64.max / 2 + 1, Int64.max / 2]),
            (.max, [.max], [.max]), (1, [.max, 0], [1, 0]),
            (10_000_000_000_000, [1_999, 0, 2_001], [4_997_500_000_000, 0, 5_002_500_000_000]),
        ] as [(Int64, [Int64], [Int64])])
    func `gives the largest remainders what is left, of equal ones the earlier`(
        amount: Int64, weights: [Int64], shares: [Int64]
    ) throws {
        #expect(try allocate(amount, by: weights) == shares)
    }

    @Test func `refuses what cannot be split`() {
        #expect(throws: EvaluationError.notAllocatable) { try allocate(-1, by: [1]) }
        #expect(throws: EvaluationError.notAllocatable) { try allocate(1, by: []) }
        #expect(throws: EvaluationError.notAllocatable) { try allocate(1, by: [0, 0]) }
        #expect(throws: EvaluationError.notAllocatable) { try allocate(1, by: [2, -1]) }
        #expect(throws: EvaluationError.notAllocatable) { try allocate(.min, by: [1]) }
        #expect(throws: EvaluationError.overflow) { try allocate(1, by: [.max, .max, .max]) }
    }

    @Test func `sums exactly, gives nobody a unit too much or too little, and zero weights nothing`() throws {
        for seed: UInt64 in 1...2_000 {
            var dice = ExpressionDice(seed: seed)
            let weightMax = dice.pick([1, 10, 10_000, 1_000_000_000])
            var weights = (0..<dice.roll(1...60)).map { _ in dice.chance(20) ? 0 : Int64(dice.roll(0...weightMax)) }
            if weights.allSatisfy({ $0 == 0 }) { weights[0] = 1 }
            let amount = dice.chance(10) ? Int64.max : Int64(dice.roll(0...dice.pick([3, 1_000, 1_000_000_000_000])))
            try check(amount, weights, seed)
        }
    }

    private func check(_ amount: Int64, _ weights: [Int64], _ seed: UInt64) throws {
        let shares = try allocate(amount, by: weights)
        #expect(shares.reduce(0, +) == amount, "seed \(seed)")
        // Exact shares are compared as fractions of the sum of weights, in 128 bits.
        let whole = Int128(weights.reduce(0, +))
        for (weight, share) in zip(weights, shares) {
            let exact = Int128(amount) * Int128(weight)
            #expect(abs(Int128(share) * whole - exact) < whole, "seed \(seed)")
            if weight == 0 { #expect(share == 0, "seed \(seed)") }
        }
        for (left, right) in zip(weights.indices, weights.indices.dropFirst()) where weights[left] == weights[right] {
            #expect(shares[left] == shares[right] || shares[left] == shares[right] + 1, "seed \(seed)")
        }
        #expect(try allocate(amount, by: weights) == shares, "seed \(seed)")
    }

    @Test func `names the parts by key, in the order of the collection, and leaves out who gets nothing`() throws {
        let collection = Shop.record(("id", .text), optional: ("weight", .number(.count)))
        let names = NameScope(
            context: Shop.record(
                ("parts", .list(of: collection, countMax: 5, keyed: true)), optional: ("amount_cents", .number(.cents)))
        )
        let checked = try checkExpression("ALLOCATE(amount_cents OVER parts BY weight)", in: names)
        func allocated(_ amount: Value, _ weights: [Int64?]) throws -> Value {
            let parts = weights.enumerated().map { index, weight in
                Value.record([.text("p\(index)"), weight.map { .int($0) } ?? .null])
            }
            var scope = Scope(
                context: [.list(parts), amount], now: Moment(milliseconds: 0), orderID: "", version: 0,
                placedAt: Moment(milliseconds: 0))
            let value = try evaluate(checked.expression, in: &scope)
            #expect(scope.bound.isEmpty)
            return value
        }
        func part(_ key: Text, _ amount: Int64) -> Value { .record([.text(key), .int(amount)]) }
        #expect(try allocated(.int(10), [3, nil, 0, 2]) == .list([part("p0", 6), part("p3", 4)]))
        #expect(try allocated(.int(1), [1, 1]) == .list([part("p0", 1)]))
        #expect(try allocated(.int(0), [nil, 0]) == .list([]))
        #expect(try allocated(.null, [1]) == .null)
        #expect(checked.isOptional)
    }
}
