import WaybillCore

/// The readable event, read back from the JSON in which it was answered.
extension EventDetail {
    /// - Parameter order: whose event it is; the answer leaves it out. Members that are not known are passed over.
    package init(reading json: [UInt8], of order: OrderID) throws(JSONProblem) {
        self.init(order: order)
        try JSONReader.read(json) { reader throws(JSONProblem) in
            try reader.object { name, reader throws(JSONProblem) in
                if reader.takeNull() { return }
                if try readHead(name, &reader) { return }
                if try readOutcome(name, &reader) { return }
                try reader.skipValue()
            }
        }
    }

    private init(order: OrderID) {
        self.init(
            order: order, position: Position(0), version: 0, type: "", at: Moment(milliseconds: 0), caller: "",
            facts: [], left: [], entered: [], set: [], armed: [], cancelled: [], stock: [], calls: [], answered: [],
            unanswered: [], tells: [], messages: [])
    }

    /// Answers whether the member was one of these.
    private mutating func readHead(_ name: Text, _ reader: inout JSONReader) throws(JSONProblem) -> Bool {
        switch name {
        case "event": position = try reader.position()
        case "version": version = try reader.int()
        case "type": type = EventName(try reader.text())
        case "at": at = try reader.moment()
        case "caller": caller = try reader.text()
        case "key": key = try reader.text()
        case "cause": cause = try reader.position()
        case "trace": trace = try reader.text()
        case "by": role = try reader.text()
        case "timeout": timeout = TimeoutName(try reader.text())
        case "expired": expired = CallKey(try reader.text())
        case "asked": asked = try reader.rawValue()
        case "status": status = try reader.text()
        case "left": left = try reader.texts()
        case "entered": entered = try reader.texts()
        case "cancelled": cancelled = try reader.texts().map { TimeoutName($0) }
        case "unanswered": unanswered = try reader.texts().map { CallKey($0) }
        default: return false
        }
        return true
    }

    /// The same of lists of objects.
    private mutating func readOutcome(_ name: Text, _ reader: inout JSONReader) throws(JSONProblem) -> Bool {
        switch name {
        case "facts": facts = try reader.parts { $0.fact }
        case "set": set = try reader.parts { Change(path: $0["path"], value: $0.raw("value")) }
        case "armed":
            armed = try reader.parts { parts throws(JSONProblem) in
                Armed(name: TimeoutName(parts["timeout"]), due: try parts.moment("due"), lane: parts.texts["lane"])
            }
        case "stock":
            stock = try reader.parts { parts in
                let key = StockKey(sku: SKU(parts["sku"]), location: Location(parts["location"]))
                return StockMovement(verb: parts["verb"], stock: key, quantity: parts.number("quantity"))
            }
        case "calls":
            calls = try reader.parts { parts throws(JSONProblem) in
                Call(
                    call: CallKey(parts["key"]), topic: TopicName(parts["topic"]),
                    deadline: try parts.moment("deadline"), data: parts.raw("data"))
            }
        case "answered":
            answered = try reader.parts { Answered(call: CallKey($0["key"]), result: $0["result"]) }
        case "tells": tells = try reader.parts { $0.tell }
        case "messages":
            messages = try reader.parts { parts in
                Message(
                    id: MessageID(parts["id"]), topic: TopicName(parts["topic"]), tag: parts.texts["tag"],
                    isHalf: parts.json["half"] == Array("true".utf8))
            }
        default: return false
        }
        return true
    }
}

extension EventDetail.CallKey {
    /// `order-7#2`
    fileprivate init(_ key: Text) {
        let number = key.string.split(separator: "#").last.flatMap { Int64($0) }
        self.init(number: number ?? 0, key: key)
    }
}

extension EventDetail.Change {
    /// Only a whole element is told from other changes when it is shown: `lines[1]`.
    fileprivate init(path: Text, value: [UInt8]) {
        let text = path.string
        guard text.hasSuffix("]"), let bracket = text.firstIndex(of: "[") else {
            self.init(field: path, value: value)
            return
        }
        let element = text[text.index(after: bracket)...].dropLast()
        self.init(field: Text(String(text[..<bracket])), element: Text(String(element)), value: value)
    }
}

/// The members of one object in a list.
private struct Parts {
    var texts: [Text: Text] = [:]
    var json: [Text: [UInt8]] = [:]

    subscript(_ name: Text) -> Text { texts[name] ?? "" }
    func raw(_ name: Text) -> [UInt8] { json[name] ?? Array("null".utf8) }
    func number(_ name: Text) -> Int64 { Int64(String(decoding: raw(name), as: UTF8.self)) ?? 0 }

    func moment(_ name: Text) throws(JSONProblem) -> Moment {
        try JSONReader.read(raw(name)) { reader throws(JSONProblem) in try reader.moment() }
    }

    var fact: EventDetail.Fact {
        self["stock"] == "short"
            ? .short(line: Int(number("line")), free: number("free"))
            : .available(quotasOpened: Int(number("quotas_opened")))
    }

    var tell: EventDetail.Tell {
        if let child = texts["spawns"] { return .spawned(OrderID(child), WorkflowName(self["workflow"])) }
        let command = EventName(self["command"])
        return self["to"] == "parent" ? .parent(command) : .child(OrderID(self["to"]), command)
    }
}

extension JSONReader {
    fileprivate mutating func position() throws(JSONProblem) -> Position {
        let text = try text()
        guard let position = Position(text: text.string) else { throw problem("expected an event such as e42") }
        return position
    }

    fileprivate mutating func texts() throws(JSONProblem) -> [Text] {
        var texts: [Text] = []
        try array { reader throws(JSONProblem) in texts.append(try reader.text()) }
        return texts
    }

    fileprivate mutating func parts<Part>(
        _ read: (Parts) throws(JSONProblem) -> Part
    ) throws(JSONProblem) -> [Part] {
        var found: [Part] = []
        try array { reader throws(JSONProblem) in
            var parts = Parts()
            try reader.object { name, reader throws(JSONProblem) in
                let isText = try reader.peek() == .text
                let raw = try reader.rawValue()
                parts.json[name] = raw
                if isText {
                    parts.texts[name] = try JSONReader.read(raw) { reader throws(JSONProblem) in try reader.text() }
                }
            }
            found.append(try read(parts))
        }
        return found
    }
}
