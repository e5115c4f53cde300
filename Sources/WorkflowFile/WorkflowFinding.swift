/// Something about a workflow file that its author should know: where, what, and how to fix it.
public struct WorkflowFinding: Hashable, Sendable {
    /// An error keeps the workflow from being used; a warning does not.
    public enum Severity: String, Hashable, Sendable { case error, warning }

    public let severity: Severity
    /// From 1.
    public let line: Int
    /// From 1, counted in Unicode scalars.
    public let column: Int
    /// The keys that lead there, for example `states.money.on.pay[0].guard`; empty for the whole file.
    public let path: String
    public let message: String
    /// How to fix it, when that can be said.
    public let hint: String?

    package init(severity: Severity, line: Int, column: Int, path: String, message: String, hint: String?) {
        self.severity = severity
        self.line = line
        self.column = column
        self.path = path
        self.message = message
        self.hint = hint
    }
}

extension WorkflowFinding: CustomStringConvertible {
    /// One line: `12:7: error: states.paid.on.ship: ... (fix: ...)`.
    public var description: String {
        let subject = path.isEmpty ? "" : "\(path): "
        let fix = hint.map { " (fix: \($0))" } ?? ""
        return "\(line):\(column): \(severity.rawValue): \(subject)\(message)\(fix)"
    }
}

/// Why a text is no workflow: its findings, of which at least one is an error.
public struct WorkflowFileError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What the text is called: a file's name.
    public let name: String
    public let findings: [WorkflowFinding]

    package init(name: String, findings: [WorkflowFinding]) {
        self.name = name
        self.findings = findings
    }

    public var description: String { findings.map { "\(name):\($0)" }.joined(separator: "\n") }
}
