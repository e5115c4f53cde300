import Synchronization
package import WaybillBroker
package import WaybillCore

/// Producers of half messages: who is there to be asked, and what they are asked.
extension Engine {
    /// A producer is there to be asked about its half messages, until it disconnects. `wake` must not wait; it says
    /// that ``takeCheckBacks(_:limit:)`` has something.
    package func connectProducer(
        _ name: Text, wake: @escaping @Sendable () -> Void
    ) throws(MessageFlaw) -> CheckBackQueue.Session {
        try settings.broker.limits.check(producer: name)
        let session = checkBacks.connect(name, wake: wake)
        if checkBacks.hasMissed(name) { _ = perform(WakeMissed(of: name)) }
        return session
    }

    package func disconnectProducer(_ session: CheckBackQueue.Session) { checkBacks.disconnect(session) }

    /// The questions that wait for a producer. They count as sent from now on, so their taker sends them, or
    /// gives them back.
    ///
    /// - Parameter bytesMax: bytes of bodies with which no further question is taken.
    package func takeCheckBacks(
        _ session: CheckBackQueue.Session, limit: Int, bytesMax: Int = .max
    ) throws -> [CheckBack] {
        if checkBacks.hasMissed(session.producer), checkBacks.hasRoom(for: session.producer) {
            _ = perform(WakeMissed(of: session.producer))
        }
        let numbers = checkBacks.hand(to: session, limit: limit)
        let (questions, read) = try messages.checkBacks(numbers, bytesMax: bytesMax)
        checkBacks.takeBack(Array(numbers.dropFirst(read)))
        if !questions.isEmpty { _ = perform(CountSent(questions.map(\.transaction))) }
        return questions
    }

    /// Questions that wait for a producer or for its answer.
    package var checksInFlight: Int { checkBacks.count }

    /// From now on half messages of this producer are answered here, in the write in which the question is due.
    package func answer(_ producer: Text, with checker: HalfMessageChecker) {
        writer.withLock { $0.broker.checkers[producer] = checker }
    }

    /// Reads how full the disk is, on which it depends whether messages and orders are taken.
    package func lookAtDisk() { disk.look() }
}
