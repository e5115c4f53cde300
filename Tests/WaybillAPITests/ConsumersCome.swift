import Testing
import Waybill
import WaybillAPI
import WaybillAccess
import WaybillBroker
import WaybillCore

/// A consumer whose group is not there makes it.
@Suite struct `The first consumer of a group` {
    private let worker = Principal(name: "worker", grants: [.consumer(NamePattern("new*"))])

    private func receive(_ topic: String, attempt: String? = nil) -> Example.Step {
        let attempt = attempt.map { ",\"attempt\":\"\($0)\"" } ?? ""
        return Example.Step(
            .post, "/v1/groups/newg/receive", body: "{\"topic\":\"\(topic)\",\"client\":\"c\"\(attempt)}")
    }

    private func send(_ number: Int, _ more: String = "") -> Example.Step {
        Example.Step(
            .post, "/v1/topics/ledger/messages", [(.idempotencyKey, "m-\(number)")],
            body: "{\"id\":\"m-\(number)\",\"data\":\(number)\(more)}")
    }

    private func shop(_ start: GroupStart? = .oldest, type: String = "mixed") async throws -> APIShop {
        let shop = try APIShop(workflows: [], newGroupsStart: start)
        await shop.send(Example.Step(.put, "/v1/topics/ledger", body: "{\"type\":\"\(type)\"}"))
        return shop
    }

    @Test func `makes no group by a slip in the name of a topic`() async throws {
        let shop = try await shop()
        let position = shop.book.vitals.lastPosition
        let reply = await shop.send(receive("legder"), as: worker)
        #expect(reply.status == 404 && reply.code == "unknown_topic", "\(reply.text)")
        #expect(try await shop.book.messages.groups().isEmpty)
        #expect(shop.book.vitals.lastPosition == position, "nothing was made, nothing is audited")
    }

    @Test(arguments: ["fifo", "mixed"]) func `makes it FIFO as its topic is, in its own name`(type: String) async throws
    {
        let shop = try await shop(type: type)
        #expect(await shop.send(receive("ledger"), as: worker).status == 200)
        let group = try #require(try await shop.book.messages.group("newg"))
        #expect(group.settings.isFIFO == (type == "fifo") && group.createdBy == "worker")
        let shown = await shop.send(.init(get: "/v1/groups/newg"))
        #expect(shown.text.contains(#""created_by":"worker""#), "\(shown.text)")
        let audit = await shop.send(.init(get: "/v1/audit?type=$group"))
        #expect(audit.text.contains(#""caller":"worker""#), "\(audit.text)")
    }

    /// Both have found that there is none.
    @Test func `is told once in the audit when two come at once`() async throws {
        let shop = try await shop()
        for name in ["worker-1", "worker-2"] as [Text] {
            let made = await shop.book.engine.submit(
                KeepGroup("newg", GroupSettings(), by: name), by: Origin(caller: name)
            ) { _ in "" }
            guard case .success(.now(let kept)) = made else { throw StoreFailure(.statement, "\(made)") }
            #expect(kept.group.createdBy == "worker-1" && kept.isNew == (name == "worker-1"))
        }
        let audits = try shop.book.engine.audits(limit: 100).filter { $0.type == "$group" }
        #expect(audits.map(\.caller) == ["worker-1"])
    }

    @Test(arguments: GroupStart.allCases) func `begins where new groups begin`(start: GroupStart) async throws {
        let shop = try await shop(start)
        await shop.send(send(1))
        let first = await shop.send(receive("ledger"), as: worker)
        #expect(first.text.contains("m-1") == (start == .oldest), "\(first.text)")
        await shop.send(send(2))
        #expect(await shop.send(receive("ledger"), as: worker).text.contains("m-2"))
    }

    @Test func `makes none where groups are declared`() async throws {
        let shop = try await shop(nil)
        #expect(await shop.send(receive("ledger"), as: worker).code == "unknown_group")
        await shop.send(Example.Step(.put, "/v1/groups/newg", body: #"{"starts_at":"newest"}"#))
        await shop.send(send(1))
        #expect(await shop.send(receive("ledger"), as: worker).text.contains(#""items":[]"#))
        #expect(await shop.send(.init(get: "/v1/groups/newg")).text.contains(#""starts_at":"newest""#))
        let slip = await shop.send(Example.Step(.put, "/v1/groups/newg", body: #"{"starts_at":"middle"}"#))
        #expect(slip.code == "bad_data", "\(slip.text)")
    }

    @Test func `that has gone before its answer is written has its messages given back, with no attempt used`()
        async throws
    {
        let shop = try await shop()
        for number in 1...3 { await shop.send(send(number)) }
        let lost = await shop.send(receive("ledger"), as: worker)
        #expect(lost.text.contains("m-1") && lost.text.contains("m-3"))
        await lost.takeBack?()
        let found = await shop.send(receive("ledger"), as: worker)
        let items = try JSON(reading: found.body)["items"]?.elements ?? []
        #expect(items.compactMap { $0["message"]?["id"]?.asText } == ["m-1", "m-2", "m-3"])
        #expect(items.allSatisfy { $0["attempt"] == 1 }, "\(found.text)")
    }

    @Test func `keeps for a named attempt what it has not heard of`() async throws {
        let shop = try await shop()
        await shop.send(send(1))
        let lost = await shop.send(receive("ledger", attempt: "a"), as: worker)
        #expect(lost.text.contains("m-1") && lost.takeBack == nil)
        #expect(await shop.send(receive("ledger", attempt: "a"), as: worker).text == lost.text)
        #expect(await shop.send(receive("ledger"), as: worker).takeBack == nil, "nothing was taken")
    }
}
