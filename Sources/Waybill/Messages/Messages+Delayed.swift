import WaybillBroker
public import WaybillCore

/// Messages that become visible later.
extension Messages {
    /// One page of the delayed messages by the time at which they become visible, of one topic or of all. A page of one
    /// topic may be short, even empty, while `next` says that there is more.
    ///
    /// - Parameter token: where the last page ended; nil: from the first.
    public func delayed(
        in topic: TopicName? = nil, after token: PageToken? = nil, limit: Int = 100
    ) async throws(MessageRefusal) -> Page<DelayedMessageView> {
        try await readingOnThread { (messages) throws(MessageRefusal) in
            try messages.delayed(in: topic, after: token, limit: limit)
        }
    }

    /// The same for scripts and virtual worlds: the caller's thread waits.
    public func delayed(
        in topic: TopicName? = nil, after token: PageToken? = nil, limit: Int = 100
    ) throws(MessageRefusal) -> Page<DelayedMessageView> {
        var digest = Digest()
        digest.add("delayed messages")
        digest.add(topic?.text)
        let scope = UInt64(bitPattern: digest.value)
        var last: DelayedPlace?
        if let token {
            guard let place = token.place(of: 2, in: scope), let due = Int64(place[0].string),
                let number = Int64(place[1].string)
            else { throw .badCursor }
            last = DelayedPlace(due: Moment(milliseconds: due), number: number)
        }
        return try reading { [last] in
            let found = try engine.messages.delayedMessages(in: topic, after: last, limit: limit)
            let next = found.next.map { place in
                PageToken(place: [Text("\(place.due.milliseconds)"), Text("\(place.number)")], scope: scope)
            }
            return Page(elements: found.views, next: next)
        }
    }
}
