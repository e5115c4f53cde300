/// The keys of a message in the one column that it has for them.
///
/// Joined by U+001F, which no key may contain: a key may have spaces, as RocketMQ's separator would not allow.
package enum MessageKeys {
    private static let separator: Character = "\u{1F}"

    /// Nil: the message has no key.
    package static func joined(_ keys: [Text]) -> Text? {
        keys.isEmpty ? nil : Text(keys.map(\.string).joined(separator: String(separator)))
    }

    package static func split(_ stored: Text?) -> [Text] {
        guard let stored, !stored.isEmpty else { return [] }
        return stored.string.split(separator: separator).map { Text(String($0)) }
    }
}
