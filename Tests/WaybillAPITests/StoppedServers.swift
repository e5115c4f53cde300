import Testing
import Waybill
import WaybillAPI
import WaybillAccess
import WaybillCore
import WaybillTimeouts

/// What a server still answers when it stops, and when a write has failed.
@Suite struct `A server that takes no new work` {
    private func asked(_ state: ServingState, _ method: String, _ target: String) async throws -> Reply {
        let book = try OrderBook.inMemory(workflows: [], world: .virtual(VirtualClock(start: APIShop.noon)))
        let served = try Served(ServedBook(book), tokens: TokenTable([]))
        served.become(state)
        let api = API(served)
        let head = API.Head(method: method, target: target, headers: CallHeaders(), principal: .owner)
        do throws(Problem) {
            return await api.answer(try api.admit(head, requestID: "r-1"), body: [])
        } catch {
            return error.reply(requestID: "r-1", instance: "")
        }
    }

    @Test(arguments: ["/v1/orders", "/v1/stock"])
    func `tells nothing of the file after a failed write, since nobody knows what is in it`(
        target: String
    ) async throws {
        let reply = try await asked(.stopped("the disk is full"), "GET", target)
        #expect(reply.status == 503 && reply.code == "fail_stopped", "\(reply.text)")
    }

    @Test(arguments: ["/healthz", "/version", "/openapi.json"])
    func `tells after a failed write what is not in the file`(target: String) async throws {
        #expect(try await asked(.stopped("the disk is full"), "GET", target).status == 200)
    }

    @Test(arguments: ["/v1/health", "/metrics"])
    func `tells monitors after a failed write that it has stopped`(target: String) async throws {
        #expect(try await asked(.stopped("the disk is full"), "GET", target).status == 200)
    }

    @Test func `tells a probe that it has stopped, and not what the system said`() async throws {
        let reply = try await asked(.stopped("the disk /srv is full"), "GET", "/readyz")
        #expect(reply.status == 503 && reply.text.contains(#""reason":"stopped""#), "\(reply.text)")
        #expect(!reply.text.contains("/srv"), "anyone may ask this")
    }

    @Test func `still tells while it stops`() async throws {
        #expect(try await asked(.stopping, "GET", "/v1/orders").status == 200)
        #expect(try await asked(.stopping, "POST", "/v1/timeouts/release").code == "shutting_down")
    }
}
