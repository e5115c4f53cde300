import WaybillCore

/// Up to when a read looks: `?at=TIME` or `?at_event=e42`.
package enum AsOfParameter {
    static let parameters: [Parameter] = [
        Parameter("at", .time, "As it was at this time."),
        Parameter("at_event", .text(), "As it was after this event: `e42`."),
    ]

    /// Names the header that says which time a look into the past is of.
    package static let header = "waybill-as-of"

    static func headers(_ then: Moment?) -> [(name: String, value: String)] {
        then.map { [(header, $0.iso8601)] } ?? []
    }

    static func read(_ query: QueryValues) throws(Problem) -> AsOf {
        let time = try query.time("at")
        guard let event = query.text("at_event") else { return time.map { .time($0) } ?? .now }
        guard time == nil else { throw .badParameter("at", "at and at_event do not go together") }
        guard let position = Position(text: event.string) else {
            throw .badParameter("at_event", "at_event=\(event) is not an event; events look like e42", sent: event)
        }
        return .event(position)
    }
}
