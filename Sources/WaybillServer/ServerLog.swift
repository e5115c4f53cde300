package import Logging
package import WaybillCore

/// How a server says on standard error what it does and what goes wrong.
///
/// Bodies, tokens and queries are never in it.
public struct ServerLog: Hashable, Sendable {
    /// How a line looks.
    public enum Form: String, CaseIterable, Sendable {
        /// For people.
        case text
        /// One JSON object a line: `time`, `level`, `message`, and what the line is about.
        case json
    }

    /// From which level on something is said.
    public enum Level: String, CaseIterable, Sendable {
        case debug
        /// Each request that is answered, too.
        case info
        case notice, warning, error
    }

    public var form: Form
    public var level: Level

    public init(form: Form = .text, level: Level = .warning) {
        self.form = form
        self.level = level
    }

    /// What writes the lines.
    ///
    /// - Parameters:
    ///   - lines: where they go, by way of one thread: what serves does not wait for it.
    ///   - now: the time of a line.
    package func logger(to lines: LogLines = .standardError, now: @escaping @Sendable () -> Moment) -> Logger {
        let write: @Sendable ([UInt8]) -> Void = { [form] line in
            lines.add(line) { count in
                ServerLog(form: form).logger(to: lines, now: now)
                    .warning("\(count) lines were dropped here: nothing took them in time")
            }
        }
        var logger = Logger(label: "waybill") { label in
            switch form {
            case .text: StreamLogHandler(label: label, stream: LineStream(take: write))
            case .json: JSONLogHandler(now: now, write: write)
            }
        }
        logger.logLevel =
            switch level {
            case .debug: .debug
            case .info: .info
            case .notice: .notice
            case .warning: .warning
            case .error: .error
            }
        return logger
    }

    /// Says a sentence to the operator: in JSON as any other line, in text without what a log adds.
    ///
    /// - Parameter isWarning: whether a person may have to look.
    package func say(_ sentence: String, isWarning: Bool = true, now: @escaping @Sendable () -> Moment) {
        switch form {
        case .json: logger(now: now).log(level: isWarning ? .warning : .notice, "\(sentence)")
        case .text:
            LogLines.standardError.add(Array("waybill: \(sentence)\n".utf8)) { [self] count in
                say("\(count) lines were dropped here: nothing took them in time", now: now)
            }
        }
    }

    /// Waits, up to a second, until what was said is written.
    package static func flush() { LogLines.standardError.flush() }
}

/// Hands on what a handler of swift-log writes, one line at a time.
private struct LineStream: TextOutputStream, Sendable {
    let take: @Sendable ([UInt8]) -> Void

    mutating func write(_ line: String) { take(Array(line.utf8)) }
}
