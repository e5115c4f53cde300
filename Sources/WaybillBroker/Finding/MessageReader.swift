package import WaybillCore
package import WaybillStore

/// What is asked about topics and messages without changing them. Reads from snapshots, so it delays no write.
package struct MessageReader: Sendable {
    /// The longest page that one question may ask for.
    package static let pageMax = 1_000

    let store: Store
    let seal: Seal
    let settings: BrokerSettings
    let contents: any EventContents
    let ring: TraceRing

    /// The topics that exist, after one of them in the order in which they were made; nil: from the first.
    package func topics(after name: TopicName? = nil, limit: Int) throws -> [TopicView] {
        let limit = min(max(1, limit), Self.pageMax)
        return try store.read { rows in
            var after = TopicNumber(0)
            if let name { after = try rows.topic(name) ?? after }
            var views: [TopicView] = []
            var walk = PageWalk(after: after, by: \TopicRow.number, limit: limit)
            while views.count < limit, let page = try walk.next({ try rows.topics(after: $0, limit: $1) }) {
                views += page.filter { $0.deletedAt == nil }.prefix(limit - views.count).map(\.view)
            }
            return views
        }
    }

    package func topic(_ name: TopicName) throws -> TopicView? {
        try store.read { rows in try rows.topicRow(name)?.view }
    }

    /// One page of the half messages without a decision, parked ones included; nil: from the first. Nothing of
    /// what they say is in it.
    package func halfMessages(
        after number: PendingMessageNumber?, limit: Int
    ) throws -> (views: [HalfMessageView], last: PendingMessageNumber?) {
        let limit = min(max(1, limit), Self.pageMax)
        return try store.read { rows in
            let undecided = try rows.undecidedMessages(after: number ?? PendingMessageNumber(0), limit: limit)
            var views: [HalfMessageView] = []
            for row in undecided {
                guard let topic = try rows.topic(row.topic) else { continue }
                let producer = row.producer ?? ""
                let journal = JournalProducer(stored: producer)
                views.append(
                    HalfMessageView(
                        id: try rows.messageID(of: row.message), topic: topic.name,
                        producer: journal?.caller ?? producer,
                        transaction: seal.handle(of: row.number, in: topic.number, for: .transaction),
                        preparedAt: row.message.bornAt, checks: row.checks, nextCheckAt: row.due,
                        isAnsweredByJournal: journal != nil))
            }
            return (views, undecided.count == limit ? undecided.last?.number : nil)
        }
    }

    /// Questions that a producer took, with what its messages say. The caller that sends them on reports it with
    /// ``CountSent``.
    ///
    /// - Parameter bytesMax: bytes of bodies with which no further question is read.
    /// - Returns: beside the questions, how many of the numbers were looked at.
    package func checkBacks(
        _ numbers: [PendingMessageNumber], bytesMax: Int = .max
    ) throws -> (questions: [CheckBack], read: Int) {
        guard !numbers.isEmpty else { return ([], 0) }
        return try store.read { rows in
            var (questions, read, bytes) = ([CheckBack](), 0, 0)
            for number in numbers {
                guard bytes < bytesMax else { break }
                read += 1
                guard let row = try rows.pendingMessage(number), row.state == .half,
                    let topic = try rows.topic(row.topic)
                else { continue }
                let question = try checkBack(row, topic)
                bytes += question.message.body.count
                questions.append(question)
            }
            return (questions, read)
        }
    }

    private func checkBack(_ row: PendingMessageRow, _ topic: TopicRow) throws -> CheckBack {
        let content = try MessageContent(row.message, event: nil)
        var message = NewMessage(
            to: topic.name, body: content.body, tag: row.message.tag, keys: content.keys,
            messageGroup: content.messageGroup, priority: Int(clamping: row.priority), properties: content.properties,
            lane: row.lane, id: content.id, trace: content.trace)
        message.faceNote = content.faceNote
        return CheckBack(
            message: message, id: content.id,
            transaction: seal.handle(of: row.number, in: topic.number, for: .transaction),
            preparedAt: row.message.bornAt, count: row.nextCheck,
            isLast: row.nextCheck >= settings.checkBacks.checksMax)
    }
}

extension PendingMessageRow {
    /// The number of the next question. A damaged count ends at a bound far above the last question.
    var nextCheck: Int64 { min(max(checks, 0), 1 << 30) + 1 }
}
