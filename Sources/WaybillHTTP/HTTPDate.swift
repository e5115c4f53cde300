import Synchronization
import WaybillCore

/// A time as header fields write it: `Sun, 29 Nov 2026 18:00:00 GMT`.
enum HTTPDate {
    private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    /// The last second that was asked for, with its text.
    private static let last = Mutex((second: Int64.min, text: ""))

    static func text(of moment: Moment) -> String {
        let second = moment.milliseconds / 1_000
        return last.withLock { last in
            if last.second != second { last = (second, made(second)) }
            return last.text
        }
    }

    private static func made(_ second: Int64) -> String {
        // 2026-11-29T18:00:00Z
        let iso = Moment(milliseconds: second * 1_000).iso8601
        let parts = iso.split(whereSeparator: { "-TZ".contains($0) })
        guard parts.count == 4, let month = Int(parts[1]), (1...12).contains(month), second >= 0 else { return iso }
        let day = days[Int(second / 86_400 % 7)]
        return "\(day), \(parts[2]) \(months[month - 1]) \(parts[0]) \(parts[3]) GMT"
    }
}
