import Crypto
import WaybillCore

extension DocumentNode {
    /// The SHA-256 of what a document says, in lower-case hex: its keys and texts in their order. Comments, quotes,
    /// blanks between them, and whether it is written as YAML or as JSON make no difference.
    var meaning: WorkflowHash {
        var hash = SHA256()
        add(to: &hash)
        return WorkflowHash(hexadecimal(hash.finalize()))
    }

    /// Each part begins with its kind and its length, so that no two documents are written alike.
    private func add(to hash: inout SHA256) {
        switch content {
        case .scalar(let scalar):
            // An empty value without quotes is nothing, and not an empty text.
            hash.update(data: Array("\(isEmpty ? "n" : "s")\(scalar.text.utf8.count):\(scalar.text)".utf8))
        case .sequence(let items):
            hash.update(data: Array("l\(items.count):".utf8))
            for item in items { item.add(to: &hash) }
        case .mapping(let pairs):
            hash.update(data: Array("m\(pairs.count):".utf8))
            for pair in pairs {
                pair.key.add(to: &hash)
                pair.value.add(to: &hash)
            }
        }
    }
}

/// Bytes as lower-case hexadecimal digits.
func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    for byte in bytes { text += [digits[Int(byte >> 4)], digits[Int(byte & 15)]] }
    return String(decoding: text, as: UTF8.self)
}
