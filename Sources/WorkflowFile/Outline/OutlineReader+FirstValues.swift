import WaybillCore

/// First values of fields of the context.
///
/// ```yaml
/// context:
///   grace: duration = 10m
///   opens_at: time = 2036-01-01T08:00:00Z
///   tries: count = 3
///   channel: text = 'shop'
///   lines: {key: line, max: 200, of: {sku: text, checked: bool = FALSE}}
/// ```
extension OutlineReader {
    /// The type of a field, and its first value as it is written.
    static func parts(of text: String) -> (type: String, first: String?) {
        guard let sign = text.firstIndex(of: "=") else { return (text, nil) }
        return (text[..<sign].trimmed, text[text.index(after: sign)...].trimmed)
    }

    /// Reads a first value; nil: it is none of this type, and the log says so.
    func firstValue(_ text: String, of type: ValueType, at node: DocumentNode) -> Value? {
        guard type != .number(.time) else { return firstTime(text, at: node) }
        let checked: CheckedExpression
        do throws(ExpressionProblem) {
            checked = try checkExpression(
                text, in: NameScope(context: RecordType([])), expecting: .value(type, isOptional: true))
        } catch {
            log.error(
                at: node, "the first value: \(error.message)", hint: error.hint ?? "write `\(type.exampleOfFirst)`")
            return nil
        }
        let value: Value
        if let number = checked.expression.constant {
            value = .int(number)
        } else if case .literal(let literal) = checked.expression, literal != .null {
            value = literal
        } else {
            log.error(
                at: node, "the first value '\(text)' is not written out", hint: "write `\(type.exampleOfFirst)`")
            return nil
        }
        if let problem = type.problem(with: value, of: checked.type) {
            log.error(at: node, "the first value: \(problem)", hint: "write `\(type.exampleOfFirst)`")
            return nil
        }
        return value
    }

    private func firstTime(_ text: String, at node: DocumentNode) -> Value? {
        do throws(MomentProblem) {
            return .int(try Moment(read: Text(text)).milliseconds)
        } catch {
            log.error(at: node, "the first value: \(error.message)")
            return nil
        }
    }
}

extension Outline {
    /// The context with what its fields begin with. A text and a bool that the first command does not fill begin as ''
    /// and FALSE. Those that it fills keep no first value: every text that an earlier release has read is of this kind,
    /// and is decided as it was.
    var begunContext: RecordType {
        guard let creation = commands?.first else { return context.type }
        return context.type.begun(after: creation.data.type)
    }
}

extension RecordType {
    fileprivate func begun(after data: RecordType) -> RecordType {
        RecordType(
            fields.map { field in
                guard let slot = data.slot(field.name) else { return field.begun }
                guard case .list(let element, let countMax, let keyed) = field.type,
                    case .list(let given, _, _) = data.fields[slot].type
                else { return field }
                return Field(
                    name: field.name,
                    type: .list(of: element.begun(after: given, isKeyed: keyed), countMax: countMax, keyed: keyed),
                    isOptional: field.isOptional)
            })
    }

    /// An element that is placed with fewer fields than it has.
    private func begun(after data: RecordType, isKeyed: Bool) -> RecordType {
        RecordType(
            fields.enumerated().map { index, field in
                (isKeyed && index == 0) || data.slot(field.name) != nil ? field : field.begun
            })
    }
}

extension RecordType.Field {
    /// The same field with a first value, where its type has one.
    fileprivate var begun: RecordType.Field {
        guard !isOptional, first == nil, let value = type.firstValue else { return self }
        return RecordType.Field(name: name, type: type, isOptional: false, first: value)
    }

    /// How a first value is written.
    var exampleOfFirst: String { type.exampleOfFirst }
}

extension ValueType {
    /// What a text and a bool begin with; nil: numbers and lists need none, and there is none for times.
    fileprivate var firstValue: Value? {
        switch self {
        case .bool: .bool(false)
        case .text: .text("")
        case .number, .record, .list, .null: nil
        }
    }

    fileprivate var exampleOfFirst: String {
        switch self {
        case .bool: "bool = FALSE"
        case .text: "text = 'shop'"
        case .number(.duration): "duration = 30m"
        case .number(.time): "time = 2036-01-01T00:00:00Z"
        case .number(.cents): "cents = 100"
        case .number(.signedCents): "signed cents = -100"
        case .number(.count), .number(.plain), .record, .list, .null: "count = 1"
        }
    }

    /// Why a value of this type is not a first value.
    fileprivate func problem(with value: Value, of written: ValueType) -> String? {
        switch (self, value) {
        case (.number(.count), .int(let number)), (.number(.cents), .int(let number)):
            number < 0 ? "\(number) is below zero" : nil
        case (.number(.duration), .int(let number)):
            written == .number(.plain) && number != 0 ? "\(number) has no unit" : nil
        case (.text, .text(let text)) where text.byteCount > DataLimits.textBytesMax:
            "\(text.byteCount) bytes are more than \(DataLimits.textBytesMax)"
        case (_, _): nil
        }
    }
}

extension Substring {
    /// The same without blanks around it.
    fileprivate var trimmed: String {
        let start = drop { $0 == " " }
        return String(start.reversed().drop { $0 == " " }.reversed())
    }
}
