/// Where the data of the command that places an order goes: into the context fields of the same names. Worked out once
/// for each workflow.
struct Placement: Sendable {
    private struct Move {
        let source: Int
        let target: Int
        /// Whether data without a value leaves the first value of the field.
        let leavesFirst: Bool
        /// Nil: the value stays as it is.
        let widening: Widening?
    }

    /// Elements of a collection may have more fields than the data gives; those start at their initial value.
    private struct Widening {
        /// For each field of the data, its slot in the element.
        let slots: [Int?]
        /// For each field of the data, whether without a value it leaves the first value.
        let leaveFirst: [Bool]
        let blank: [Value]

        init?(from source: ValueType, to target: ValueType) {
            guard case .list(let narrow, _, _) = source, case .list(let wide, _, _) = target, narrow != wide else {
                return nil
            }
            slots = narrow.fields.map { wide.slot($0.name) }
            leaveFirst = narrow.fields.map { field in
                wide.slot(field.name).map { field.leavesFirst(of: wide.fields[$0]) } ?? false
            }
            blank = wide.blank
        }

        func widen(_ value: Value) -> Value {
            guard case .list(let elements) = value else { return value }
            return .list(elements.map { element in widenElement(element) })
        }

        private func widenElement(_ element: Value) -> Value {
            guard case .record(let fields) = element else { return element }
            var record = blank
            for (index, (field, slot)) in zip(fields, slots).enumerated() {
                if let slot, field != .null || !leaveFirst[index] { record[slot] = field }
            }
            return .record(record)
        }
    }

    private let moves: [Move]

    init(of data: RecordType, in context: RecordType) {
        moves = data.fields.enumerated().compactMap { source, field in
            guard let target = context.slot(field.name) else { return nil }
            return Move(
                source: source, target: target, leavesFirst: field.leavesFirst(of: context.fields[target]),
                widening: Widening(from: field.type, to: context.fields[target].type))
        }
    }

    /// - Parameter data: decoded by the type that this was made of.
    func place(_ data: [Value], in context: inout [Value]) {
        for move in moves where !move.leavesFirst || data[move.source] != .null {
            context[move.target] = move.widening?.widen(data[move.source]) ?? data[move.source]
        }
    }
}

extension RecordType.Field {
    /// Whether data of this field that has no value leaves the first value of the field that it fills.
    fileprivate func leavesFirst(of target: RecordType.Field) -> Bool { isOptional && !target.isOptional }
}
