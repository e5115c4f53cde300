extension Scope {
    /// ALLOCATE(amount OVER collection BY weight): a list of records (key, amount), in the order of the collection.
    ///
    /// A weight of NULL counts as 0. Who gets nothing is not in the list: what runs over it pays out or refunds, and
    /// there is nothing to pay.
    mutating func evaluateAllocation(
        of amount: Expression, over: Expression, depth: Int, weight: Expression
    ) throws(EvaluationError) -> Value {
        guard let amount = try number(amount), case .list(let elements) = try evaluate(over) else { return .null }
        var weights: [Int64] = []
        weights.reserveCapacity(elements.count)
        let outer = bind(depth: depth)
        defer { unbind(outer) }
        for element in elements {
            bound[depth] = element
            weights.append(try number(weight) ?? 0)
        }
        let shares = try allocate(amount, by: weights)
        return .list(
            zip(elements, shares).compactMap { element, share in
                share == 0 ? nil : .record([element.field(0), .int(share)])
            })
    }
}

/// Splits an amount by weights so that the shares sum to it exactly: each gets its exact share rounded down, and the
/// units left over go to the largest remainders, of equal ones to the earlier.
package func allocate(_ amount: Int64, by weights: [Int64]) throws(EvaluationError) -> [Int64] {
    guard amount >= 0 else { throw .notAllocatable }
    var weightSum: UInt64 = 0
    for weight in weights {
        guard weight >= 0 else { throw .notAllocatable }
        let (sum, overflow) = weightSum.addingReportingOverflow(UInt64(weight))
        guard !overflow else { throw .overflow }
        weightSum = sum
    }
    guard weightSum > 0 else {
        guard amount == 0 else { throw .notAllocatable }
        return weights
    }
    var shares: [Int64] = []
    shares.reserveCapacity(weights.count)
    var remainders: [(remainder: UInt64, index: Int)] = []
    remainders.reserveCapacity(weights.count)
    var left = amount
    for (index, weight) in weights.enumerated() {
        // weight <= weightSum, so the quotient is at most `amount` and the division cannot overflow.
        let exact = weightSum.dividingFullWidth(UInt64(amount).multipliedFullWidth(by: UInt64(weight)))
        shares.append(Int64(exact.quotient))
        left -= Int64(exact.quotient)
        remainders.append((exact.remainder, index))
    }
    // The remainders sum to left * weightSum and each is below weightSum: either more than `left` of them are above
    // zero, or none is and nothing is left. So no unit goes to a weight of zero.
    remainders.sort { $0.remainder != $1.remainder ? $0.remainder > $1.remainder : $0.index < $1.index }
    for (_, index) in remainders.prefix(Int(left)) { shares[index] += 1 }
    return shares
}
