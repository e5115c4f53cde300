import ArgumentParser
import Waybill
import WaybillCore

/// Up to when an order is shown.
struct MomentOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("As it was at this time: ISO 8601 or milliseconds since 1970.", valueName: "time"),
        transform: Moment.argument)
    var at: Moment?

    @Option(help: ArgumentHelp("As it was after this event: a number that `order history` prints.", valueName: "event"))
    var asOf: Int64?

    func validate() throws {
        if at != nil, asOf != nil { throw ValidationError("Give --at or --as-of, not both.") }
    }

    var moment: AsOf { asOf.map { .event(Position($0)) } ?? at.map { .time($0) } ?? .now }

    /// Whether an event had happened by then.
    func includes(_ event: EventDetail) -> Bool {
        switch moment {
        case .now: true
        case .event(let position): event.position <= position
        case .time(let time): event.at <= time
        }
    }
}
