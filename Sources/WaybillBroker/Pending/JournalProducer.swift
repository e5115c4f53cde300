package import WaybillCore

/// The producer of a half message about which the journal is asked: in the row of the message its name has a prefix
/// that no producer's name can have.
package struct JournalProducer: Hashable, Sendable {
    private static let prefix = "$journal:"

    /// Who sends the command on which the message depends.
    package let caller: Text

    package init(of caller: Text) { self.caller = caller }

    /// Nil: the producer of this row is asked itself.
    package init?(stored: Text) {
        // By bytes: a letter with an accent behind the prefix makes another character of its end, but the same bytes.
        let bytes = stored.string.utf8
        guard bytes.starts(with: Self.prefix.utf8) else { return nil }
        caller = Text(String(Substring(bytes.dropFirst(Self.prefix.utf8.count))))
    }

    /// As it stands in the row.
    var stored: Text { Text(Self.prefix + caller.string) }
}
