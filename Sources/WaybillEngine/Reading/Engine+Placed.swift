package import WaybillCore
import WaybillStore

extension Engine {
    /// Clocks step back: an event may say so much less than one before it.
    package static let clockSlack = Interval.minutes(10)

    /// An order placed at a moment or later has a number beyond this one. Found by halves: positions have no gaps, and
    /// times nearly grow with them.
    package func lastNumber(before moment: Moment) throws -> StreamNumber {
        let wanted = Moment(milliseconds: moment.milliseconds &- Self.clockSlack.milliseconds)
        return try store.read { rows in
            var (low, high): (Int64, Int64) = (0, try rows.journalEnd().position.number)
            while low < high {
                let middle = low + (high - low) / 2 + 1
                guard let at = try rows.event(at: Position(middle))?.at else {
                    throw EngineFailure.damaged("there is no event \(middle)")
                }
                if at < wanted { low = middle } else { high = middle - 1 }
            }
            return StreamNumber(low)
        }
    }
}
