import Synchronization
package import WaybillCore
package import WaybillStore

/// Where questions about half messages wait for their producers, in memory: what is lost with the process is asked
/// again at its next time.
///
///     due ──post──► waiting for the producer ──hand──► in flight ──end (answered, or due again)──► gone
///                              ▲                           │
///                              └── takeBack (its taker has gone)
///
/// A question is counted when a producer has been sent it, never when it only waited here.
package final class CheckBackQueue: Sendable {
    /// One connection of a producer: who is there to be asked.
    package struct Session: Hashable, Sendable {
        package let producer: Text
        let number: UInt64
    }

    private struct Question {
        var number: PendingMessageNumber
        var isTaken = false
    }

    private struct Producer {
        /// Live sessions, each with what wakes it.
        var sessions: [UInt64: @Sendable () -> Void] = [:]
        /// Waiting and in flight, in the order of their times.
        var questions: [Question] = []
        /// Due while no producer was there, to be asked when one comes.
        var missed: Set<PendingMessageNumber> = []

        var isIdle: Bool { sessions.isEmpty && questions.isEmpty && missed.isEmpty }
    }

    private struct State {
        var producers: [Text: Producer] = [:]
        var allowances: CheckAllowances
        var owners: [PendingMessageNumber: Text] = [:]
        /// Who missed each question, in all as many as may be noted.
        var missed: [PendingMessageNumber: Text] = [:]
        var lastSession: UInt64 = 0

        mutating func forgetMissed(_ number: PendingMessageNumber) {
            guard let name = missed.removeValue(forKey: number) else { return }
            producers[name]?.missed.remove(number)
            if producers[name]?.isIdle == true { producers[name] = nil }
        }
    }

    private let inFlightMax: Int
    private let inFlightInAllMax: Int
    private let missedMax: Int
    private let uptime: @Sendable () -> Interval
    private let state: Mutex<State>

    /// - Parameter uptime: a clock that never goes back.
    init(settings: BrokerSettings, uptime: @escaping @Sendable () -> Interval) {
        self.uptime = uptime
        state = Mutex(
            State(allowances: CheckAllowances(perSecond: settings.checksPerSecond, burst: settings.checksBurst)))
        inFlightMax = settings.checksInFlightMax
        inFlightInAllMax = settings.checksInFlightInAllMax
        missedMax = settings.missedChecksMax
    }

    /// A producer is there to be asked, until it disconnects. `wake` must not wait; it is told that there is something
    /// to take.
    package func connect(_ producer: Text, wake: @escaping @Sendable () -> Void) -> Session {
        state.withLock { state in
            state.lastSession += 1
            state.producers[producer, default: Producer()].sessions[state.lastSession] = wake
            return Session(producer: producer, number: state.lastSession)
        }
    }

    /// The producer is gone. What it had not taken waits for another of its name, or is asked again at its next time.
    package func disconnect(_ session: Session) {
        state.withLock { state in
            guard var producer = state.producers[session.producer] else { return }
            producer.sessions[session.number] = nil
            if producer.sessions.isEmpty { leaveUntaken(of: &producer, session.producer, &state) }
            state.producers[session.producer] = producer.isIdle ? nil : producer
        }
    }

    /// Questions that no session is there to take are asked when one comes.
    private func leaveUntaken(of producer: inout Producer, _ name: Text, _ state: inout State) {
        for question in producer.questions where !question.isTaken {
            state.owners[question.number] = nil
            guard state.missed.count < missedMax else { continue }
            producer.missed.insert(question.number)
            state.missed[question.number] = name
        }
        producer.questions.removeAll { !$0.isTaken }
    }

    /// Questions whose taker has gone without having seen them: another session of the producer takes them, or they
    /// are asked when one comes.
    package func takeBack(_ numbers: [PendingMessageNumber]) {
        guard !numbers.isEmpty else { return }
        let wakers = state.withLock { state -> [@Sendable () -> Void] in
            var returned: Set<Text> = []
            for number in numbers {
                guard let name = state.owners[number],
                    let index = state.producers[name]?.questions.firstIndex(where: { $0.number == number })
                else { continue }
                state.producers[name]?.questions[index].isTaken = false
                returned.insert(name)
            }
            for name in returned {
                guard var producer = state.producers[name], producer.sessions.isEmpty else { continue }
                leaveUntaken(of: &producer, name, &state)
                state.producers[name] = producer.isIdle ? nil : producer
            }
            return returned.sorted().flatMap { state.producers[$0]?.sessions.values.map { $0 } ?? [] }
        }
        for wake in wakers { wake() }
    }

    /// How many questions a producer that is there may be sent now, besides those that the write has for them and
    /// for all together.
    func room(
        for producer: Text, besides questions: [(number: PendingMessageNumber, producer: Text)] = []
    ) -> Int {
        let now = uptime()
        return state.withLock { state in
            guard let known = state.producers[producer], !known.sessions.isEmpty else { return 0 }
            let own = questions.count { $0.producer == producer }
            let allowed = state.allowances.left(to: producer, at: now) - own
            let ofProducer = inFlightMax - known.questions.count - own
            let ofAll = inFlightInAllMax - state.owners.count - questions.count
            return max(0, min(allowed, ofProducer, ofAll))
        }
    }

    /// Whether a producer is there that may be sent another question.
    package func hasRoom(for producer: Text) -> Bool { room(for: producer) > 0 }

    /// Questions that were due in a committed write.
    func post(_ numbers: [(number: PendingMessageNumber, producer: Text)]) {
        guard !numbers.isEmpty else { return }
        let now = uptime()
        let wakers = state.withLock { state -> [@Sendable () -> Void] in
            var woken: Set<Text> = []
            for (number, name) in numbers where state.owners[number] == nil {
                state.owners[number] = name
                state.allowances.spend(of: name, at: now)
                state.producers[name, default: Producer()].questions.append(Question(number: number))
                woken.insert(name)
            }
            return woken.sorted().flatMap { state.producers[$0]?.sessions.values.map { $0 } ?? [] }
        }
        for wake in wakers { wake() }
    }

    /// Notes messages that were due while their producer was away.
    func miss(_ numbers: [(number: PendingMessageNumber, producer: Text)]) {
        guard !numbers.isEmpty else { return }
        state.withLock { state in
            for (number, name) in numbers where state.missed.count < missedMax {
                state.producers[name, default: Producer()].missed.insert(number)
                state.missed[number] = name
            }
        }
    }

    /// What this producer missed, at most so many.
    func missed(by producer: Text, limit: Int) -> [PendingMessageNumber] {
        state.withLock { state in Array((state.producers[producer]?.missed ?? []).sorted().prefix(limit)) }
    }

    /// What was missed and is due again.
    func forgetMissed(_ numbers: [(number: PendingMessageNumber, producer: Text)]) {
        guard !numbers.isEmpty else { return }
        state.withLock { state in
            for (number, _) in numbers { state.forgetMissed(number) }
        }
    }

    /// Whether messages wait that were due while this producer was away or busy.
    package func hasMissed(_ producer: Text) -> Bool {
        state.withLock { state in state.producers[producer]?.missed.isEmpty == false }
    }

    /// Hands questions to a live session, each to one.
    package func hand(to session: Session, limit: Int) -> [PendingMessageNumber] {
        state.withLock { state in
            guard var producer = state.producers[session.producer], producer.sessions[session.number] != nil else {
                return []
            }
            var taken: [PendingMessageNumber] = []
            for index in producer.questions.indices where !producer.questions[index].isTaken && taken.count < limit {
                producer.questions[index].isTaken = true
                taken.append(producer.questions[index].number)
            }
            state.producers[session.producer] = producer
            return taken
        }
    }

    /// Questions that are over: answered, or due again.
    func end(_ numbers: [PendingMessageNumber]) {
        guard !numbers.isEmpty else { return }
        state.withLock { state in
            for number in numbers {
                // Decided while its producer was away, it must not keep others' from being noted.
                state.forgetMissed(number)
                guard let name = state.owners.removeValue(forKey: number) else { continue }
                state.producers[name]?.questions.removeAll { $0.number == number }
                if state.producers[name]?.isIdle == true { state.producers[name] = nil }
            }
        }
    }

    /// Questions that wait for a producer or its answer.
    package var count: Int { state.withLock { $0.owners.count } }
}
