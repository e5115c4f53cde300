import Synchronization
package import WaybillCore
import WaybillStore
import WaybillTimeouts

/// Time in a virtual world: it passes only here, and what becomes due on the way happens at its own moment.
extension Engine {
    /// Lets time pass up to `moment`; every timeout that is due on the way fires at its due time, in order.
    package func advance(to moment: Moment) {
        guard let clock = world.virtualClock else {
            preconditionFailure("time passes by itself in the real world; advance belongs to a virtual one")
        }
        precondition(!writer.isMine, "time cannot pass inside a write; advance when that has ended")
        writer.withLock { writer in
            passTime(writer, to: moment)
            clock.move(to: moment)
        }
    }

    /// Fires what is due up to a moment, each at its own time, many in a write.
    func passTime(_ writer: Writer, to moment: Moment) {
        while writer.stopped == nil, let due = writer.nextDue, due <= moment {
            let before = writer.writes
            _ = writer.write([], firing: .asTimePasses(to: moment))
            writer.checkpoints.wrote()
            // A write that the disk undoes would be tried for ever.
            if writer.writes == before { return }
        }
    }

    /// The level of a stock as the last write has left it, without a read of the file when the writer has it in memory:
    /// in a virtual world nobody waits for the writer.
    package func stockInHand(_ key: StockKey) throws -> StockLevel? {
        if let row = writer.withLock({ $0.handler.stock.row(key) }) { return row.level }
        return try stock(key)
    }

    /// Handles commands in order of time, many in a write: history is replayed this way. Timeouts that come due between
    /// two commands fire between them.
    package func perform(_ commands: [(command: Command, at: Moment)]) -> [Answer] {
        precondition(world.virtualClock != nil, "commands with times of their own belong to a virtual world")
        precondition(!writer.isMine, "history cannot be replayed inside a write")
        return writer.withLock { writer in
            let asked = commands.map { Asked($0.command) }
            var rest = zip(asked, commands).map { Writer.Timed(request: $0, at: $1.at) }
            while !rest.isEmpty {
                let handled = writer.write(rest, firing: .asTimePasses(to: nil))
                // Nothing keeps its place here: what is due has fired at its own moment.
                rest.removeFirst(handled.count)
                writer.checkpoints.wrote(max(1, handled.count))
            }
            return asked.compactMap(\.reply)
        }
    }
}
