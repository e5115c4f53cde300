public import WaybillCore
public import WaybillEngine
public import WaybillTimeouts

/// Names that a program, or another of its libraries, may well have itself: here they are within the order book.
///
/// Values of these types are mostly written without their names: a text as `"ann"`, a length of time as `.minutes(5)`
/// or `.init(duration)`, a time as `.init(date)`. They are given back as `text.string`, `interval.duration` and
/// `moment.date`.
extension OrderBook {
    /// A text as the file keeps it: equal only to the same bytes.
    public typealias Text = WaybillCore.Text
    /// A time, in whole milliseconds since 1970.
    public typealias Moment = WaybillCore.Moment
    /// A length of time, in whole milliseconds.
    public typealias Interval = WaybillCore.Interval
    /// Where time and randomness come from.
    public typealias World = WaybillTimeouts.World
    /// Where an event stands in the journal.
    public typealias Position = WaybillCore.Position
    /// Where stock lies.
    public typealias Location = WaybillCore.Location
    /// What a command comes to: its receipt, or why it is refused.
    public typealias Answer = WaybillCore.Answer
    /// Who is told each observation that a monitor's histograms are made of.
    public typealias Meters = WaybillEngine.Meters
    /// A part of a list, and where the list goes on.
    public typealias Page = WaybillCore.Page
}

extension Messages {
    /// What becomes of a half message.
    public typealias Resolution = WaybillCore.Resolution
}
