import WaybillClient

/// Why a command ended without success: one sentence that says what, where and what would help.
struct CommandFailure: Error {
    /// What the shell is told.
    enum Status: Int32 {
        /// The command was understood and the answer is no: a refusal, a finding, nothing found.
        case negative = 1
        /// It could not be done: no such file, locked, damaged, not readable.
        case impossible = 2
        /// It was asked for in a way that is not possible.
        case misused = 64
        /// Whether it was done is not known: the commit failed at the disk. To be sent again with the same key. Or
        /// nothing is taken after such a failure, until the file is opened again.
        case unknown = 75
    }

    /// What is said, line by line. An id in a line may hold anything: it is escaped where the line is written.
    let lines: [String]
    let status: Status
    /// What was refused, where a request was: for answers in JSON.
    var refused: Refused?

    /// All lines as one text.
    var message: String { lines.joined(separator: "\n") }

    /// A request that was not accepted, with the code and the words of its refusal.
    init(refused code: String, _ message: String) {
        lines = [code == "outcome_unknown" ? "\(code): \(message)" : "refused: \(code): \(message)"]
        status = Self.status(of: code)
    }

    /// How a command ends whose request was not accepted.
    static func status(of code: String) -> Status {
        switch code {
        case "outcome_unknown", "fail_stopped": .unknown
        default: .negative
        }
    }

    init(_ message: String, status: Status = .impossible) {
        lines = [message]
        self.status = status
    }

    /// The same with a code, for answers in JSON.
    func refusing(_ code: String) -> CommandFailure { telling(Refused(status: 404, code: code, message: message)) }

    /// The same with what was refused, for answers in JSON.
    func telling(_ refused: Refused) -> CommandFailure {
        var failure = self
        failure.refused = refused
        return failure
    }

    init(lines: [String], status: Status = .impossible) {
        self.lines = lines
        self.status = status
    }
}
