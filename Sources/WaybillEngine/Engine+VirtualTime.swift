import Synchronization
package import WaybillCore
import WaybillTimeouts

/// Time in a virtual world: it passes only here, and what becomes due on the way happens at its own moment.
extension Engine {
    /// Lets time pass up to `moment`; every timeout that is due on the way fires at its due time, in order.
    package func advance(to moment: Moment) {
        guard let clock = world.virtualClock else {
            preconditionFailure("time passes by itself in the real world; advance belongs to a virtual one")
        }
        writer.withLock { writer in
            fire(writer, upTo: moment)
            clock.move(to: moment)
        }
    }

    /// Fires what is due up to a moment, each at its own time. Does nothing to the clock beyond the last one.
    func fire(_ writer: Writer, upTo moment: Moment) {
        while writer.stopped == nil, let due = writer.nextDue, due <= moment {
            world.virtualClock?.move(to: due)
            let before = writer.writes
            _ = writer.write([], firingUpTo: world.now())
            writer.checkpoint()
            // A write that the disk undoes would be tried for ever.
            if writer.writes == before { return }
        }
    }

    /// Handles commands in order of time, many in a write: history is replayed this way. Timeouts that come due between
    /// two commands fire between them.
    package func perform(_ commands: [(command: Command, at: Moment)]) -> [Answer] {
        guard let clock = world.virtualClock else {
            preconditionFailure("commands with times of their own belong to a virtual world")
        }
        return writer.withLock { writer in
            var answers: [Answer] = []
            answers.reserveCapacity(commands.count)
            var rest = commands.map { Writer.Timed(request: .order($0.command), at: $0.at) }[...]
            while let first = rest.first {
                fire(writer, upTo: first.at)
                clock.move(to: first.at)
                let replies = writer.write(Array(rest), firingUpTo: nil, stopsWhenDue: true)
                for reply in replies {
                    if case .order(let answer) = reply { answers.append(answer) }
                }
                rest = rest.dropFirst(replies.count)
                writer.checkpoint()
            }
            if let last = commands.last { clock.move(to: last.at) }
            return answers
        }
    }
}
