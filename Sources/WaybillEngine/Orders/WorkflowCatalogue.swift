import Synchronization
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
/// Readers ask it too, so it has a lock of its own and does not wait for the writer.
final class WorkflowCatalogue: Sendable {
    /// Compiles a text that was stored earlier.
    typealias Compiler = @Sendable (Text) throws -> Workflow

    private struct State {
        var texts: [WorkflowNumber: WorkflowRow] = [:]
        var compiled: [WorkflowNumber: OpenWorkflow] = [:]
        var current: [WorkflowName: WorkflowNumber] = [:]
        /// Texts that do not compile any more: they never will in this release.
        var unreadable: Set<WorkflowNumber> = []
    }

    let compile: Compiler
    private let state: Mutex<State>

    /// - Parameters:
    ///   - stored: the texts of the file.
    ///   - current: those that take new orders, by name.
    ///   - opened: workflows that are compiled already.
    init(
        stored: [WorkflowRow], current: [WorkflowName: WorkflowNumber], opened: [Workflow], compile: @escaping Compiler
    ) {
        self.compile = compile
        var state = State()
        state.current = current
        for row in stored { state.texts[row.number] = row }
        for workflow in opened {
            guard let row = stored.first(where: { $0.hash == workflow.hash }) else { continue }
            state.compiled[row.number] = OpenWorkflow(number: row.number, workflow: workflow)
        }
        self.state = Mutex(state)
    }

    func workflow(_ number: WorkflowNumber) throws -> OpenWorkflow {
        if let open = state.withLock({ $0.compiled[number] }) { return open }
        guard let row = state.withLock({ $0.texts[number] }) else {
            throw EngineFailure.unknownWorkflowNumber(number.number)
        }
        let compiled = OpenWorkflow(number: number, workflow: try compile(row.text))
        state.withLock { $0.compiled[number] = compiled }
        return compiled
    }

    /// The name of a stored text, also of one that does not compile any more; nil: there is no such text.
    func name(of number: WorkflowNumber) -> WorkflowName? { state.withLock { $0.texts[number]?.name } }

    /// The version of a name that takes new orders, or nil.
    func current(_ name: WorkflowName) throws -> OpenWorkflow? {
        guard let number = state.withLock({ $0.current[name] }) else { return nil }
        return try workflow(number)
    }

    /// Knows one more stored text, which takes no orders.
    func add(_ row: WorkflowRow) { state.withLock { $0.texts[row.number] = row } }

    /// Lets a stored text take the new orders of its name.
    func makeCurrent(_ row: WorkflowRow) {
        state.withLock { state in
            state.texts[row.number] = row
            state.current[row.name] = row.number
        }
    }

    var names: [WorkflowName] { state.withLock { $0.current.keys.sorted() } }

    /// The names of all texts of the file, also of those that do not compile any more.
    var allNames: Set<WorkflowName> { state.withLock { Set($0.texts.values.map(\.name)) } }

    /// Every text of the file, compiled, old ones too; nil: one does not compile any more, and what it says is not
    /// known.
    func all() -> [Workflow]? {
        let (numbers, isReadable) = state.withLock { ($0.texts.keys.sorted(), $0.unreadable.isEmpty) }
        guard isReadable else { return nil }
        var all: [Workflow] = []
        for number in numbers {
            do {
                all.append(try workflow(number).workflow)
            } catch {
                state.withLock { _ = $0.unreadable.insert(number) }
                return nil
            }
        }
        return all
    }

    /// The workflow that takes orders and was probably meant by a name that none has.
    func meant(by name: WorkflowName) -> String? {
        nearestName(to: name.text, among: names.map(\.text))?.string
    }

    /// The names whose texts that take new orders send to a topic, sorted.
    func senders(to topic: TopicName) -> [WorkflowName] {
        names.filter { name in
            // A text that does not compile any more sends nothing, and placing an order under it says so.
            do { return try current(name)?.workflow.topics.contains(topic) ?? false } catch { return false }
        }
    }

    /// The attributes that any text of the file declares, old ones too.
    func attributeNames() throws -> Set<Text> {
        let numbers = state.withLock { Array($0.texts.keys) }
        return try numbers.reduce(into: []) { names, number in
            let workflow = try workflow(number).workflow
            for slot in workflow.attributes { names.insert(workflow.context.fields[slot].name) }
        }
    }
}

/// Why the engine cannot go on with a file: damage, never a caller's mistake.
package enum EngineFailure: Error, Sendable, CustomStringConvertible {
    case unknownWorkflowNumber(Int64)
    /// A history speaks of a text that neither it nor the file has, or whose hash is another.
    case otherText(WorkflowName, hash: WorkflowHash)
    /// A stored text cannot be read: which row, and what is wrong.
    case damaged(String)

    package var description: String {
        switch self {
        case .unknownWorkflowNumber(let number): "the file names workflow \(number), whose text it does not hold"
        case .otherText(let name, let hash):
            "the text \(hash) of the workflow \(name) is not there, or what is given as it has another hash or name"
        case .damaged(let what): "the file is damaged: \(what); run `waybill verify` on it"
        }
    }
}
