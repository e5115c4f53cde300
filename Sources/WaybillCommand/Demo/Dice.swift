import Waybill
import WaybillCore

/// Chance that follows from a seed: the same demo twice is the same shop twice.
struct Dice: RandomNumberGenerator {
    private let roll: @Sendable () -> UInt64

    init(of world: World) { roll = world.random }

    mutating func next() -> UInt64 { roll() }

    mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &self) < percent }

    /// A length of time between two, in minutes.
    mutating func minutes(_ range: ClosedRange<Int64>) -> Interval {
        Interval(milliseconds: Int64.random(in: range.lowerBound * 60_000...range.upperBound * 60_000, using: &self))
    }

    mutating func hours(_ range: ClosedRange<Int64>) -> Interval {
        minutes(range.lowerBound * 60...range.upperBound * 60)
    }

    /// An element, each as likely as its weight says; nil of an empty list.
    mutating func pick<Element>(_ elements: [Element], weight: (Element) -> Int) -> Element? {
        let sum = elements.reduce(0) { $0 + weight($1) }
        guard sum > 0 else { return elements.first }
        var rest = Int.random(in: 0..<sum, using: &self)
        for element in elements {
            rest -= weight(element)
            if rest < 0 { return element }
        }
        return elements.last
    }
}
