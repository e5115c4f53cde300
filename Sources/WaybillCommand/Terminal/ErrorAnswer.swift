import Histories
import Waybill
import WaybillAPI
import WaybillClient
import WaybillCore
import WaybillStore

import struct WorkflowFile.WorkflowFileError
import struct WorkflowFile.WorkflowFinding

/// What a program is told that asked for JSON, when a command ends with an error: whatever the verb, one object with
/// the code, the sentence, the values in it, and what is wrong at one place each.
struct ErrorAnswer {
    private let refused: Refused

    /// Nil: how the command was used is wrong, which is said in words alone.
    init?(_ error: any Error) {
        switch error {
        case let failure as CommandFailure:
            guard failure.status != .misused else { return nil }
            refused = failure.refused ?? Refused(status: 0, code: failure.status.code, message: failure.message)
        case let error as Refused: refused = error
        case let error as Refusal: refused = Self.refused(error.code, error.message, error.values)
        case let error as MessageRefusal: refused = Refused(error)
        case let error as BackupFailure: refused = Refused(error)
        case let error as StoreFailure:
            refused = Refused(
                status: 0, code: error.isOutcomeUnknown ? "outcome_unknown" : error.code.rawValue.snakeCase,
                message: error.message)
        case let error as WorkflowFileError: refused = Refused(error.findings, of: error.name)
        case let error as InputFindings:
            var all = Refused(status: 0, code: "bad_input", message: error.description)
            all.places = Self.places(error.first)
            refused = all
        case let error as InputFinding:
            var one = Refused(status: 0, code: "bad_input", message: error.description)
            one.places = Self.places([error])
            refused = one
        default: refused = Refused(status: 0, code: CommandFailure.Status.impossible.code, message: "\(error)")
        }
    }

    func print() {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("accepted", false)
        writer.refused(refused)
        writer.endObject()
        writer.print()
    }

    private static func refused(_ code: String, _ message: String, _ values: RefusalValues) -> Refused {
        var refused = Refused(status: 409, code: code, message: message)
        guard !values.isEmpty else { return refused }
        var writer = JSONWriter()
        values.write(to: &writer)
        refused.values = writer.bytes
        return refused
    }

    private static func places(_ findings: [InputFinding]) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginArray()
        for finding in findings {
            writer.beginObject()
            writer.member("file", Text(finding.file))
            if let line = finding.line { writer.member("line", Int64(line)) }
            if let column = finding.column { writer.member("column", Int64(column)) }
            writer.member("kind", Text(finding.kind.rawValue))
            writer.member("message", Text(finding.message))
            writer.endObject()
        }
        writer.endArray()
        return writer.bytes
    }
}

extension CommandFailure.Status {
    /// What a program is told where nothing more is known.
    fileprivate var code: String {
        switch self {
        case .negative: "refused"
        case .impossible: "impossible"
        case .misused: "usage"
        case .unknown: "outcome_unknown"
        }
    }
}

extension Refused {
    /// A copy that was not made.
    init(_ failure: BackupFailure) {
        self.init(status: 0, code: "backup_\(failure.kind.rawValue.snakeCase)", message: failure.message)
    }

    /// A workflow's text in which something is wrong.
    init(_ findings: [WorkflowFinding], of name: String) {
        let lines = findings.map { "\(name):\($0)" }
        self.init(status: 422, code: "workflow_findings", message: lines.joined(separator: "\n"))
        self.findings = lines
        var writer = JSONWriter()
        writer.beginArray()
        for finding in findings { writer.finding(finding) }
        writer.endArray()
        places = writer.bytes
    }
}

extension JSONWriter {
    /// What is wrong at one place of a workflow's text.
    mutating func finding(_ finding: WorkflowFinding) {
        beginObject()
        member("severity", Text(finding.severity.rawValue))
        member("line", Int64(finding.line))
        member("column", Int64(finding.column))
        member("path", Text(finding.path))
        member("message", Text(finding.message))
        member("fix", ifAny: finding.hint.map { Text($0) })
        endObject()
    }
}

extension String {
    /// `notADatabase` as codes are written: `not_a_database`.
    fileprivate var snakeCase: String {
        reduce(into: "") { $0 += $1.isUppercase ? "_\($1.lowercased())" : "\($1)" }
    }
}
