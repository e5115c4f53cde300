import WaybillBroker
public import WaybillCore
import WaybillEngine

/// Topics.
extension Messages {
    /// Makes a topic. Topics that a workflow names are made when it is opened, and are mixed.
    @discardableResult
    public func createTopic(
        _ name: TopicName, _ settings: TopicSettings = TopicSettings()
    ) async throws(MessageRefusal) -> TopicView {
        try await ask(CreateTopic(name, settings))
    }

    /// Changes the rules of a topic; what lies in it stays.
    @discardableResult
    public func updateTopic(_ name: TopicName, _ settings: TopicSettings) async throws(MessageRefusal) -> TopicView {
        try await ask(UpdateTopic(name, settings))
    }

    /// Puts a topic out of reach at once; its messages are deleted gradually. Refused while delayed or half messages
    /// wait to become visible in it, or calls of orders wait for their answers, and while a workflow that takes orders
    /// sends to it or an installed module reads it.
    public func deleteTopic(_ name: TopicName) async throws(MessageRefusal) {
        let first = try await readingOnThread { (messages) throws(MessageRefusal) in
            try messages.reading { try messages.engine.messages.undecided(in: name) }
        }
        try await ask(DeleteTopic(name, from: first))
    }

    /// The topics after one of them, in the order in which they were made, at most 1,000.
    public func topics(after name: TopicName? = nil, limit: Int = 1_000) async throws(MessageRefusal) -> [TopicView] {
        try await readingOnThread { (messages) throws(MessageRefusal) in
            try messages.topics(after: name, limit: limit)
        }
    }

    /// One topic, or nil.
    public func topic(_ name: TopicName) async throws(MessageRefusal) -> TopicView? {
        try await readingOnThread { (messages) throws(MessageRefusal) in try messages.topic(name) }
    }
}
