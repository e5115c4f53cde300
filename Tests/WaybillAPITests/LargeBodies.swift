import Foundation
import Synchronization
import Testing
import Waybill
import WaybillAPI
import WaybillAccess
import WaybillCore

/// Bodies that take long to read keep no event loop from its other connections.
@Suite struct `A large body` {
    @Test func `is read on a thread of the engine, and a small one where it came`() async throws {
        let book = try OrderBook.inMemory(workflows: [])
        defer { book.close() }
        let threads = Mutex<[String]>([])
        let probe = Operation(
            "probe", .post, "/v1/probe", "Says on which thread it runs.", grant: Need(.nothing),
            body: .json(bytesMax: Operation.BodyRule.messagesMax),
            answers: [Operation.Answer(204, "Said.", nil)],
            example: Example(.init(post: "/v1/probe", "{}"), 204)
        ) { _ throws(Problem) in
            threads.withLock { $0.append(Thread.current.name ?? "") }
            return Reply(204)
        }
        var settings = ServingSettings()
        settings.operations = [probe]
        let api = API(try Served(ServedBook(book), tokens: TokenTable([]), settings: settings))
        let head = API.Head(method: "POST", target: "/v1/probe", headers: CallHeaders(), principal: .owner)
        for count in [64 * 1_024, 64 * 1_024 + 1] {
            let admission = try api.admit(head, requestID: "r-1")
            let body = [UInt8](repeating: 0x20, count: count)
            #expect(await api.answer(admission, body: body).status == 204)
        }
        let names = threads.withLock { $0 }
        #expect(names.count == 2 && names.first != "waybill-call" && names.last == "waybill-call", "\(names)")
    }
}
