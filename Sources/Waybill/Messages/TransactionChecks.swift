import WaybillBroker
public import WaybillCore
import WaybillEngine

extension Messages {
    /// Answers for a producer what became of its local transactions, whenever a decision did not come: until what this
    /// returns is closed.
    ///
    /// In the real world questions are answered as they come; in a virtual one in ``TransactionChecks/answer()``.
    public func answerChecks(
        of producer: String, _ checker: @escaping @Sendable (CheckBack) async -> Resolution
    ) async throws(MessageRefusal) -> TransactionChecks {
        try await readingOnThread { (messages) throws(MessageRefusal) in
            try messages.answerChecks(of: producer, checker)
        }
    }

    /// The same for scripts and virtual worlds: the caller's thread may wait for the turn to write.
    public func answerChecks(
        of producer: String, _ checker: @escaping @Sendable (CheckBack) async -> Resolution
    ) throws(MessageRefusal) -> TransactionChecks {
        let (stream, wakes) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        do {
            let session = try engine.connectProducer(Text(producer)) { wakes.yield() }
            return TransactionChecks(engine, session, wakes, stream, checker)
        } catch {
            throw .flawed(error)
        }
    }
}

/// A producer that answers what became of its local transactions.
public final class TransactionChecks: Sendable {
    /// Questions taken at a time.
    private static let takenMax = 16

    private let engine: Engine
    private let session: CheckBackQueue.Session
    private let wakes: AsyncStream<Void>.Continuation
    private let checker: @Sendable (CheckBack) async -> Resolution
    private let loop: Task<Void, Never>?

    fileprivate init(
        _ engine: Engine, _ session: CheckBackQueue.Session, _ wakes: AsyncStream<Void>.Continuation,
        _ stream: AsyncStream<Void>, _ checker: @escaping @Sendable (CheckBack) async -> Resolution
    ) {
        self.engine = engine
        self.session = session
        self.wakes = wakes
        self.checker = checker
        guard engine.world.virtualClock == nil else {
            loop = nil
            return
        }
        loop = Task {
            // What waits already has woken nobody.
            wakes.yield()
            for await _ in stream { _ = await Self.answer(engine, session, checker) }
        }
    }

    deinit { close() }

    /// Nobody answers any more; what is asked from now on waits for another of this producer.
    public func close() {
        engine.disconnectProducer(session)
        wakes.finish()
        loop?.cancel()
    }

    /// Answers the questions that wait; returns how many. In the real world this happens by itself.
    @discardableResult
    public func answer() async -> Int { await Self.answer(engine, session, checker) }

    private static func answer(
        _ engine: Engine, _ session: CheckBackQueue.Session, _ checker: @Sendable (CheckBack) async -> Resolution
    ) async -> Int {
        var count = 0
        while true {
            let questions: [CheckBack]
            do {
                questions = try await engine.onThread { (engine) throws in
                    try engine.takeCheckBacks(session, limit: takenMax)
                }
            } catch {
                // Not read: each is asked about again at its next time.
                engine.report(LoopFailure(.checkBacks(producer: session.producer.string), error, rest: .minutes(1)))
                return count
            }
            guard !questions.isEmpty else { return count }
            for question in questions {
                let resolution = await checker(question)
                // Somebody else may have decided meanwhile: the first decision counts, and this is not it.
                _ = await engine.submit(Resolve(question.transaction, of: question.message.topic, resolution))
            }
            count += questions.count
        }
    }
}
