import WaybillBroker
package import WaybillCore
package import WaybillTimeouts

extension Command: EngineVerb {
    package func perform(by writer: Writer, in write: inout Write) throws -> Answer? {
        if let percent = writer.broker.disk.percentTooLittleForOrders {
            return .refused(.diskNearlyFull(freePercent: percent))
        }
        return try writer.handler.handle(self, in: &write)
    }

    package func refused(_ refusal: Refusal) -> Answer { .refused(refusal) }
    package func refusals(in reply: Answer) -> [RefusedReply] { reply.refusals }
    package var subject: RequestSubject? { RequestSubject(order: order, caller: caller, key: key) }
    package func account(in engine: Engine) -> Account { engine.account(of: self) }
    package func refusalWithoutWrite(of engine: Engine) async -> Refusal? { await engine.refusalWithoutWrite(self) }
}
