package import WaybillCore
package import WaybillStore

/// The ids of messages that events sent follow from the event: its position and digest, and the message's place.
extension TableReader where Self: ~Copyable {
    /// The id of a stored message.
    package func messageID(of message: MessageRow) throws(StoreFailure) -> MessageID {
        if let id = message.id { return MessageID(id) }
        let event = message.event ?? Position(0)
        guard try event > lastPlainID(), let digest = try digest(of: event) else {
            return MessageID(event: event, ordinal: message.ordinal)
        }
        return MessageID(event: event, ordinal: message.ordinal, digest: digest)
    }

    /// The event and the place among its messages that an id stands for; nil: there is no such event here. Where old
    /// ids have no digest, one that has it is found too.
    func sender(of id: MessageID) throws(StoreFailure) -> (event: Position, ordinal: Int64)? {
        guard let (event, ordinal, digest) = id.sentBy else { return nil }
        if digest == nil { return try event > lastPlainID() ? nil : (event, ordinal) }
        return try self.digest(of: event) == digest ? (event, ordinal) : nil
    }
}
