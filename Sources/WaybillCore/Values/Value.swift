/// A value of a workflow: what a context field, a command's data or an expression holds.
///
/// There is no floating point: money is an integer of minor units, and the same input must give the same output
/// on every machine.
package enum Value: Hashable, Sendable {
    case null
    case bool(Bool)
    /// Every number: counts, cents, durations and times in milliseconds. The type checker keeps them apart.
    case int(Int64)
    case text(Text)
    /// Fields in the order of their ``RecordType``.
    case record([Value])
    /// A list, or a keyed collection: then each element is a record and its field 0 is the key.
    case list([Value])
}

/// The type of a value, as a workflow file declares it.
package enum ValueType: Hashable, Sendable {
    case bool
    case text
    /// An integer that means what its unit says.
    case number(Unit)
    case record(RecordType)
    /// A bounded list; with `keyed`, field 0 of each element is its key, and no two elements share one.
    case list(of: RecordType, countMax: Int, keyed: Bool)
    /// The type of the literal NULL.
    case null

    /// What a number counts. Only numbers of fitting units can be added or compared.
    package enum Unit: Hashable, Sendable {
        /// An integer literal: fits every unit.
        case plain
        /// A quantity, never below zero where it is stored or arrives.
        case count
        /// Money in minor units, never below zero where it is stored or arrives.
        case cents
        /// Money in minor units that may be negative.
        case signedCents
        /// Milliseconds.
        case duration
        /// Milliseconds since 1970.
        case time
    }
}

/// The fields of a record, in order.
package struct RecordType: Hashable, Sendable {
    package struct Field: Hashable, Sendable {
        package let name: Text
        package let type: ValueType
        package let isOptional: Bool
        /// The first value that the workflow file gives it, or has made of its type; nil: ``initial`` says it.
        package let first: Value?

        package init(name: Text, type: ValueType, isOptional: Bool, first: Value? = nil) {
            self.name = name
            self.type = type
            self.isOptional = isOptional
            self.first = first
        }

        /// What the field holds until it is set: its first value; without one 0 for numbers, empty for lists, else
        /// NULL.
        package var initial: Value {
            if let first { return first }
            if isOptional { return .null }
            switch type {
            case .number(.count), .number(.cents), .number(.signedCents), .number(.plain): return .int(0)
            case .list: return .list([])
            case .bool, .text, .record, .null, .number(.duration), .number(.time): return .null
            }
        }
    }

    package let fields: [Field]

    package init(_ fields: [Field]) { self.fields = fields }

    /// The slot of a field, or nil. Linear: records have few fields, and hot paths hold slots, not names.
    package func slot(_ name: Text) -> Int? { fields.firstIndex { $0.name == name } }

    /// The slot of a field; `guess` is looked at first, because fields mostly come in order.
    func slot(_ name: TextInPlace, guess: Int) -> Int? {
        if guess < fields.count, name.isEqual(to: fields[guess].name) { return guess }
        return fields.firstIndex { name.isEqual(to: $0.name) }
    }

    /// A record in which nothing is set.
    package var blank: [Value] { fields.map(\.initial) }
}
