import WaybillCore
import WaybillEngine
import WaybillStore

/// Decides every event once more from what was asked, and compares what would be written with what was.
struct DecideAgain: FoldVisitor {
    static var looksAtEvents: Bool { true }

    private(set) var findings: FileFindings
    private(set) var decidedCount = 0
    /// Events that were decided by rules that this release does not know.
    private(set) var otherSemanticsCount = 0
    private var writer = JSONWriter(capacity: 4_096)

    init(findingsMax: Int) { findings = FileFindings(keptMax: findingsMax) }

    mutating func visit(_ event: borrowing StoredEvent, _ body: borrowing EventBody, of open: OpenOrder) {
        guard let semantics = Semantics(stored: event.semantics) else {
            otherSemanticsCount += 1
            return
        }
        decidedCount += 1
        let order = open.order
        let chart = open.chart
        let facts = RecordedFacts(body.outcome.facts)
        do throws(Refusal) {
            let again = try decide(event, body, on: order, in: chart, asking: facts, by: semantics)
            writer.removeAll()
            again.write(to: &writer, under: chart.workflow)
            let isSame = event.withBody { bytes in writer.wrote(bytes.assumingMemoryBound(to: UInt8.self)) }
            if !(isSame || isSameByValue(event, body, under: chart.workflow)) || !facts.isUsedUp {
                note(difference(event, order))
            }
        } catch {
            note(finding("decided again, it is refused: \(error.message)", event, order))
        }
    }

    /// Whether an event of an older format says what was written now: its bytes cannot be the same.
    private func isSameByValue(
        _ event: borrowing StoredEvent, _ body: borrowing EventBody, under workflow: Workflow
    ) -> Bool {
        do throws(JSONProblem) {
            let formats = EventFormats.current
            guard try formats.number(of: event.body) < formats.newest else { return false }
            return try EventBody(writer.bytes, under: workflow)
                .saysTheSame(as: copy body, of: event.type, under: workflow)
        } catch {
            return false
        }
    }

    /// What the event's text would be.
    private func decide(
        _ event: borrowing StoredEvent, _ body: borrowing EventBody, on order: borrowing Order, in chart: Chart,
        asking facts: RecordedFacts, by rules: Semantics
    ) throws(Refusal) -> EventBody {
        let workflow = chart.workflow
        var again: EventBody
        let decision: Decision
        let type = event.type
        var before = copy order
        if before.version == 0 { before.parent = body.parent }
        if let call = body.call {
            again = EventBody(ofExpired: call)
            decision = try workflow.decideExpiry(
                ofCall: call, on: before, at: event.at, asking: facts, by: rules)
        } else if let timeout = body.timeout {
            again = EventBody(of: timeout)
            switch type {
            case "$timeout":
                decision = try workflow.decideTimeout(timeout, on: before, at: event.at, asking: facts, by: rules)
            default:
                decision = try workflow.decideReschedule(
                    timeout, to: body.outcome.armed.first?.due, on: before, by: rules)
            }
        } else {
            let command = Command(
                order: before.id, name: type, data: body.data, workflow: workflow.name, role: body.role,
                key: workflow.calls.isEmpty ? nil : event.key, lane: event.lane)
            switch try workflow.decide(command, on: before, at: event.at, asking: facts, by: rules) {
            case .accepted(let accepted): decision = accepted
            case .repeated(let version):
                throw .keyReused(key: "of version \(version)")
            }
            again = EventBody(of: command, decided: decision, under: workflow)
        }
        again.add(decision, on: before, workflow: chart.number.number)
        return again
    }

    private func difference(_ event: borrowing StoredEvent, _ order: borrowing Order) -> FileFinding {
        let stored = newest(event.body)
        let place = zip(stored, writer.bytes).enumerated().first { $0.element.0 != $0.element.1 }?.offset
        let offset = place ?? min(stored.count, writer.bytes.count)
        return finding("decided again, it comes out otherwise from byte \(offset) of its text on", event, order)
    }

    private func newest(_ body: [UInt8]) -> [UInt8] {
        do throws(JSONProblem) { return try EventFormats.current.newest(body) } catch { return body }
    }

    private func finding(_ what: String, _ event: borrowing StoredEvent, _ order: borrowing Order) -> FileFinding {
        FileFinding(what).at(event.position).of(order.id).version(event.version)
    }

    mutating func finish(_ open: OpenOrder, _ rows: borrowing Snapshot) {}
    mutating func finish(_ row: StockRow, eventCount: Int64) {}
    mutating func note(_ finding: FileFinding) { findings.add(finding) }
}
