package import WaybillAPI
import WaybillCore

/// Asks a served order book what the list of operations offers: in this process, over the socket beside its file, or
/// over TCP. The answers are the same bytes whichever way they come.
package struct Client: Sendable {
    private enum Way: Sendable {
        case inProcess(InProcess)
        case overHTTP(OverHTTP)
    }

    private let way: Way

    package init(_ inProcess: InProcess) { way = .inProcess(inProcess) }
    package init(_ overHTTP: OverHTTP) { way = .overHTTP(overHTTP) }

    /// Whether the order book is open in this process.
    package var isInProcess: Bool {
        switch way {
        case .inProcess: true
        case .overHTTP: false
        }
    }

    /// Whether who asks is the owner of the file, who may say on behalf of whom it asks.
    package var isOwner: Bool {
        switch way {
        case .inProcess: true
        case .overHTTP(let overHTTP): overHTTP.isAtSocket
        }
    }

    /// Asks, and answers the reply of the operation.
    ///
    /// - Throws: ``Refused`` when the answer is no, ``ClientFailure`` when there is none.
    package func reply(to question: Question) async throws -> Reply {
        if let empty = question.emptyParameter {
            throw Refused(status: 400, code: "bad_parameter", message: "the \(empty) is empty; name one")
        }
        let reply =
            switch way {
            case .inProcess(let inProcess): await inProcess.ask(question)
            case .overHTTP(let overHTTP): try await overHTTP.ask(question)
            }
        guard reply.status >= 400 else { return reply }
        throw try Self.refused(reply)
    }

    /// Hands each item of a stream on as it comes, until it ends or `take` answers false.
    ///
    /// - Throws: ``Refused`` when the answer is no, ``ClientFailure`` when there is no server, and what `take` throws.
    package func follow(
        _ question: Question, _ take: @escaping @Sendable (StreamedItem) async throws -> Bool
    ) async throws -> StreamEnd {
        guard case .overHTTP(let overHTTP) = way else {
            throw ClientFailure(.defect, "a closed file has no streams")
        }
        switch try await overHTTP.follow(question, take) {
        case .ended(let end): return end
        case .answered(let reply):
            guard reply.status >= 400 else { return .over }
            throw try Self.refused(reply)
        }
    }

    private static func refused(_ reply: Reply) throws(ClientFailure) -> Refused {
        let problem = try Members(reply.body)
        var refused = Refused(
            status: reply.status, code: try problem.text("code").string,
            message: Problem.withoutDefect(try problem.text("detail").string))
        refused.values = problem.json("values")
        refused.places = problem.json("findings")
        if let workflow = try problem.object("values")?.textIfAny("workflow"), refused.code == "workflow_findings" {
            refused.findings = try problem.objects("findings").map { item throws(ClientFailure) in
                "\(workflow):\(try item.findingText())"
            }
        }
        return refused
    }

    /// Asks, and answers the object of the reply.
    package func ask(_ question: Question) async throws -> Members { try Members(await reply(to: question).body) }

    /// Asks, and answers nil when what is asked about is not there.
    package func find(_ question: Question) async throws -> Members? {
        do {
            return try await ask(question)
        } catch let refused as Refused where refused.status == 404 {
            return nil
        }
    }

    /// The elements of a list, page by page, until there are enough or no more.
    ///
    /// - Parameters:
    ///   - question: without limit and cursor.
    ///   - size: how many elements a page has.
    ///   - read: nil: the element does not count.
    package func list<Element>(
        _ question: Question, atMost count: Int, pagesOf size: Int = Client.pageMax,
        _ read: (Members) throws -> Element?
    ) async throws -> [Element] {
        var found: [Element] = []
        try await each(question, atMost: count, pagesOf: size) { item in
            guard let element = try read(item) else { return false }
            found.append(element)
            return true
        }
        return found
    }

    /// Hands on the elements of a list, page by page, until there are enough or no more: memory holds one page.
    ///
    /// - Parameter take: answers whether the element counts.
    package func each(
        _ question: Question, atMost count: Int = .max, pagesOf size: Int = Client.pageMax,
        _ take: (Members) throws -> Bool
    ) async throws {
        var taken = 0
        var cursor: Text?
        repeat {
            let page = try await ask(question.with("limit", size).with("cursor", cursor))
            for item in try page.objects("items") where taken < count {
                if try take(item) { taken += 1 }
            }
            cursor = try page.textIfAny("next")
        } while cursor != nil && taken < count
    }

    /// The most elements of one page.
    package static let pageMax = 1_000
}

extension Members {
    /// What is wrong at one place of a workflow's text, in one line.
    fileprivate func findingText() throws(ClientFailure) -> String {
        let (path, fix) = (try text("path").string, try textIfAny("fix"))
        return "\(try int("line")):\(try int("column")): \(try text("severity")): " + (path.isEmpty ? "" : "\(path): ")
            + "\(try text("message"))" + (fix.map { " (fix: \($0))" } ?? "")
    }
}
