import Foundation
import WaybillCore
import WaybillTimeouts

/// Chance in whole numbers: the same on every machine.
extension SeededGenerator {
    /// A number from 0 to `bound` - 1.
    mutating func below(_ bound: Int) -> Int {
        Int(next().multipliedFullWidth(by: UInt64(max(1, bound))).high)
    }

    mutating func chance(_ share: Share) -> Bool { UInt64(below(Int(Share.whole))) < share.millionths }

    /// Microseconds between two lengths of time, given in milliseconds.
    mutating func microseconds(_ range: ClosedRange<Int>) -> Int64 {
        Int64(range.lowerBound) * 1_000 + Int64(below((range.upperBound - range.lowerBound) * 1_000 + 1))
    }
}

/// Which item a shopper wants: each as likely as Zipf's law says.
struct ItemSkew {
    /// The part of all wishes that go to this item or one before it.
    private let sums: [Double]

    init(_ goods: RushScenario.Goods) {
        let exponent = Double(goods.zipfThousandths) / 1_000
        var sum = 0.0
        let rising = (1...max(1, goods.count)).map { rank in
            sum += exponent == 0 ? 1 : pow(Double(rank), -exponent)
            return sum
        }
        sums = rising.map { $0 / sum }
    }

    /// The part of all wishes that the first item draws.
    var firstShare: Double { sums.first ?? 1 }

    func pick(_ dice: inout SeededGenerator) -> Int {
        guard sums.count > 1 else { return 0 }
        let place = Double(dice.below(1 << 30)) / Double(1 << 30)
        var low = 0
        var high = sums.count - 1
        while low < high {
            let middle = (low + high) / 2
            if sums[middle] <= place { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension RushScenario.Payments.Method {
    /// The shortest payment, in milliseconds.
    var fastest: Int64 { max(1, p50.milliseconds / 4) }

    /// How long one payment takes, in microseconds: between the quantiles it grows evenly in its logarithm.
    func delay(_ dice: inout SeededGenerator) -> Int64 {
        let place = Double(dice.below(1 << 24)) / Double(1 << 24)
        let half = Double(p50.milliseconds)
        let points: [(share: Double, milliseconds: Double)] = [
            (0, Double(fastest)), (0.5, half), (0.9, Double(p90.milliseconds)), (0.99, Double(p99.milliseconds)),
            (1, Double(p99.milliseconds) * 2),
        ]
        for (from, to) in zip(points, points.dropFirst()) where place < to.share || to.share == 1 {
            let part = (place - from.share) / (to.share - from.share)
            return Int64(from.milliseconds * pow(to.milliseconds / from.milliseconds, part) * 1_000)
        }
        return p99.milliseconds * 1_000
    }
}
