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
    private let acts: StreamNumber?
    private let pageMax: Int
    private var chain: JournalChain
    private var messages: MessageCheck

    init(_ engine: Engine, pageMax: Int, findingsMax: Int) throws {
        self.engine = engine
        self.pageMax = pageMax
        findings = FileFindings(keptMax: findingsMax)
        last = engine.lastPosition
        acts = try engine.streamOfActs()
        messages = try MessageCheck(engine)
        chain = JournalChain(seed: try engine.store.read { rows in try rows.chainSeed() })
        for finding in try FileOriginCheck.findings(engine) + WorkflowCheck.findings(engine) { findings.add(finding) }
    }

    mutating func run(progress: (Int, Int) -> Void) throws {
        while try checkPage() == pageMax { progress(Int(clamping: chain.position.number), Int(clamping: last.number)) }
        progress(Int(clamping: chain.position.number), Int(clamping: last.number))
        try engine.store.read { rows in
            for finding in try messages.findings(after: last, rows) { findings.add(finding) }
        }
    }

    private mutating func checkPage() throws -> Int {
        try engine.store.read { rows in
            let first = Position(chain.position.number &+ 1)
            var senders: [MessageCheck.Sender] = []
            let count = try rows.forEachEvent(after: chain.position, upTo: last, limit: pageMax) { stored in
                let event = stored.row
                eventCount += 1
                for finding in chain.add(event) { findings.add(finding) }
                senders.append(MessageCheck.Sender(event, try sketch(of: event)))
            }
            for finding in try messages.findings(of: senders, from: first, upTo: chain.position, rows) {
                findings.add(finding)
            }
            messageCount = messages.count
            return count
        }
    }

    private mutating func sketch(of event: EventRow) throws -> EventSketch? {
        do {
            return try EventSketch(event, besides: acts)
        } catch let problem as JSONProblem {
            findings.add(
                FileFinding("byte \(problem.offset) of its text: \(problem.message)").at(event.position))
            return nil
        }
    }
}
