import Testing
import WorkflowFile

/// A text and what is found in it: one finding per line, without the hints.
struct FindingRow: CustomTestStringConvertible, Sendable {
    let name: String
    let text: String
    let expected: [String]

    init(_ name: String, _ text: String, _ expected: String) {
        self.name = name
        self.text = text
        self.expected = expected.split(separator: "\n").map(String.init)
    }

    var testDescription: String { name }

    var findings: [String] {
        WorkflowFile.check(text).findings.map { finding in
            WorkflowFinding(
                severity: finding.severity, line: finding.line, column: finding.column, path: finding.path,
                message: finding.message, hint: nil
            ).description
        }
    }
}
