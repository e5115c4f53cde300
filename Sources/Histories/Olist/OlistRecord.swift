import WaybillCore
import WaybillEngine
import WaybillStore

/// What an order's events and refusals say of it, as the report counts it.
///
/// Steps count as they were recorded: one that was moved counts at its own time, one that was refused or left out
/// counts although it never became an event, one that was made up does not count.
struct OlistRecord {
    let status: Text
    private(set) var paidCents: Int64 = 0
    private(set) var goodsCents: Int64 = 0
    private(set) var freightCents: Int64 = 0
    private(set) var itemCount = 0
    private let purchased: Moment
    private var approved: Moment?
    private var handedOver: Moment?
    private var delivered: Moment?
    private var estimatedDelivery: Moment?
    private var firstShippingLimit: Moment?
    private var steps: [RecordedStep] = []
    /// The status that the source gave, where an event bears it.
    private var recordedStatus: Text?
    private(set) var hasViolation = false

    init(_ entry: OlistPage.Entry, under workflow: Workflow) throws {
        status = entry.row.status
        purchased = entry.row.placedAt
        for event in entry.events { try add(event, under: workflow) }
        for refusal in entry.refusals { add(refusal) }
        for step in steps {
            switch OlistCommand(rawValue: step.command.text.string) {
            case .approve: approved = step.at
            case .handOver: handedOver = step.at
            case .deliver: delivered = step.at
            case .place, .process, .invoice, .cancel, .markUnavailable, nil: break
            }
        }
        // A refused step is one that cannot have happened; so the import in strict mode says it by itself.
        hasViolation =
            !entry.refusals.isEmpty || recordedStatus.map { $0 != status } ?? false
            || !StrictOrder.allows(steps, of: entry, under: workflow)
    }

    var month: String { String(purchased.iso8601.prefix(7)) }
    var stepCount: Int { steps.count }

    var isHandedOverLate: Bool {
        guard let handedOver, let firstShippingLimit else { return false }
        return handedOver > firstShippingLimit
    }

    var isDeliveredLate: Bool {
        guard let delivered, let estimatedDelivery else { return false }
        return delivered > estimatedDelivery
    }

    /// Paid later than that after the purchase, or never.
    func isUnpaid(after patience: Interval) -> Bool {
        guard let approved else { return true }
        return approved.since(purchased) > patience
    }

    private mutating func add(_ event: EventRow, under workflow: Workflow) throws {
        let note = HistoryNote(trace: event.trace)
        let body = try event.orderBody(under: workflow)
        if event.type == OlistCommand.place.name { try addPlaced(body.data, note: note, under: workflow) }
        if event.type == OlistCommand.approve.name { try addPayments(body.data, under: workflow) }
        if !note.isMissing {
            steps.append(RecordedStep(command: event.type, at: note.recorded ?? event.at, data: body.data))
        }
        if let leftOut = note.leftOut {
            steps.append(RecordedStep(command: leftOut.command, at: leftOut.at, data: []))
        }
        recordedStatus = note.status ?? recordedStatus
    }

    private mutating func add(_ refusal: RefusalRow) {
        steps.append(RecordedStep(command: refusal.command, at: refusal.at, data: []))
    }

    private mutating func addPlaced(_ data: [UInt8], note: HistoryNote, under workflow: Workflow) throws {
        let order = try DataView(data, of: OlistCommand.place.name, under: workflow)
        estimatedDelivery = order.number("estimated_delivery").map { Moment(milliseconds: $0) }
        paidCents &+= note.unapprovedCents ?? 0
        for item in order.elements("items") {
            itemCount += 1
            goodsCents &+= item.number("price_cents") ?? 0
            freightCents &+= item.number("freight_cents") ?? 0
            if let limit = item.number("shipping_limit").map({ Moment(milliseconds: $0) }) {
                firstShippingLimit = min(firstShippingLimit ?? limit, limit)
            }
        }
    }

    private mutating func addPayments(_ data: [UInt8], under workflow: Workflow) throws {
        for payment in try DataView(data, of: OlistCommand.approve.name, under: workflow).elements("payments") {
            paidCents &+= payment.number("value_cents") ?? 0
        }
    }
}

/// A step as the source recorded it.
struct RecordedStep {
    var command: EventName
    var at: Moment
    var data: [UInt8]
}

/// The data of a command, by the names of its fields.
struct DataView {
    private let values: [Value]
    private let type: RecordType

    init(_ data: [UInt8], of command: EventName, under workflow: Workflow) throws {
        type = workflow.command(command)?.data ?? RecordType([])
        do throws(JSONProblem) {
            values = try type.decode(data)
        } catch {
            throw EngineFailure.damaged("the data of an event \(command), at byte \(error.offset): \(error.message)")
        }
    }

    private init(_ values: [Value], of type: RecordType) {
        self.values = values
        self.type = type
    }

    func number(_ name: Text) -> Int64? {
        guard let slot = type.slot(name), case .int(let number) = values[slot] else { return nil }
        return number
    }

    func elements(_ name: Text) -> [DataView] {
        guard let slot = type.slot(name), case .list(let element, _, _) = type.fields[slot].type,
            case .list(let elements) = values[slot]
        else { return [] }
        return elements.compactMap { value in
            guard case .record(let fields) = value else { return nil }
            return DataView(fields, of: element)
        }
    }
}
