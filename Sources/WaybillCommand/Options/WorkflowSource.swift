import Foundation
import Waybill
import WaybillClient
import WaybillCore
import WorkflowFile

/// The text of a workflow that a command line names: a file, or one that comes with Waybill.
struct WorkflowSource {
    /// What messages call it.
    let name: String
    let bytes: [UInt8]

    /// Takes a file where there is one, else a shipped workflow of this name; `-` is standard input.
    init(_ argument: String) throws(CommandFailure) {
        name = argument == "-" ? "stdin" : argument
        let isPath = argument == "-" || argument.contains("/") || FileManager.default.fileExists(atPath: argument)
        if !isPath, let shipped = WorkflowText.shipped(argument) {
            bytes = Array(shipped.text.utf8)
        } else if !isPath, !argument.contains(".") {
            let meant = nearestName(to: Text(argument), among: WorkflowText.shipped.map { Text($0.name) })
            throw CommandFailure(
                "no file and no shipped workflow is called \(argument); "
                    + "\(meant.map { "did you mean \($0)? " } ?? "")shipped are: \(Self.shipped)")
        } else {
            bytes = try WholeFile.bytes(argument)
        }
    }

    /// The workflow, or its findings as they are printed.
    func workflow() throws(CommandFailure) -> Workflow {
        let (workflow, findings) = WorkflowFile.check(bytes: bytes)
        if let workflow { return workflow }
        let refused = Refused(findings, of: name)
        throw CommandFailure(lines: refused.findings, status: .negative).telling(refused)
    }

    private static var shipped: String {
        WorkflowText.shipped.map { $0.name }.joined(separator: ", ")
    }
}

extension WorkflowText {
    /// The name of a shipped workflow: its source without the ending.
    var name: String { source.hasSuffix(".yaml") ? String(source.dropLast(5)) : source }
}
