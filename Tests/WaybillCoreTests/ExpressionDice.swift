import WaybillCore

/// Random choices for the tests of expressions, the same for the same seed on every machine (SplitMix64).
struct ExpressionDice: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func roll(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

    mutating func pick<Element>(_ elements: [Element]) -> Element { elements[roll(0...elements.count - 1)] }

    mutating func chance(_ percent: Int) -> Bool { roll(1...100) <= percent }

    /// Small numbers mostly, and the ends of the range, where overflows are.
    mutating func number() -> Int64 {
        switch roll(0...9) {
        case 0: pick([.min, .min + 1, .max, .max - 1, -1, 0])
        case 1: Int64(truncatingIfNeeded: next())
        case 2: 0
        default: Int64(roll(-20...200))
        }
    }

    mutating func text() -> Text { pick(["", "a", "b", "ab", "xyz", "é", "e\u{301}", "日本", "l0", "l1", "it's"]) }

    /// A value of a type, as a well-formed order would hold it.
    mutating func value(_ type: ValueType, isOptional: Bool = false) -> Value {
        if isOptional, chance(40) { return .null }
        switch type {
        case .null: return .null
        case .bool: return .bool(chance(50))
        case .text: return .text(text())
        case .number(.plain), .number(.signedCents): return .int(number())
        case .number: return .int(max(0, number() &+ 0))
        case .record(let record): return .record(values(record))
        case .list(let record, let countMax, let keyed):
            return .list(
                (0..<roll(0...min(5, countMax))).map { index in
                    var fields = values(record)
                    if keyed { fields[0] = .text(Text("l\(index)")) }
                    return .record(fields)
                })
        }
    }

    mutating func values(_ record: RecordType) -> [Value] {
        record.fields.map { value($0.type, isOptional: $0.isOptional) }
    }

    /// An order in which everything that `Shop.names` names has a value.
    mutating func scope() -> Scope {
        var configuration = StateSet()
        for state in Shop.names.states.indices where chance(50) { configuration.insert(state) }
        return Scope(
            context: values(Shop.context), event: values(Shop.event), derived: Shop.derived,
            configuration: configuration,
            now: Moment(milliseconds: number()), orderID: "order-1", version: 7,
            placedAt: Moment(milliseconds: number()))
    }
}
