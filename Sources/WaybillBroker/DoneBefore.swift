package import WaybillCore
package import WaybillTimeouts

/// A verb that can only have been done before, as what it was about is not there any more: under its key its caller
/// gets the answer of that time, else the refusal.
package struct DoneBefore: BrokerVerb {
    private let refusal: MessageRefusal

    package init(orElse refusal: MessageRefusal) { self.refusal = refusal }

    package func perform(on broker: Broker, in write: borrowing Write) throws -> BrokerReply<Void> {
        .refused(refusal)
    }
}
