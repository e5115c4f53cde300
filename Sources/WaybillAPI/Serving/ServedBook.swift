package import Waybill
import WaybillBroker
package import WaybillCore
import WaybillEngine

/// The order book as operations ask it: nothing here holds a thread that other tasks run on, and what goes wrong is a
/// problem. The one place that knows how the face is called.
package struct ServedBook: Sendable {
    package let book: OrderBook
    /// The operations that this process works at.
    let jobs = RunningJobs()
    /// The dry runs of workflows that go on.
    let dryRuns = DryRuns()

    package init(_ book: OrderBook) { self.book = book }

    package var now: Moment { book.now }

    /// Nanoseconds of a clock that never goes back.
    package var uptimeNanoseconds: @Sendable () -> UInt64 { book.engine.world.uptimeNanoseconds }

    /// 64 random bits of the book's world.
    package var random: @Sendable () -> UInt64 { book.engine.world.random }

    /// Which file it is.
    package func fileID() throws -> Text { try book.engine.fileID()?.text ?? "" }

    /// A key that only the file knows.
    func key(for purpose: Text) -> [UInt8] { book.engine.key(for: purpose) }

    /// Looks into the file.
    package func read<Result: Sendable>(
        _ body: @escaping @Sendable (OrderBook) throws -> Result
    ) async throws(Problem) -> Result {
        do {
            return try await book.engine.onThread { _ in try body(book) }
        } catch {
            throw Problem(thrown: error)
        }
    }

    /// The same without a bound on its time.
    func unbounded<Result: Sendable>(
        _ body: @escaping @Sendable (OrderBook) throws -> Result
    ) async throws(Problem) -> Result {
        let found = await book.engine.bounding(readsTo: nil) { () -> Swift.Result<Result, Problem> in
            do throws(Problem) { return .success(try await read(body)) } catch { return .failure(error) }
        }
        return try found.get()
    }

    /// Asks for something that may wait for the file or for its commit.
    package func ask<Result: Sendable>(
        _ body: @escaping @Sendable (OrderBook) async throws -> Result
    ) async throws(Problem) -> Result {
        do {
            guard book.engine.world.virtualClock == nil else { return try await body(book) }
            return try await book.engine.threads.run { try await body(book) }
        } catch {
            throw Problem(thrown: error)
        }
    }
}

extension Problem {
    /// What a call of the book threw.
    init(thrown error: any Error) {
        switch error {
        case let problem as Problem: self = problem
        case let failure as ListFailure: self.init(thrown: failure.reason)
        case let refusal as ActivationRefusal: self.init(thrown: refusal.reason)
        case let refusal as Refusal: self.init(refusal)
        case let refusal as MessageRefusal: self.init(refusal)
        case let flaw as MessageFlaw: self.init(MessageRefusal.flawed(flaw))
        case let error as WorkflowFileError:
            self.init(.workflowFindings, "the workflow \(error.name) does not fit")
            values = ["workflow": .text(error.name)]
            findings = error.findings.map { finding in
                Finding(
                    path: finding.path, message: finding.message, line: finding.line, column: finding.column,
                    severity: finding.severity.rawValue, fix: finding.hint)
            }
        case let failure as StoreFailure: self = .defect(failure.message)
        default: self = .defect("\(error)")
        }
    }
}

extension ServedBook {
    /// Has a verb of the broker written, and waits for its commit.
    ///
    /// - Parameter end: until this uptime it may begin; nil: whenever its turn comes.
    func submit<Verb: BrokerVerb>(_ verb: Verb, until end: Interval?) async throws(Problem) -> Verb.Answer {
        do throws(MessageRefusal) {
            return try await engineReply(to: verb, until: end).get()
        } catch {
            throw Problem(error)
        }
    }

    private func engineReply<Verb: BrokerVerb>(
        to verb: Verb, until end: Interval?
    ) async -> BrokerReply<Verb.Answer> {
        guard let end else { return await book.engine.submit(verb) }
        return await book.engine.submit(InTime(OfBroker(verb), until: end))
    }

    /// Ends deliveries whose consumer has never heard of them: others get them at once, and no attempt is used.
    func giveBack(_ receipts: [DeliveryReceipt]) async {
        // What cannot be given back now is delivered to others when its time is over.
        _ = await book.engine.submit(receipts.map { GiveBack($0) })
    }

    /// Gives questions about half messages back whose taker has never heard of them: others get them at once, and they
    /// do not count as asked.
    func giveBack(_ questions: [CheckBack]) async {
        // What cannot be given back now is asked again at its next time.
        _ = await book.engine.submit(UncountSent(questions))
    }

    /// Answers for deliveries by their receipts, in the name of a group; nil: it is done. They share commits. A receipt
    /// of another group is refused: who may speak for one group may not speak for all.
    func refusals<Verb: BrokerVerb>(
        of verbs: [Verb], by receipts: [DeliveryReceipt], in group: GroupName, until end: Interval?
    ) async -> [MessageRefusal?] {
        let isForeign = receipts.map { receipt in book.engine.group(of: receipt).map { $0 != group } ?? false }
        let own = zip(verbs, isForeign).filter { !$0.1 }.map(\.0)
        var replies: ArraySlice<BrokerReply<Verb.Answer>>
        if let end {
            replies = await book.engine.submit(own.map { InTime(OfBroker($0), until: end) })[...]
        } else {
            replies = await book.engine.submit(own)[...]
        }
        return isForeign.map { isForeign in
            isForeign ? .staleReceipt("it is not one of the group \(group)") : replies.popFirst()?.refusal
        }
    }
}
