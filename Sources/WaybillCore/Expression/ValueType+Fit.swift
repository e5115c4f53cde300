extension ValueType {
    /// Whether a value of this type can be put where `target` is asked for. Ranges are checked when it is stored.
    package func fits(_ target: ValueType) -> Bool {
        switch (self, target) {
        case (.null, _), (.bool, .bool), (.text, .text): true
        case (.number(let unit), .number(let other)): unit.joined(with: other) != nil
        case (.record(let record), .record(let other)): record.fits(other)
        case (.list(let record, let countMax, let keyed), .list(let other, let otherMax, let otherKeyed)):
            record.fits(other) && countMax <= otherMax && (keyed || !otherKeyed)
        case (.bool, _), (.text, _), (.number, _), (.record, _), (.list, _): false
        }
    }

    /// The type of a value that is of this type in one case and of `other` in another; nil: they do not mix.
    package func joined(with other: ValueType) -> ValueType? {
        switch (self, other) {
        case (.null, _): other
        case (_, .null): self
        case (.number(let unit), .number(let otherUnit)): unit.joined(with: otherUnit).map { .number($0) }
        case (.bool, _), (.text, _), (.number, _), (.record, _), (.list, _): self == other ? self : nil
        }
    }

    var isNumber: Bool {
        switch self {
        case .number: true
        case .bool, .text, .record, .list, .null: false
        }
    }

    /// The type in words, for messages.
    package var phrase: String {
        switch self {
        case .bool: "a condition"
        case .text: "a text"
        case .number(let unit): unit.phrase
        case .record: "a record"
        case .list: "a collection"
        case .null: "NULL"
        }
    }

    /// The type in words with all its parts, for messages that tell two records or collections apart.
    var fullPhrase: String {
        switch self {
        case .record(let record): "a record of \(record.phrase)"
        case .list(let record, let countMax, keyed: false): "a list of at most \(countMax) \(record.phrase)"
        case .list(let record, let countMax, keyed: true):
            "a collection by \(record.fields.first?.name ?? "") of at most \(countMax) \(record.phrase)"
        case .bool, .text, .number, .null: phrase
        }
    }
}

extension RecordType {
    /// The fields and their types in parentheses, for messages.
    fileprivate var phrase: String {
        let parts = fields.map { field in
            // Without the article: "a text" is `text`.
            let type = field.type.phrase.split(separator: " ").last ?? ""
            return "\(field.name): \(field.isOptional ? "optional " : "")\(type)"
        }
        return "(\(parts.joined(separator: ", ")))"
    }

    /// Whether each field can be put where the same field of `target` is asked for.
    func fits(_ target: RecordType) -> Bool {
        fields.count == target.fields.count
            && zip(fields, target.fields).allSatisfy { field, other in
                field.name == other.name && field.type.fits(other.type) && (other.isOptional || !field.isOptional)
            }
    }
}
