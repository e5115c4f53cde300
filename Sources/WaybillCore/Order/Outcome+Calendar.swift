extension Outcome {
    /// Why a time that the command would set is none that can be written down and read again; nil: all can.
    func refusalOfTimes() -> Refusal? {
        for timeout in armed {
            if let refusal = Refusal(beyondCalendar: timeout.due, of: "the timeout \(timeout.name)") { return refusal }
        }
        for call in called {
            if let refusal = Refusal(beyondCalendar: call.deadline, of: "the deadline of a call") { return refusal }
        }
        for message in messages {
            guard let moment = message.deliverAt else { continue }
            if let refusal = Refusal(beyondCalendar: moment, of: "a message to \(message.topic)") { return refusal }
        }
        return nil
    }
}

extension Refusal {
    /// Nil: the time lies within the years 1 to 9999.
    init?(beyondCalendar moment: Moment, of what: @autoclosure () -> String) {
        guard !Moment.readable.contains(moment.milliseconds) else { return nil }
        self = .arithmetic(
            "\(what()) would be \(moment.milliseconds) ms, outside of the years 1 to 9999; give an earlier time")
    }
}
