import WaybillCore
import WaybillEngine
import WaybillStore

/// Follows the journal in order of position: no gap, and an unbroken chain of digests.
struct JournalChain {
    private(set) var position = Position(0)
    /// Of the last event; before the first, what that is chained to.
    private(set) var digest: UInt64

    /// - Parameter seed: what the file's first event is chained to.
    init(seed: UInt64) { digest = seed }

    /// Takes the next event, and answers what is wrong with its place.
    mutating func add(_ event: EventRow) -> [FileFinding] {
        var findings: [FileFinding] = []
        let next = Position(position.number &+ 1)
        if event.position != next {
            findings.append(
                FileFinding("event \(next.number) is missing: \(event.position.number) follows \(position.number)")
                    .at(event.position))
        }
        if event.chained(after: digest) != event.digest {
            findings.append(
                FileFinding("its digest does not follow from what it says and the event before it").at(event.position)
                    .version(event.version))
        }
        position = event.position
        // The stored one, so that damage is named once and not at every event after it.
        digest = event.digest
        return findings
    }
}
