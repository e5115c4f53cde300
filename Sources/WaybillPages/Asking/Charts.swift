import Synchronization
import WaybillCore
import WorkflowFile

/// Workflows that pages have read, by the hash of their text: a text never changes.
final class Charts: Sendable {
    private static let countMax = 64
    private let kept = Mutex<[String: Workflow]>([:])

    /// The workflow under which an order runs; nil: its text cannot be had or read.
    func workflow(_ name: String, hash: String, by asker: Asker) async -> Workflow? {
        if let workflow = kept.withLock({ $0[hash] }) { return workflow }
        let target = Target("/v1/workflows", name).then("versions").then(hash).string
        let text: String
        do throws(Refused) { text = try await asker.text(target, as: "application/yaml") } catch { return nil }
        let workflow: Workflow
        do throws(WorkflowFileError) { workflow = try WorkflowFile.load(stored: text) } catch { return nil }
        kept.withLock { kept in
            if kept.count >= Self.countMax { kept = [:] }
            kept[hash] = workflow
        }
        return workflow
    }
}
