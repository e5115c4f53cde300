import Testing
import Waybill
import WaybillAPI
import WaybillAccess
import WaybillCore
import WaybillEngine

/// Those who act for the shop say why.
@Suite struct `The reason of an act` {
    private static let acts: [Example.Step] = [
        Example.Step(.post, "/v1/timeouts/hold", body: "{}"), Example.Step(.post, "/v1/timeouts/release", body: "{}"),
        Example.Step(.post, "/v1/clock/confirm", body: "{}"),
        Example.Step(.post, "/v1/groups/shipping/dead-letters/redrive", body: "{}"),
        Example.Step(.post, "/v1/groups/shipping/look-back", body: #"{"topic":"ledger","to":"oldest"}"#),
        Example.Step(.post, "/v1/lanes/blue/close", body: #"{"end":"promoted"}"#),
        Example.Step(.post, "/v1/tokens", body: #"{"name":"eye","grants":["viewer"]}"#),
        Example.Step(.delete, "/v1/topics/ledger"), Example.Step(.delete, "/v1/groups/shipping"),
    ]

    private func shop() async throws -> APIShop {
        let shop = try APIShop(workflows: [])
        for step in [ExampleShop.topic, ExampleShop.group, ExampleShop.laneMessage] { await shop.send(step) }
        return shop
    }

    @Test(arguments: acts.indices)
    func `is needed with a token, and of the owner of the file it is not`(index: Int) async throws {
        let shop = try await shop()
        let (step, position) = (Self.acts[index], shop.book.vitals.lastPosition)
        let eva = await shop.send(step, as: Principal(name: "eva", grants: [.admin]))
        #expect(eva.status == (step.method == .delete ? 400 : 422), "\(eva.text)")
        #expect(eva.text.contains("reason") && shop.book.vitals.lastPosition == position)
        let empty =
            step.method == .delete
            ? Example.Step(.delete, step.target + "?reason=")
            : Example.Step(
                step.method, step.target,
                body: step.body.replacing("{", with: step.body == "{}" ? "{\"reason\":\"\"" : "{\"reason\":\"\","))
        let refused = await shop.send(empty, as: Principal(name: "eva", grants: [.admin]))
        #expect(refused.status == eva.status && refused.text.contains("reason"), "\(refused.text)")
        #expect(shop.book.vitals.lastPosition == position)
        let owner = await shop.send(step)
        #expect((200..<300).contains(owner.status), "\(owner.text)")
    }

    @Test func `has a bound, for the owner of the file too`() async throws {
        let long = String(repeating: "a", count: 501)
        let reply = try await shop().send(.init(post: "/v1/timeouts/hold", "{\"reason\":\"\(long)\"}"))
        #expect(reply.code == "bad_data", "\(reply.text)")
    }
}
