import Testing
import WaybillBroker
import WaybillCore
import WaybillEngine
import WaybillStore

@Suite struct `Bug 0204: a caller's name begins with an accent` {
    /// With the mark before it the accent makes one character of both, and the mark was not seen.
    @Test func `the journal answers for it all the same`() throws {
        let desk = try SendingDesk()
        try desk.make("orders")
        let message = NewMessage(to: "orders", body: [1], keys: ["o-1"])
        let caller: Text = "\u{301}ann"
        let prepared = try desk.ask(Prepare(message, producer: caller, firstCheck: nil, isAnsweredByJournal: true))
        #expect(prepared.refusal == nil)
        let view = try #require(try desk.engine.messages.halfMessages(after: nil, limit: 9).views.first)
        #expect(view.isAnsweredByJournal && view.producer == caller)
    }
}
