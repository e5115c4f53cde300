import Synchronization
import Testing
import Waybill
import WaybillAPI
import WaybillAccess
import WaybillCore

/// One caller cannot take all that a server can do at a time.
@Suite struct `Requests that are in work` {
    /// Requests that wait until they are let go.
    private final class Gate: Sendable {
        private let waiting = Mutex<[CheckedContinuation<Void, Never>]>([])
        private let (arrived, arrivals) = AsyncStream.makeStream(of: Void.self)

        func wait() async {
            await withCheckedContinuation { continuation in
                waiting.withLock { $0.append(continuation) }
                arrivals.yield()
            }
        }

        func untilOneCame() async { for await _ in arrived { return } }

        func letGo() {
            for continuation in waiting.withLock({ waiting in
                defer { waiting = [] }
                return waiting
            }) { continuation.resume() }
        }
    }

    private func api(_ gate: Gate, isLongPoll: Bool) throws -> API {
        let operation = Operation(
            "wait", .post, "/v1/wait", "Waits.", grant: Need(.viewer), body: .json(bytesMax: 1_024),
            answers: [Operation.Answer(204, "Waited.", nil)], example: Example(.init(post: "/v1/wait", "{}"), 204),
            isLongPoll: isLongPoll
        ) { _ throws(Problem) in
            await gate.wait()
            return Reply(204)
        }
        var settings = ServingSettings()
        settings.operations = [operation]
        settings.requestsInWorkMax = 2
        let book = try OrderBook.inMemory(workflows: [], world: .virtual(VirtualClock(start: APIShop.noon)))
        return API(try Served(ServedBook(book), tokens: TokenTable([]), settings: settings))
    }

    private func ask(_ api: API, as name: Text, _ method: String = "POST", _ target: String = "/v1/wait") async -> Reply
    {
        let principal = Principal(name: name, grants: [.viewer])
        let head = API.Head(method: method, target: target, headers: CallHeaders(), principal: principal)
        do throws(Problem) {
            return await api.answer(try api.admit(head, requestID: "r-1"), body: [])
        } catch {
            return error.reply(requestID: "r-1", instance: "")
        }
    }

    @Test func `are bounded for each caller, and the next one is told when to come again`() async throws {
        let gate = Gate()
        let api = try api(gate, isLongPoll: false)
        await withTaskGroup(of: Int.self) { group in
            for _ in 1...2 {
                group.addTask { await ask(api, as: "greedy").status }
                await gate.untilOneCame()
            }
            let refused = await ask(api, as: "greedy")
            #expect(refused.status == 429 && refused.code == "rate", "\(refused.text)")
            #expect(refused.text.contains(#""max":2"#) && refused.headers.contains { $0 == ("retry-after", "1") })
            #expect(await ask(api, as: "greedy", "GET", "/v1/groups").status == 429)
            #expect(await ask(api, as: "greedy", "GET", "/healthz").status == 200)
            #expect(await ask(api, as: "modest", "GET", "/v1/groups").status == 200)
            gate.letGo()
            for await status in group { #expect(status == 204) }
        }
        #expect(await ask(api, as: "greedy", "GET", "/v1/groups").status == 200)
    }

    @Test func `do not count while they only wait for something to come`() async throws {
        let gate = Gate()
        let api = try api(gate, isLongPoll: true)
        await withTaskGroup(of: Int.self) { group in
            for _ in 1...3 {
                group.addTask { await ask(api, as: "consumer").status }
                await gate.untilOneCame()
            }
            gate.letGo()
            for await status in group { #expect(status == 204) }
        }
    }
}
