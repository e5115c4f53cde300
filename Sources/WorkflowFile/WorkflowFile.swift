import Crypto
package import WaybillCore

/// Workflow files: YAML or JSON text in, a checked ``Workflow`` or findings out.
///
/// A file is a statechart in the words of XState with the meaning of SCXML, and data with types. Top-level keys:
///
/// | key | what it says |
/// |---|---|
/// | `id`, `version` | the workflow's name and its version for people; the engine goes by the hash of the text |
/// | `commands` | what may be sent: typed `data:`, roles (`by:`), a natural key. The first places the order |
/// | `context` | what an order knows: typed fields and keyed collections with a bound |
/// | `attributes` | up to 8 context fields that lists of orders can be filtered by |
/// | `derive` | named expressions over the context; each may use those before it |
/// | `invariants` | conditions that hold after every step, else the command is refused with their text |
/// | `status` | the one word that a buyer sees |
/// | `states` and all that a state has | the root state: see `OutlineReader+States.swift` |
///
/// Types and commands are described in `OutlineReader+Data.swift`, actions in `OutlineReader+Actions.swift` and
/// `OutlineReader+Effects.swift`, expressions in WaybillCore.
package enum WorkflowFile {
    /// Reads a workflow and tells everything that is wrong or doubtful. The workflow is nil when there is an error.
    package static func check(_ text: String) -> (workflow: Workflow?, findings: [WorkflowFinding]) {
        check(bytes: Array(text.utf8), tryingFacts: true)
    }

    /// Reads a workflow from the bytes of a file, which may be no text at all.
    ///
    /// - Parameter tryingFacts: whether small orders are led through it, to find invariants that refuse facts.
    package static func check(
        bytes: [UInt8], tryingFacts: Bool = false
    ) -> (workflow: Workflow?, findings: [WorkflowFinding]) {
        read(bytes, judging: tryingFacts ? .wholly : .forErrors)
    }

    /// Reads a workflow; warnings do not stop it.
    ///
    /// - Parameter name: what errors call the text, for example the file's name.
    package static func load(_ text: String, name: String = "workflow") throws(WorkflowFileError) -> Workflow {
        try accepted(read(Array(text.utf8), judging: .forErrors), name: name)
    }

    /// Reads a text that was accepted before, maybe by an earlier release: what it says is checked, not whether it is
    /// wise. Orders that run under it must not stop because a later release has learned to see more.
    package static func load(stored text: String) throws(WorkflowFileError) -> Workflow {
        try accepted(read(Array(text.utf8), judging: .notAtAll), name: "stored workflow")
    }

    /// How far a text is judged besides what it says.
    enum Judgement {
        case notAtAll
        /// What keeps it from being used; and warnings that cost nothing.
        case forErrors
        /// With small orders that are led through it.
        case wholly
    }

    private static func accepted(
        _ read: (workflow: Workflow?, findings: [WorkflowFinding]), name: String
    ) throws(WorkflowFileError) -> Workflow {
        if let workflow = read.workflow { return workflow }
        throw WorkflowFileError(name: name, findings: read.findings)
    }

    private static func read(
        _ bytes: [UInt8], judging judgement: Judgement
    ) -> (workflow: Workflow?, findings: [WorkflowFinding]) {
        let log = FindingLog(source: SourceText(bytes))
        var workflow: Workflow?
        if let root = DocumentReader.read(bytes, log: log) {
            switch judgement {
            case .notAtAll: break
            case .forErrors, .wholly: ZeroCharacters(log: log).refuse(in: root)
            }
            if let outline = OutlineReader.read(root, log: log) {
                var builder = WorkflowBuilder(outline, log: log)
                workflow = builder.build(hash: hash(of: bytes), meaning: root.meaning, judging: judgement)
            }
        }
        return (workflow, log.findings.sorted { ($0.line, $0.column) < ($1.line, $1.column) })
    }

    /// The id of a version: the SHA-256 of its text in lower-case hex.
    package static func hash(of bytes: [UInt8]) -> WorkflowHash {
        var hash = SHA256()
        bytes.withUnsafeBytes { hash.update(bufferPointer: $0) }
        return WorkflowHash(hexadecimal(hash.finalize()))
    }
}
