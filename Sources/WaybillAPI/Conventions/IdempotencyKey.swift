import WaybillCore

/// The key of a request: `"cart-42"` and `cart-42` are the same.
enum IdempotencyKey {
    static let bytesMax = 255

    static func read(_ headers: CallHeaders, rule: Operation.KeyRule) throws(Problem) -> Text? {
        switch rule {
        case .none: return nil
        case .taken, .required: break
        }
        guard let sent = try headers.single(.idempotencyKey) else {
            if rule == .required {
                throw Problem(
                    .keyMissing,
                    "send the header Idempotency-Key with your name for this request, so that it can be sent "
                        + "again when no answer comes, and is done once")
            }
            return nil
        }
        var key = sent
        if key.hasPrefix("\""), key.hasSuffix("\""), key.utf8.count >= 2 { key = String(key.dropFirst().dropLast()) }
        let isPrintable = key.utf8.allSatisfy { (0x20...0x7E).contains($0) && $0 != 0x22 }
        guard (1...bytesMax).contains(key.utf8.count), isPrintable else {
            throw Problem(.badKey, "Idempotency-Key has 1 to \(bytesMax) printable ASCII characters")
        }
        return Text(key)
    }
}
