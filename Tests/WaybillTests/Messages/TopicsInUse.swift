import Testing
import Waybill

@Suite struct `A topic in use` {
    private static func letters(version: Int, topic: String) -> WorkflowText {
        WorkflowText(
            """
            id: letter
            version: \(version)
            commands:
              place: {data: {buyer: text}}
              end: {}
            context: {buyer: text}
            initial: open
            entry: [{send: {topic: \(topic), tag: placed}}]
            states:
              open: {on: {end: closed}}
              closed: {type: final}
            """, source: "letter.yaml")
    }

    @Test func `is not deleted under the workflow that sends to it, until another version does not`() async throws {
        let book = try OrderBook.inMemory(
            workflows: [Self.letters(version: 1, topic: "post")], world: .virtual(VirtualClock(start: noon)))
        let refusal = MessageRefusal.topicInUse("post", workflows: ["letter"], modules: [])
        await #expect(throws: refusal) { try await book.messages.deleteTopic("post") }
        #expect(
            refusal.code == "topic_in_use"
                && refusal.message == "the topic post cannot be deleted: the workflow letter sends to it")
        #expect(try await book.messages.topic("post") != nil)
        try await book.keepWorkflow(Self.letters(version: 2, topic: "parcels"))
        try await book.messages.deleteTopic("post")
        #expect(try await book.messages.topic("post") == nil)
    }

    @Test func `is not deleted under the installed modules that read it, until their groups are`() async throws {
        let book = try await bookWithTopics()
        for name in ["visits", "ads"] as [GroupName] {
            try await book.install(HandlerModule(name, [Subscription("normal")]) { _, _, _ in })
        }
        try await book.messages.createGroup("reader")
        try await book.messages.subscribe("reader", Subscription("fifo"))
        await #expect(throws: MessageRefusal.topicInUse("normal", workflows: [], modules: ["ads", "visits"])) {
            try await book.messages.deleteTopic("normal")
        }
        // A group that is no module's only misses its messages.
        try await book.messages.deleteTopic("fifo")
        try await book.messages.deleteGroup("visits")
        await #expect(throws: MessageRefusal.topicInUse("normal", workflows: [], modules: ["ads"])) {
            try await book.messages.deleteTopic("normal")
        }
        try await book.messages.deleteGroup("ads")
        try await book.messages.deleteTopic("normal")
        #expect(try await book.messages.topic("normal") == nil)
    }
}
