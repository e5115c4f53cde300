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

    /// From which weight on something is said.
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
    /// - Parameter now: the time of a line.
    package func logger(now: @escaping @Sendable () -> Moment) -> Logger {
        var logger = Logger(label: "waybill") { label in
            switch form {
            case .text: StreamLogHandler.standardError(label: label)
            case .json: JSONLogHandler(now: now) { JSONLogHandler.writeToStandardError($0) }
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

    /// Says what was found when the file was opened.
    ///
    /// - Parameter isWarning: whether a person may have to look.
    package func say(_ sentence: String, isWarning: Bool, now: @escaping @Sendable () -> Moment) {
        logger(now: now).log(level: isWarning ? .warning : .notice, "\(sentence)")
    }

    /// Says what an operator should know.
    package func warn(_ sentence: String, now: @escaping @Sendable () -> Moment) {
        logger(now: now).warning("\(sentence)")
    }
}
