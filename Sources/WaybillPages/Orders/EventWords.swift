import WaybillCore

/// What happened, in words.
enum EventWords {
    /// `pay`, `pay_due fires`, `extended by hand`.
    static func title(_ event: JSONValue) -> String {
        let type = event["type"].text ?? ""
        if type == "$timeout", let name = event["timeout"].text { return "\(name) fires" }
        if let key = event["expired"].text { return "call \(key) lapses" }
        guard type.hasPrefix("$") else { return type }
        return String(type.dropFirst()).replacing("_", with: " ")
    }

    /// Whether time did it.
    static func isByTime(_ event: JSONValue) -> Bool { event["type"].text == "$timeout" || !event["expired"].isNull }

    /// Values of a command or a call, each with its name.
    ///
    /// - Parameter fields: their types; nil: not known.
    static func values(_ data: JSONValue, _ fields: RecordType?) -> HTML {
        data.members.compactMap { name, value -> HTML? in
            let field = fields?.fields.first { $0.name.string == name }
            switch value {
            case .array(let elements):
                return elements.isEmpty ? nil : "\(name) \(Numbers.count(Int64(elements.count), "entry", "entries"))"
            case .object: return "\(name) …"
            case .null, .int(0): return nil
            case .text, .int, .bool: return "\(name) \(HTML.bold(words(value, field?.type, name: name)))"
            }
        }.joined(by: ", ")
    }

    /// A value by its type: money with decimals, a time as a time.
    static func words(_ value: JSONValue, _ type: ValueType?, name: String = "") -> String {
        switch (value, type) {
        case (.int(let cents), .number(.cents)), (.int(let cents), .number(.signedCents)): return Numbers.money(cents)
        case (.int(let cents), nil) where name.hasSuffix("_cents"): return Numbers.money(cents)
        case (.int(let length), .number(.duration)): return Times.length(Interval(milliseconds: length))
        case (.int(let time), .number(.time)): return Times.full(Moment(milliseconds: time))
        case (.int(let number), _): return Numbers.grouped(number)
        case (.text(let text), .number(.time)): return Moment(iso8601: text).map { Times.full($0) } ?? text.string
        case (.text(let text), .number(.duration)):
            return Interval(text: text).map { Times.length($0) } ?? text.string
        default: return value.plain
        }
    }
}

extension HTML {
    static func bold(_ text: String) -> HTML { b { bdi { HTML(text) } } }
    /// A name from outside, whichever way it is written.
    static func name(_ text: String) -> HTML { bdi { HTML(text) } }
    static func soft(_ text: HTML) -> HTML { span(.class("soft")) { text } }
    static func mono(_ text: String) -> HTML { span(.class("mono")) { bdi { HTML(text) } } }
}

/// The types of what an order knows.
struct ContextTypes: Sendable {
    let fields: RecordType?

    /// The type of a place such as `payments[p-1].refunding`.
    func type(of path: String) -> ValueType? {
        let name = path.prefix { $0 != "[" && $0 != "." }
        guard let field = fields?.fields.first(where: { $0.name.string == name }) else { return nil }
        guard name.count < path.count else { return field.type }
        let rest = path.drop { $0 != "]" }.dropFirst()
        let inner: RecordType?
        switch field.type {
        case .list(let record, _, _), .record(let record): inner = record
        case .bool, .text, .number, .null: inner = nil
        }
        guard let inner else { return nil }
        if rest.isEmpty { return path.contains("[") ? .record(inner) : nil }
        let last = rest.drop { $0 == "." }
        return inner.fields.first { $0.name.string == last }?.type
    }
}
