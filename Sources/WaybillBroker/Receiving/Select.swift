import WaybillCore
import WaybillStore

/// Selecting: whose a message is, by the filters of the group.
extension Receiver {
    /// Reads one message and decides what is to become of it.
    func select(_ one: inout Candidate, _ scan: Scan, _ rows: borrowing Snapshot) throws {
        // Beyond all offsets nothing lies, and a damaged row that says so is none of a message.
        guard (0...MessagePlace.offsetMax).contains(one.offset),
            let message = try rows.message(at: scan.key.place(one.offset))
        else { return }
        one.message = message
        guard try !isDeleted(message, scan) else { return }
        let needsProperties =
            scan.origin != nil || scan.filter.readsProperties || scan.others.contains { $0.readsProperties }
        let properties = needsProperties ? try MessageContent.properties(message.message.properties) : [:]
        let isOfTopic = scan.origin.map { properties[MessageContent.originTopic] == $0.text } ?? true
        if isOfTopic, scan.filter.matches(tag: message.message.tag, properties: properties) {
            let event = try message.message.event.flatMap { position in
                try contents.content(
                    of: message.message, by: position, needsBody: message.message.body == nil, in: rows)
            }
            let content = try MessageContent(message.message, event: event)
            one.messageGroup = scan.isFIFO ? content.messageGroup : nil
            one.verdict = .wanted(content)
        } else if !isOfTopic
            || scan.others.contains(where: { $0.matches(tag: message.message.tag, properties: properties) })
        {
            one.verdict = .left
            if scan.isFIFO, one.messageGroup == nil {
                let event = try message.message.event.flatMap { position in
                    try contents.content(of: message.message, by: position, needsBody: false, in: rows)
                }
                one.messageGroup = message.message.messageGroup ?? event?.order.text
            }
        } else {
            one.verdict = .skipped
        }
    }

    /// Whether only the place of a dead letter is left: it is missing for other groups that read their topic too.
    private func isDeleted(_ message: StoredMessage, _ scan: Scan) throws -> Bool {
        guard message.message.body?.isEmpty == true, scan.topic.name.isDeadLetters else { return false }
        return try MessageContent.properties(message.message.properties)[Broker.deletedAtProperty] != nil
    }
}
