/// Why a command ended without success: one sentence that says what, where and what would help.
struct CommandFailure: Error {
    /// What the shell is told.
    enum Status: Int32 {
        /// The command was understood and the answer is no: a refusal, a finding, nothing found.
        case negative = 1
        /// It could not be done: no such file, locked, damaged, not readable.
        case impossible = 2
    }

    let message: String
    let status: Status

    init(_ message: String, status: Status = .impossible) {
        self.message = message
        self.status = status
    }
}
