import WaybillBroker
public import WaybillCore
import WaybillEngine

/// A dead letter with the message that it is a copy of.
public struct DeadLetterView: Hashable, Sendable {
    public let letter: DeadLetter
    public let message: MessageView
}

/// What groups have given up, page by page and one by one.
extension Messages {
    /// One page of what a group has given up, the oldest first, at most 1,000. A page may be short, even empty, while
    /// `next` says that there is more.
    ///
    /// - Parameter token: where the last page ended; nil: from the first.
    public func deadLetters(
        of group: GroupName, after token: PageToken?, limit: Int = 100
    ) async throws(MessageRefusal) -> Page<DeadLetter> {
        try await readingOnThread { (messages) throws(MessageRefusal) in
            try messages.deadLetters(of: group, after: token, limit: limit)
        }
    }

    /// The same for scripts and virtual worlds: the caller's thread waits.
    public func deadLetters(
        of group: GroupName, after token: PageToken?, limit: Int = 100
    ) throws(MessageRefusal) -> Page<DeadLetter> {
        let scope = Self.deadLetters(of: group)
        var offset: Int64 = 0
        if let token {
            guard let number = token.number(in: scope) else { throw .badCursor }
            offset = number
        }
        let found = try reading { [offset] in
            try engine.messages.deadLetters(of: group, from: offset, limit: limit)
        }
        guard let found else { throw .unknownGroup(group) }
        return Page(
            elements: found.letters.map(\.letter), next: found.next.map { PageToken(number: $0, scope: scope) })
    }

    /// The dead letters of a group that had this id as messages: one, unless its producer has sent it twice.
    public func deadLetters(
        of group: GroupName, id: MessageID
    ) async throws(MessageRefusal) -> [DeadLetterView] {
        try await readingOnThread { (messages) throws(MessageRefusal) in try messages.deadLetters(of: group, id: id) }
    }

    /// The same for scripts and virtual worlds: the caller's thread waits.
    public func deadLetters(of group: GroupName, id: MessageID) throws(MessageRefusal) -> [DeadLetterView] {
        guard let found = try reading({ try engine.messages.deadLetters(of: group, id: id) }) else {
            throw .unknownGroup(group)
        }
        return found.letters.map { DeadLetterView(letter: $0.letter.letter, message: $0.message) }
    }

    /// What tells pages of a group's dead letters from those of other lists.
    private static func deadLetters(of group: GroupName) -> UInt64 {
        var digest = Digest()
        digest.add("dead letters")
        digest.add(group.text)
        return UInt64(bitPattern: digest.value)
    }
}
