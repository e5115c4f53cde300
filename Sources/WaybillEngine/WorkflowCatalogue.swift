package import WaybillCore
package import WaybillStore

/// A workflow together with the number under which its text lies in the file.
package struct OpenWorkflow: Sendable {
    package let number: WorkflowNumber
    package let workflow: Workflow
}

/// Every workflow text of the file, and which version of each name takes new orders.
///
/// An order is pinned to the text that it was placed under, so old texts stay and are compiled when first needed.
final class WorkflowCatalogue {
    /// Compiles a text that was stored earlier.
    typealias Compiler = @Sendable (Text) throws -> Workflow

    private let compile: Compiler
    private var texts: [WorkflowNumber: WorkflowRow] = [:]
    private var compiled: [WorkflowNumber: OpenWorkflow] = [:]
    private var current: [WorkflowName: WorkflowNumber] = [:]

    init(compile: @escaping Compiler) { self.compile = compile }

    /// Learns the texts of the file; the newest of a name takes new orders.
    func load(_ rows: [WorkflowRow]) {
        for row in rows {
            texts[row.number] = row
            current[row.name] = row.number
        }
    }

    /// Makes this version the one that takes new orders of its name.
    func open(_ workflow: Workflow, row: WorkflowRow) {
        texts[row.number] = row
        compiled[row.number] = OpenWorkflow(number: row.number, workflow: workflow)
        current[workflow.name] = row.number
    }

    func workflow(_ number: WorkflowNumber) throws -> OpenWorkflow {
        if let open = compiled[number] { return open }
        guard let row = texts[number] else {
            throw EngineFailure.unknownWorkflowNumber(number.number)
        }
        let open = OpenWorkflow(number: number, workflow: try compile(row.text))
        compiled[number] = open
        return open
    }

    /// The version of a name that takes new orders, or nil.
    func current(_ name: WorkflowName) throws -> OpenWorkflow? {
        guard let number = current[name] else { return nil }
        return try workflow(number)
    }

    var names: [WorkflowName] { current.keys.sorted() }
}

/// Why the engine cannot go on with a file: damage, never a caller's mistake.
package enum EngineFailure: Error, Sendable, CustomStringConvertible {
    case unknownWorkflowNumber(Int64)
    /// A stored text cannot be read: which row, and what is wrong.
    case damaged(String)

    package var description: String {
        switch self {
        case .unknownWorkflowNumber(let number): "the file names workflow \(number), whose text it does not hold"
        case .damaged(let what): "the file is damaged: \(what); run `waybill verify` on it"
        }
    }
}
