import RocketMQProto
import SwiftProtobuf
import WaybillCore

/// Times of the wire, whose numbers may be anything: what does not fit ends at the bounds.
extension Google_Protobuf_Duration {
    init(_ interval: Interval) {
        self.init()
        seconds = interval.milliseconds / 1_000
        nanos = Int32(truncatingIfNeeded: interval.milliseconds % 1_000) * 1_000_000
    }

    var interval: Interval {
        let (whole, isOver) = seconds.multipliedReportingOverflow(by: 1_000)
        if isOver { return Interval(milliseconds: seconds < 0 ? .min : .max) }
        let (sum, isOverflow) = whole.addingReportingOverflow(Int64(nanos) / 1_000_000)
        return Interval(milliseconds: isOverflow ? (whole < 0 ? .min : .max) : sum)
    }
}

extension Google_Protobuf_Timestamp {
    init(_ moment: Moment) {
        self.init()
        let milliseconds = moment.milliseconds
        seconds = milliseconds >= 0 ? milliseconds / 1_000 : (milliseconds - 999) / 1_000
        nanos = Int32(truncatingIfNeeded: milliseconds - seconds * 1_000) * 1_000_000
    }

    /// Nil: it is no moment that a calendar has.
    var moment: Moment? {
        // From year 1 to year 9999, as the format itself says.
        guard (-62_135_596_800...253_402_300_799).contains(seconds), (0..<1_000_000_000).contains(nanos) else {
            return nil
        }
        return Moment(milliseconds: seconds * 1_000 + Int64(nanos) / 1_000_000)
    }
}
