package import WaybillCore
package import WaybillTimeouts

extension StockCommand: EngineVerb {
    package func perform(by writer: Writer, in write: inout Write) throws -> Result<StockReceipt, Refusal>? {
        try writer.handler.handle(self, in: write)
    }

    package func refused(_ refusal: Refusal) -> Result<StockReceipt, Refusal> { .failure(refusal) }
    package func refusals(in reply: Result<StockReceipt, Refusal>) -> [RefusedReply] { reply.refusals }
    package func account(in engine: Engine) -> Account { Account(caller: caller) }
}
