/// Something about a workflow file that its author should know: where, what, and how to fix it.
package struct WorkflowFinding: Hashable, Sendable {
    /// An error keeps the workflow from being used; a warning does not.
    package enum Severity: String, Hashable, Sendable { case error, warning }

    package let severity: Severity
    /// From 1.
    package let line: Int
    /// From 1, counted in Unicode scalars.
    package let column: Int
    /// The keys that lead there, for example `states.money.on.pay[0].guard`; empty for the whole file.
    package let path: String
    package let message: String
    /// How to fix it, when that can be said.
    package let hint: String?

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
    package var description: String {
        let subject = path.isEmpty ? "" : "\(path): "
        let fix = hint.map { " (fix: \($0))" } ?? ""
        return "\(line):\(column): \(severity.rawValue): \(subject)\(message)\(fix)"
    }
}

/// Why a text is no workflow: its findings, of which at least one is an error.
package struct WorkflowFileError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What the text is called: a file's name.
    package let name: String
    package let findings: [WorkflowFinding]

    package init(name: String, findings: [WorkflowFinding]) {
        self.name = name
        self.findings = findings
    }

    package var description: String { findings.map { "\(name):\($0)" }.joined(separator: "\n") }
}
