import Testing
import WaybillCore

@Suite struct `A refusal` {
    @Test func `stays on one line, whatever the ids in it are`() {
        let evil = "o\n\u{1B}[2J\u{202E}\u{7F}\u{9B}x"
        let refusals: [Refusal] = [
            .unknownOrder(OrderID(evil)), .keyReused(key: evil),
            .remembered(code: "x", message: evil, values: RefusalValues()),
            .notPossible(EventName("pay"), status: evil, states: [evil], guards: [Refusal.Condition(evil)]),
        ]
        for refusal in refusals {
            #expect(refusal.message.contains("o\\n\\u{1b}[2J\\u{202e}\\u{7f}\\u{9b}x"), "\(refusal.message)")
            #expect("\(refusal)" == refusal.message)
        }
        #expect(MessageRefusal.topicExists(TopicName(evil)).message.contains("o\\n\\u{1b}"))
        #expect(Refusal.unknownOrder("größe-7").message == "there is no order größe-7; place it first")
    }
}
