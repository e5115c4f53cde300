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

        /// One waits, or has been answered without waiting: a test that is wrong fails, and does not hang.
        func untilOneCame() async { for await _ in arrived { return } }

        func noteAnswer() { arrivals.yield() }

        func letGo() {
            for continuation in waiting.withLock({ waiting in
                defer { waiting = [] }
                return waiting
            }) { continuation.resume() }
        }
    }

    private func api(
        _ gate: Gate, isLongPoll: Bool, _ change: (inout RequestsInWork.Limits) -> Void = { _ in }
    ) throws -> API {
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
        settings.inWork.ofOne = 2
        change(&settings.inWork)
        let book = try OrderBook.inMemory(workflows: [], world: .virtual(VirtualClock(start: APIShop.noon)))
        return API(try Served(ServedBook(book), tokens: TokenTable([]), settings: settings))
    }

    /// The status of a request that goes through the gate, or is refused before it.
    private func status(of gate: Gate, _ api: API, as name: Text) async -> Int {
        defer { gate.noteAnswer() }
        return await ask(api, as: name).status
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
                group.addTask { await status(of: gate, api, as: "greedy") }
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

    /// Lets the heads of requests in, whose bodies are still to come.
    private func admit(_ api: API, as name: Text) throws(Problem) -> Admission {
        let principal = Principal(name: name, grants: [.viewer])
        return try api.admit(
            API.Head(method: "POST", target: "/v1/wait", headers: CallHeaders(), principal: principal), requestID: "r")
    }

    private func code(_ body: () throws(Problem) -> Void) -> ProblemCode? {
        do throws(Problem) {
            try body()
            return nil
        } catch {
            return error.code
        }
    }

    @Test func `count from their heads on, and no more when their bodies never come`() throws {
        let api = try api(Gate(), isLongPoll: false)
        var admitted = [try admit(api, as: "greedy"), try admit(api, as: "greedy")]
        #expect(code { () throws(Problem) in _ = try admit(api, as: "greedy") } == .rate)
        #expect(code { () throws(Problem) in _ = try admit(api, as: "modest") } == nil)
        admitted.removeLast()
        #expect(code { () throws(Problem) in _ = try admit(api, as: "greedy") } == nil)
        withExtendedLifetime(admitted) {}
    }

    @Test(arguments: [true, false])
    func `have bodies that take so much together, and half of it those of one caller`(isLongPoll: Bool) throws {
        let api = try api(Gate(), isLongPoll: isLongPoll) { $0.bodyBytes = 8 * RequestsInWork.bodyBytesFree }
        let free = RequestsInWork.bodyBytesFree
        var greedy = [try admit(api, as: "greedy")]
        // What is free of each is not counted, and what has come is counted once.
        for bytes in [1, free, free + 1, 5 * free] {
            #expect(code { () throws(Problem) in try greedy[0].place.hold(bodyBytes: bytes) } == nil)
        }
        let refused = #expect(throws: Problem.self) { try greedy[0].place.hold(bodyBytes: 5 * free + 1) }
        #expect(refused?.code == .overloaded && refused?.retryAfter == .seconds(1))
        let modest = try admit(api, as: "modest")
        #expect(code { () throws(Problem) in try modest.place.hold(bodyBytes: 5 * free) } == nil)
        let third = try admit(api, as: "third")
        #expect(code { () throws(Problem) in try third.place.hold(bodyBytes: free + 1) } == .overloaded)
        greedy.removeAll()
        // What one had is that caller's again, too.
        var again = [try admit(api, as: "greedy")]
        #expect(code { () throws(Problem) in try again[0].place.hold(bodyBytes: 5 * free) } == nil)
        again.removeAll()
        #expect(code { () throws(Problem) in try third.place.hold(bodyBytes: 5 * free) } == nil)
        withExtendedLifetime((greedy, modest, third)) {}
    }

    @Test func `are as many long polls as may be, of all callers together`() async throws {
        let gate = Gate()
        let api = try api(gate, isLongPoll: true) { $0.longPolls = 3 }
        await withTaskGroup(of: Int.self) { group in
            for name in ["a", "a", "b"] as [Text] {
                group.addTask { await status(of: gate, api, as: name) }
                await gate.untilOneCame()
            }
            let refused = await ask(api, as: "c")
            #expect(refused.status == 503 && refused.code == "overloaded", "\(refused.text)")
            #expect(refused.text.contains(#""limit":"long polls","max":3"#), "\(refused.text)")
            #expect(refused.headers.contains { $0 == ("retry-after", "5") })
            #expect(await ask(api, as: "a", "GET", "/v1/groups").status == 200, "what does not wait goes on")
            gate.letGo()
            for await status in group { #expect(status == 204) }
        }
        // Those that were given up before their answer make room as well.
        for _ in 1...4 { #expect(throws: Never.self) { _ = try admit(api, as: "c") } }
    }

    @Test func `do not count while they only wait for something to come`() async throws {
        let gate = Gate()
        let api = try api(gate, isLongPoll: true)
        await withTaskGroup(of: Int.self) { group in
            for _ in 1...3 {
                group.addTask { await status(of: gate, api, as: "consumer") }
                await gate.untilOneCame()
            }
            gate.letGo()
            for await status in group { #expect(status == 204) }
        }
    }
}
