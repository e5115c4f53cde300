import WaybillCore
import WaybillEngine
import WaybillStore

/// Walks through the journal in order of position: no gap, an unbroken chain of digests, and for each event exactly the
/// messages that it says.
struct JournalCheck {
    private(set) var findings: FileFindings
    private(set) var eventCount = 0
    private(set) var messageCount = 0
    private let engine: Engine
    private let last: Position
    private let pageMax: Int
    private var position = Position(0)
    private var digest: UInt64 = 0
    private var messages: MessageCheck

    init(_ engine: Engine, pageMax: Int, findingsMax: Int) throws {
        self.engine = engine
        self.pageMax = pageMax
        findings = FileFindings(keptMax: findingsMax)
        last = engine.lastPosition
        messages = try MessageCheck(engine)
    }

    mutating func run(progress: (Int, Int) -> Void) throws {
        while try checkPage() == pageMax { progress(Int(clamping: position.number), Int(clamping: last.number)) }
        progress(Int(clamping: position.number), Int(clamping: last.number))
        try engine.store.read { rows in
            for finding in try messages.findings(after: last, rows) { findings.add(finding) }
        }
    }

    private mutating func checkPage() throws -> Int {
        try engine.store.read { rows in
            let first = Position(position.number + 1)
            var senders: [MessageCheck.Sender] = []
            let count = try rows.forEachEvent(after: position, upTo: last, limit: pageMax) { stored in
                let event = stored.row
                checkChain(event)
                senders.append(MessageCheck.Sender(event, try sketch(of: event)))
            }
            for finding in try messages.findings(of: senders, from: first, upTo: position, rows) {
                findings.add(finding)
            }
            messageCount = messages.count
            return count
        }
    }

    private mutating func checkChain(_ event: EventRow) {
        eventCount += 1
        let next = Position(position.number + 1)
        if event.position != next {
            findings.add(
                FileFinding("event \(next.number) is missing: \(event.position.number) follows \(position.number)")
                    .at(event.position))
        }
        if event.chained(after: digest) != event.digest {
            findings.add(
                FileFinding("its digest does not follow from what it says and the event before it").at(event.position)
                    .version(event.version))
        }
        position = event.position
        // The stored one, so that damage is named once and not at every event after it.
        digest = event.digest
    }

    private mutating func sketch(of event: EventRow) throws -> EventSketch? {
        do {
            return try EventSketch(event.body)
        } catch let problem as JSONProblem {
            findings.add(
                FileFinding("byte \(problem.offset) of its text: \(problem.message)").at(event.position))
            return nil
        }
    }
}
