import WaybillCore
import WaybillEngine

/// One line of a JSONL history. One of these forms, told apart by their fields:
///
/// ```
/// {"at":TIME,"order":ID,"command":NAME,"key":TEXT,"data":{...}}   and, if wanted, workflow, role, caller, lane, trace
/// {"at":TIME,"order":ID,"timeout":NAME,"due":TIME|null,"key":TEXT} a pending timeout was moved, or with null cancelled
/// {"at":TIME,"stock":"receive"|"adjust","sku":SKU,"location":TEXT,"quantity":N,"key":TEXT,"note":TEXT}
/// {"at":TIME,"stock":"count",...,"expected":N}
/// {"at":TIME}                                                     time passed up to here
/// ```
/// Those of exports only, behind the first line `{"export":2}`:
/// ```
/// {"at":TIME,"workflow":NAME,"hash":HASH,"text":TEXT}             this text takes new orders from here on; told once;
///                                                                 and, if wanted, caller
/// {"at":TIME,"workflow":NAME,"hash":HASH}                         the same of a text that was told before
/// {"at":TIME,"order":ID,"fired":NAME}                             a timeout fired
/// {"at":TIME,"order":ID,"expired":NUMBER}                         a call was not answered in time
/// {"at":TIME,"order":ID,"end":SHA256}                             what the order has come to (`OrderLine`)
/// ```
/// TIME is ISO 8601 with a zone, or milliseconds since 1970.
struct HistoryLine {
    var at: Moment?
    var order: Text?
    var workflow: Text?
    var command: Text?
    var key: Text?
    var data: [UInt8]?
    var role: Text?
    var caller: Text?
    var lane: Text?
    var trace: Text?
    var timeout: Text?
    /// Set when the line has a `due`; nil inside: it is null.
    var due: Moment??
    var stock: Text?
    var sku: Text?
    var location: Text?
    var quantity: Int64?
    var expected: Int64?
    var note: Text?
    var export: Int64?
    var hash: Text?
    var text: Text?
    var fired: Text?
    var expired: Int64?
    var end: Text?

    /// Reads one line.
    ///
    /// - Parameter workflow: places orders of lines that name none.
    static func entry(_ json: [UInt8], workflow: WorkflowName?) throws(JSONProblem) -> HistoryEntry {
        var line = HistoryLine()
        var seen: Set<Text> = []
        try JSONReader.read(json) { reader throws(JSONProblem) in
            try reader.object { key, reader throws(JSONProblem) in
                guard seen.insert(key).inserted else { throw reader.problem("\(key) is given twice") }
                try line.read(key, from: &reader)
            }
        }
        return try line.entry(workflow: workflow)
    }

    private mutating func read(_ key: Text, from reader: inout JSONReader) throws(JSONProblem) {
        switch key.string {
        case "at": at = try reader.moment()
        case "order": order = try reader.text()
        case "workflow": workflow = try reader.text()
        case "command": command = try reader.text()
        case "key": self.key = try reader.text()
        case "data":
            guard try reader.peek() == .object else { throw reader.problem("data must be an object") }
            data = try reader.rawValue()
        case "role": role = try reader.text()
        case "caller": caller = try reader.text()
        case "lane": lane = try reader.text()
        case "trace": trace = try reader.text()
        case "timeout": timeout = try reader.text()
        case "due": due = .some(reader.takeNull() ? nil : try reader.moment())
        case "stock": stock = try reader.text()
        case "sku": sku = try reader.text()
        case "location": location = try reader.text()
        case "quantity": quantity = try reader.int()
        case "expected": expected = try reader.int()
        case "note": note = try reader.text()
        case "export": export = try reader.int()
        case "hash": hash = try reader.text()
        case "text": text = try reader.text()
        case "fired": fired = try reader.text()
        case "expired": expired = try reader.int()
        case "end": end = try reader.text()
        default: throw reader.problem("unknown field \(key)")
        }
    }

    private func entry(workflow standard: WorkflowName?) throws(JSONProblem) -> HistoryEntry {
        if let export { return HistoryEntry(at: Moment(milliseconds: 0), act: .recording(form: export)) }
        guard let at else { throw problem("the field at is missing") }
        guard let order else {
            if let hash, let workflow {
                return HistoryEntry(
                    at: at,
                    act: .workflow(
                        WorkflowName(workflow), WorkflowHash(hash), text: text, caller: caller ?? Import.caller))
            }
            if let stock { return HistoryEntry(at: at, act: .stock(try stockCommand(stock))) }
            guard command == nil, timeout == nil else { throw problem("the field order is missing") }
            return HistoryEntry(at: at, act: .rest)
        }
        let id = OrderID(order)
        if let fired { return HistoryEntry(at: at, act: .firing(RecordedFiring(.timeout(TimeoutName(fired)), of: id))) }
        if let expired { return HistoryEntry(at: at, act: .firing(RecordedFiring(.call(expired), of: id))) }
        if let end { return HistoryEntry(at: at, act: .end(id, digest: end)) }
        if let timeout {
            guard let due else { throw problem("a timeout needs due: its new time, or null to cancel it") }
            let action = due.map { TimeoutCommand.Action.move(to: $0) } ?? .cancel
            let command = TimeoutCommand(
                action, TimeoutName(timeout), of: id, caller: caller ?? Import.caller, key: key)
            return HistoryEntry(at: at, act: .timeout(command))
        }
        guard let command else { throw problem("the field command is missing") }
        return HistoryEntry(
            at: at,
            act: .command(
                Command(
                    order: id, name: EventName(command), data: data ?? [],
                    workflow: workflow.map { WorkflowName($0) } ?? standard, role: role, key: key,
                    caller: caller ?? Import.caller, lane: lane ?? "", trace: trace)))
    }

    private func stockCommand(_ kind: Text) throws(JSONProblem) -> StockCommand {
        guard let sku else { throw problem("the field sku is missing") }
        guard let quantity else { throw problem("the field quantity is missing") }
        let action: StockCommand.Action
        switch kind.string {
        case "receive": action = .receive(quantity)
        case "adjust": action = .adjust(quantity)
        case "count": action = .count(quantity, expected: expected)
        default: throw problem("stock is receive, adjust or count")
        }
        return StockCommand(
            action, of: StockKey(sku: SKU(sku), location: Location(location ?? "")), key: key,
            caller: caller ?? Import.caller, note: note)
    }

    private func problem(_ message: String) -> JSONProblem { JSONProblem(offset: 0, message: message) }
}
