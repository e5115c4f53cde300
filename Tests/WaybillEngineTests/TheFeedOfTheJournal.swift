import EngineFixtures
import Fixtures
import Testing
import WaybillCore
import WaybillEngine
import WaybillStore

@Suite struct `The feed of the journal` {
    private let engine: Engine
    private let followed: JournalFeed.Follower
    private let other: JournalFeed.Follower
    private let all: JournalFeed.Follower

    init() throws {
        engine = try MugShop.engine(try Store.inMemory())
        _ = try engine.receive(100, of: MugShop.mug).get()
        #expect(engine.answers([MugShop.place("o-1"), MugShop.place("o-2")]).allSatisfy { $0.isAccepted })
        let (first, second) = (try engine.stream(of: "o-1"), try engine.stream(of: "o-2"))
        followed = engine.feed.follow(.stream(try #require(first)))
        other = engine.feed.follow(.stream(try #require(second)))
        all = engine.feed.follow(.all)
    }

    private func woken() -> [Bool] { [followed, other, all].map { $0.takeWake() } }

    @Test func `wakes those whose stream has grown and those who follow all, and no one else`() {
        _ = engine.receive(1, of: MugShop.mug)
        _ = woken()
        #expect(engine.answers([MugShop.pay("o-1")]).allSatisfy { $0.isAccepted })
        #expect(woken() == [true, false, true])
        #expect(engine.answers([MugShop.pay("o-2"), MugShop.place("o-3")]).allSatisfy { $0.isAccepted })
        #expect(woken() == [false, true, true])
        _ = engine.receive(1, of: MugShop.mug)
        #expect(woken() == [false, false, true])
    }

    @Test func `wakes who began to follow while the write was on its way, which has noted no streams`() {
        #expect(engine.answers([MugShop.pay("o-1")]).allSatisfy { $0.isAccepted })
        #expect(woken() == [true, true, true])
    }

    @Test func `wakes no one for a write without events`() {
        _ = engine.receive(1, of: MugShop.mug)
        _ = woken()
        #expect(engine.answers([MugShop.pay("o-9")]).map(\.code) == ["unknown_order"])
        engine.writeWithoutRequests()
        #expect(woken() == [false, false, false])
    }

    @Test(.timeLimit(.minutes(1)))
    func `wakes who waits, and who waits only after the wake`() async {
        _ = engine.receive(1, of: MugShop.mug)
        await all.wait()
        let waiting = Task { [all] in await all.wait() }
        while !all.isAwaited { await Task.yield() }
        _ = engine.receive(1, of: MugShop.mug)
        _ = await waiting.value
    }

    @Test(.timeLimit(.minutes(1)))
    func `lets a task go that is cancelled, before its wait or in it`() async {
        let waiting = Task { [other] in await other.wait() }
        while !other.isAwaited { await Task.yield() }
        waiting.cancel()
        _ = await waiting.value
        let late = Task { [other] in
            while !Task.isCancelled { await Task.yield() }
            await other.wait()
        }
        late.cancel()
        await late.value
    }

    @Test func `asks no write to note its streams when no stream is followed`() {
        engine.feed.leave(followed)
        engine.feed.leave(followed)
        #expect(engine.feed.followerCount == 2)
        engine.feed.leave(other)
        engine.feed.leave(all)
        #expect(engine.feed.followerCount == 0)
        _ = engine.receive(1, of: MugShop.mug)
        #expect(woken() == [false, false, false])
    }

    @Test func `wakes all when the file is closed, and who comes later`() {
        engine.close()
        #expect(woken() == [true, true, true])
        #expect(engine.feed.follow(.all).takeWake())
    }

    @Test func `is read on after any position, each order's events from its own version`() throws {
        _ = engine.answers([MugShop.pay("o-1"), MugShop.cancel("o-2")])
        let end = engine.lastPosition.number
        let events = try engine.journal(after: Position(0))
        #expect(try engine.followed(after: Position(0), limit: 1_000).map(\.event.view) == events.map(\.event))
        for id in ["o-1", "o-2"] as [OrderID] {
            let stream = try #require(try engine.stream(of: id))
            for position in 0...end + 2 {
                let rest = events.filter { $0.stream == stream && $0.event.position.number > position }
                let version = try engine.version(of: stream, at: Position(position))
                #expect(try engine.history(of: id, after: version) == rest.map(\.event))
            }
        }
    }
}
