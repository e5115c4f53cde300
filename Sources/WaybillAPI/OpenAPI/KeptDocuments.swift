import Synchronization
package import WaybillCore

/// The documents of a server, each built once for the workflows that it describes.
package final class KeptDocuments: Sendable {
    private let kept = Mutex<[[WorkflowHash]: [UInt8]]>([:])

    package init() {}

    /// The document about workflows of these hashes; none: that of the operations alone.
    ///
    /// - Parameter build: makes it, when it is not there.
    package func document(
        of hashes: [WorkflowHash], _ build: () throws(Problem) -> [UInt8]
    ) throws(Problem) -> [UInt8] {
        if let document = kept.withLock({ $0[hashes] }) { return document }
        let document = try build()
        kept.withLock { kept in
            // Of the workflows that took orders before, nothing is asked any more.
            kept = kept.filter { $0.key.isEmpty }
            kept[hashes] = document
        }
        return document
    }
}
